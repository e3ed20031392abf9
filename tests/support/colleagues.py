"""Staff of the demo roster in a test who are invited, or get an account and a phone when a test needs them."""

from __future__ import annotations

from district import District
from sqlalchemy import update
from taps import tap

from db.schema.people import persons
from sandbox import Person


async def invited(district: District, office: str, name: str) -> str:
    """What the link carries that an admin makes for a colleague of this office."""
    await district.admin.says("/invite")
    await tap(district, district.admin, office, name)
    return (await district.admin.hears("15 分钟内有效")).text.split("start=")[1].split()[0]


async def without_number(district: District, name: str) -> None:
    """The roster has no telephone number of this colleague."""
    async with district.parts.database.write() as tx:
        await tx.execute(update(persons).where(persons.c.name == name).values(phone_mark=None, phone_sealed=None))


async def joins(district: District, key: str) -> Person:
    """The person of the roster with this key opens the bot on a phone of their own."""
    phone = district.sandbox.add_person(key, first_name=key)
    async with district.parts.database.write() as tx:
        known = persons.c.key == key
        await tx.execute(update(persons).where(known).values(telegram_id=phone.id, chat_id=phone.id))
    await phone.start()
    await district.settles()
    return phone

"""More phones in a test: staff of the demo roster who get an account when a test needs them."""

from __future__ import annotations

from district import District
from sqlalchemy import update

from db.schema.people import persons
from sandbox import Person


async def joins(district: District, key: str) -> Person:
    """The person of the roster with this key opens the bot on a phone of their own."""
    phone = district.sandbox.add_person(key, first_name=key)
    async with district.parts.database.write() as tx:
        known = persons.c.key == key
        await tx.execute(update(persons).where(known).values(telegram_id=phone.id, chat_id=phone.id))
    await phone.start()
    await district.settles()
    return phone

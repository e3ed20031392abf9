"""Matters in a test: filed behind the scenes, told to the people's phones as if the form had been filled in."""

from __future__ import annotations

from district import District

from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.views import Matter
from handlers import settle


async def files(
    district: District, *, category: str = "school", concern: str = "person", who: str = "talent", words: str = ""
) -> Matter:
    """A matter of this cardholder, dispatched and told; both sides have its card when this comes back."""
    services, now = district.parts.services, district.clock.now()
    async with district.parts.database.write() as tx:
        desk = Desk(tx, services.house, now)
        person = await desk.people.at_chat(district.sandbox.people[who].id)
        assert person is not None
        about = next(each for each in await desk.roster.concerns_of(person) if each.kind == concern)
        form = Filing(category=category, concern=about if concern != "person" else Concern("person"), words=words)
        matter = await desk.matters.file(person, form)
        await settle.settle_desk(desk, services)
    await district.settles()
    return matter

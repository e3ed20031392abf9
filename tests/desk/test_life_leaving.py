"""Leaving while others act: whatever happens in the same moment in another process, nobody who left holds anything.

On PostgreSQL alone, for a SQLite file has one writer at a time.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from db.engine import Database, Tx
from db.schema.co_steps import co_steps
from db.schema.matters import matters
from db.schema.people import persons, staff
from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.house import House
from desk.people import Person
from desk.refusals import Refused
from desk.rules.life import Act, Status
from desk.views import Matter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LEAVER = "jiang_he"

pytestmark = pytest.mark.parametrize("seeded", ["postgresql"], indirect=True)


async def person(tx: Tx, desk: Desk, key: str) -> Person:
    found = await desk.people.get(await tx.scalar(select(persons.c.id).where(persons.c.key == key)))
    assert found is not None
    return found


async def files(tx: Tx, desk: Desk) -> Matter:
    talent = await person(tx, desk, "hua_sheng")
    return await desk.matters.file(talent, Filing(category="school", concern=Concern("person")))


async def leaves(database: Database, house: House, key: str = LEAVER) -> None:
    """The talent office takes them out, in a transaction of its own."""
    async with database.write() as tx:
        desk = Desk(tx, house, NOW)
        await desk.staffing.leaves(await person(tx, desk, key))


async def accepts(database: Database, house: House, matter_id: int) -> None:
    async with database.write() as tx:
        desk = Desk(tx, house, NOW)
        matter, owner = await desk.views.matter(matter_id), await person(tx, desk, LEAVER)
        assert matter is not None
        await desk.matters.act(matter, Act.ACCEPT, owner, standing.roles(owner, matter), Deed())


async def owners(database: Database) -> list[tuple[str, bool]]:
    """Who holds each matter, and whether they serve."""
    async with database.read() as tx:
        held = select(persons.c.key, staff.c.active).join(staff, staff.c.person_id == persons.c.id)
        rows = await tx.execute(held.join(matters, matters.c.owner_id == staff.c.id).order_by(matters.c.id))
        return [(row.key, row.active) for row in rows]


async def test_all_that_a_leaver_holds_moves_though_one_matter_is_accepted_in_that_moment(
    seeded: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seeded.write() as tx:
        held = [await files(tx, Desk(tx, house, NOW)) for _ in range(3)]
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        read = desk.views.open_held_by

        async def read_and_accepted(post: int) -> list[Matter]:
            found = await read(post)
            await accepts(seeded, house, held[1].id)
            return found

        monkeypatch.setattr(desk.views, "open_held_by", read_and_accepted)
        moved = await desk.staffing.leaves(await person(tx, desk, LEAVER))
        after = await desk.views.matter(held[1].id)
    assert moved.count == 3
    assert await owners(seeded) == [("qiu_shan", True)] * 3
    assert after is not None
    assert (after.status, after.accepted_at) == (Status.DISPATCHED, None)  # accepted, then passed on: accepted anew


async def test_a_matter_for_somebody_who_left_after_they_were_chosen_goes_to_whoever_stands_in(
    seeded: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        chooses = desk.roster.route

        async def chosen_and_left(*args: Any) -> Any:
            found = await chooses(*args)
            await leaves(seeded, house)
            return found

        monkeypatch.setattr(desk.roster, "route", chosen_and_left)
        matter = await files(tx, desk)
        history = [each.act for each in await desk.views.history(matter.id)]
        cards = {who for _, who in desk.newsroom.cards_for}
    assert await owners(seeded) == [("qiu_shan", True)]
    assert history == [Act.FILE, Act.DISPATCH]  # as if it had been filed a moment later
    assert cards == {matter.person_id, matter.owner_person_id}


async def test_whoever_leaves_while_a_matter_is_being_filed_to_them_waits_and_passes_it_on(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        await files(tx, Desk(tx, house, NOW))
        leaving = asyncio.create_task(leaves(seeded, house))
        async with seeded.read() as looking:
            while not leaving.done() and not await looking.scalar(text("SELECT 1 FROM pg_locks WHERE NOT granted")):
                pass
        assert not leaving.done()
    await leaving
    assert await owners(seeded) == [("qiu_shan", True)]


async def test_a_matter_that_is_passed_to_somebody_who_leaves_in_that_moment_goes_to_whoever_stands_in(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        talent, leaver = await person(tx, desk, "yang_fan"), await person(tx, desk, LEAVER)
        matter = await desk.matters.file(talent, Filing(category="school", concern=Concern("person")))
        given = await desk.handover.to_post(leaver.posts[0].id)
    await leaves(seeded, house)
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        assert await desk.succession.move(matter, given) == 1
    assert await owners(seeded) == [("qiu_shan", True)]
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        head = await person(tx, desk, "qiu_shan")
        matter = await desk.views.matter(matter.id) or matter
        to_leaver = Deed("转", to_post=leaver.posts[0].id)
        with pytest.raises(Refused, match="gone"):
            await desk.matters.act(matter, Act.TRANSFER, head, standing.roles(head, matter), to_leaver)


async def part_is_held(database: Database) -> bool:
    """Whether the only part of a matter is with somebody who serves."""
    async with database.read() as tx:
        return bool(await tx.scalar(select(staff.c.active).join(co_steps, co_steps.c.staff_id == staff.c.id)))


AWARD = Filing(category="award", concern=Concern("person"))


async def test_a_part_of_whoever_leaves_goes_on_though_the_next_one_leaves_in_that_moment(
    seeded: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        await desk.matters.file(await person(tx, desk, "hua_sheng"), AWARD)
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        _leaves_once_chosen(desk.succession._handover, "stand_in", "zhao_shang", 1, monkeypatch, seeded, house)
        await desk.staffing.leaves(await person(tx, desk, "yin_zi"))
    assert await part_is_held(seeded)


async def test_a_part_of_what_staff_prepared_is_given_to_nobody_who_left_when_it_is_confirmed(
    seeded: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        clerk, talent = await person(tx, desk, "zhou_an"), await person(tx, desk, "hua_sheng")
        matter = await desk.behalf.prepare(clerk, talent, AWARD)
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        _leaves_once_chosen(desk.roster, "route", "yin_zi", 2, monkeypatch, seeded, house)
        await desk.behalf.confirm(matter, talent, standing.roles(talent, matter))
    assert await part_is_held(seeded)


def _leaves_once_chosen(
    chooser: object, way: str, key: str, time: int, monkeypatch: pytest.MonkeyPatch, database: Database, house: House
) -> None:
    """They leave after this choice has been made so often, before anything follows from it."""
    choose, made = getattr(chooser, way), []

    async def chosen(*args: Any) -> Any:
        made.append(await choose(*args))
        if len(made) == time:
            await leaves(database, house, key)
        return made[-1]

    monkeypatch.setattr(chooser, way, chosen)

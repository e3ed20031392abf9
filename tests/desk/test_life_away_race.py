"""Going away, or out of reach, while others give: what is given in the same moment in another process moves on.

On PostgreSQL alone, for a SQLite file has one writer at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text
from test_life_leaving import files, owners, person

from db.engine import Database, Tx
from db.schema.people import absences
from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.house import House
from desk.refusals import Refused
from desk.rules.life import Act
from desk.views import Matter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)
RECEIVER = "jiang_he"

Begin = Callable[[Database, House], Awaitable[None]]

pytestmark = pytest.mark.parametrize("seeded", ["postgresql"], indirect=True)


async def by_command(database: Database, house: House) -> None:
    """They say that they are away from now on."""
    async with database.write() as tx:
        desk = Desk(tx, house, NOW)
        receiver, head = await person(tx, desk, RECEIVER), await person(tx, desk, "qiu_shan")
        await desk.absences.leave(receiver, TODAY, FRIDAY, head.posts[0].id)


async def by_the_clock(database: Database, house: House) -> None:
    """The first day of a planned absence has come."""
    async with database.write() as tx:
        desk = Desk(tx, house, NOW)
        post = (await person(tx, desk, RECEIVER)).posts[0].id
        days = {"first_day": TODAY, "last_day": FRIDAY}
        planned = insert(absences).values(staff_id=post, **days).returning(absences.c.id)
        await desk.absences.begins({"absence": await tx.scalar(planned)})


async def by_the_file(database: Database, house: House) -> None:
    """The roster's file says so."""
    async with database.write() as tx:
        desk = Desk(tx, house, NOW)
        receiver = await person(tx, desk, RECEIVER)
        await desk.absences.entered(receiver.posts[0].id, receiver.name, TODAY, FRIDAY, None)


async def by_telegram(database: Database, house: House) -> None:
    """They have blocked the bot."""
    async with database.write() as tx:
        desk = Desk(tx, house, NOW)
        receiver = await person(tx, desk, RECEIVER)
        await desk.people.reachability(receiver.user_id or 0, reachable=False)
        await desk.succession.out_of_reach(receiver)


async def is_the_liaisons(database: Database, house: House) -> int:
    """A matter to be given: it is a liaison's."""
    async with database.write() as tx:
        desk = Desk(tx, house, NOW)
        talent = await person(tx, desk, "yang_fan")
        return (await desk.matters.file(talent, Filing(category="school", concern=Concern("person")))).id


async def gives(tx: Tx, desk: Desk, matter_id: int, **to: Any) -> Matter:
    """An admin hands it over."""
    admin, matter = await person(tx, desk, "zhou_an"), await desk.views.matter(matter_id)
    assert matter is not None
    return await desk.matters.act(matter, Act.TRANSFER, admin, standing.roles(admin, matter), Deed("转", **to))


@pytest.mark.parametrize("begin", [by_command, by_the_clock, by_the_file, by_telegram])
async def test_who_goes_away_while_a_matter_is_being_given_to_them_waits_and_passes_it_on(
    seeded: Database, house: House, begin: Begin
) -> None:
    matter = await is_the_liaisons(seeded, house)
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        await gives(tx, desk, matter, to_post=(await person(tx, desk, RECEIVER)).posts[0].id)
        beginning = asyncio.create_task(begin(seeded, house))
        async with seeded.read() as looking:
            while not beginning.done() and not await looking.scalar(text("SELECT 1 FROM pg_locks WHERE NOT granted")):
                pass
        assert not beginning.done()
    await beginning
    assert await owners(seeded) == [("qiu_shan", True)]


@pytest.mark.parametrize("begin", [by_command, by_telegram])
async def test_whoever_gives_a_matter_to_somebody_who_went_away_since_they_were_chosen_is_told(
    seeded: Database, house: House, monkeypatch: pytest.MonkeyPatch, begin: Begin
) -> None:
    matter = await is_the_liaisons(seeded, house)
    before = await owners(seeded)
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        _goes_away_once_chosen(desk, monkeypatch, "day", lambda: begin(seeded, house))
        receiver = (await person(tx, desk, RECEIVER)).posts[0].id
        with pytest.raises(Refused, match="away"):
            await gives(tx, desk, matter, to_post=receiver)
    assert await owners(seeded) == before


@pytest.mark.parametrize("begin", [by_command, by_telegram])
async def test_a_matter_given_to_an_office_goes_to_who_is_there_though_the_next_in_turn_just_went_away(
    seeded: Database, house: House, monkeypatch: pytest.MonkeyPatch, begin: Begin
) -> None:
    matter = await is_the_liaisons(seeded, house)
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        _goes_away_once_chosen(desk, monkeypatch, "day", lambda: begin(seeded, house))
        await gives(tx, desk, matter, to_office="education")
    assert await owners(seeded) == [("qiu_shan", True)]


@pytest.mark.parametrize("begin", [by_command, by_telegram])
async def test_a_matter_is_filed_to_who_is_there_though_the_one_chosen_just_went_away(
    seeded: Database, house: House, monkeypatch: pytest.MonkeyPatch, begin: Begin
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        _goes_away_once_chosen(desk, monkeypatch, "route", lambda: begin(seeded, house))
        await files(tx, desk)
    assert await owners(seeded) == [("qiu_shan", True)]


async def test_the_talent_office_gets_what_nobody_else_can_take_though_all_of_it_is_away(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        everybody = [post for each in await desk.people.with_role(*_WORKERS) for post in each.posts]
        days = {"first_day": TODAY, "last_day": FRIDAY}
        await tx.execute(insert(absences), [{"staff_id": post.id, **days} for post in everybody])
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk)
        assert matter.office == "talent_office"
        owner = await person(tx, desk, "zhou_an")
        back = await desk.matters.act(matter, Act.RETURN, owner, standing.roles(owner, matter), Deed("退"))
        assert back.owner_id == matter.owner_id


_WORKERS = ("handler", "run_team", "dispatcher", "head", "liaison", "leader")


def _goes_away_once_chosen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, reading: str, goes: Callable[[], Awaitable[None]]
) -> None:
    """After the first look at the roster, and before anything is written."""
    look, seen = getattr(desk.roster, reading), []

    async def looked(*args: Any) -> Any:
        found = await look(*args)
        if not seen:
            seen.append(found)
            await goes()
        return found

    monkeypatch.setattr(desk.roster, reading, looked)

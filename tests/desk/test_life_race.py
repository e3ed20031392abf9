"""Two people act at once: one winner, on both databases, and the other is told who was faster."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from db.engine import Database
from desk import standing
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Filing
from desk.house import House
from desk.people import Person
from desk.refusals import AlreadyDone
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.rules.life import Act, Status
from desk.seeding import seed
from desk.views import Matter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PHONES = {"talent": 1, "liaison": 2, "department": 3, "admin": 4, "run_team": 5}

Opener = Callable[[], Awaitable[Database]]


@pytest.fixture(scope="module")
def house() -> House:
    return House(Catalogue.load(), Workdays.load().calendar())


@pytest.fixture
async def matter(database: Database, house: House) -> Matter:
    """A matter that the education department has, with a part of the investment department."""
    async with database.write() as tx:
        await seed(tx, load_roster(DEMO, house.catalogue), PHONES, NOW)
        desk = Desk(tx, house, NOW)
        talent = await desk.people.of_account(1)
        assert talent is not None
        about = next(each for each in await desk.roster.concerns_of(talent) if each.kind == "project")
        return await desk.matters.file(talent, Filing(category="award", concern=about))


async def act(database: Database, house: House, matter_id: int, act: Act, who: int, deed: Deed) -> Matter | AlreadyDone:
    """One person acts in a transaction of their own; what came of it."""
    try:
        async with database.write() as tx:
            desk = Desk(tx, house, NOW)
            person, matter = await desk.people.get(who), await desk.views.matter(matter_id)
            assert person is not None
            assert matter is not None
            return await desk.matters.act(matter, act, person, standing.roles(person, matter), deed)
    except AlreadyDone as refusal:
        return refusal


async def people_of(database: Database, house: House, post_id: int) -> Person:
    async with database.read() as tx:
        person = await Desk(tx, house, NOW).people.of_post(post_id)
        assert person is not None
        return person


async def test_of_two_who_accept_at_once_one_wins_and_the_other_hears_who(
    database: Database, open_database: Opener, house: House, matter: Matter
) -> None:
    owner = await people_of(database, house, matter.owner_id)
    second = await open_database()  # another process on the same database
    outcomes = await asyncio.gather(
        *(act(each, house, matter.id, Act.ACCEPT, owner.id, Deed()) for each in (database, second) * 3)
    )
    won = [each for each in outcomes if isinstance(each, Matter)]
    lost = [each for each in outcomes if isinstance(each, AlreadyDone)]
    assert (len(won), len(lost)) == (1, 5)
    assert won[0].status is Status.ACCEPTED
    assert {each.values["by"] for each in lost} == {owner.name}
    assert {each.values["at"] for each in lost} == {NOW}
    async with database.read() as tx:
        history = await Desk(tx, house, NOW).views.history(matter.id)
    assert [each.act for each in history].count(Act.ACCEPT) == 1


async def test_of_two_who_finish_a_part_at_once_one_wins(
    database: Database, open_database: Opener, house: House, matter: Matter
) -> None:
    (step,) = matter.steps
    holder = await people_of(database, house, step.staff_id)
    second = await open_database()
    outcomes = await asyncio.gather(
        *(act(each, house, matter.id, Act.STEP_TAKE, holder.id, Deed()) for each in (database, second))
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["AlreadyDone", "Matter"]


async def test_a_withdrawal_and_an_acceptance_at_once_leave_one_story(
    database: Database, open_database: Opener, house: House, matter: Matter
) -> None:
    second = await open_database()
    owner = await people_of(database, house, matter.owner_id)
    await asyncio.gather(
        act(database, house, matter.id, Act.ACCEPT, owner.id, Deed()),
        act(second, house, matter.id, Act.WITHDRAW, matter.person_id, Deed()),
        return_exceptions=True,
    )
    async with database.read() as tx:
        desk = Desk(tx, house, NOW)
        after, history = await desk.views.matter(matter.id), await desk.views.history(matter.id)
    assert after is not None
    assert after.status in (Status.ACCEPTED, Status.WITHDRAWN)
    assert [each.n for each in history] == list(range(1, len(history) + 1))


async def test_a_request_for_more_time_is_answered_once(
    database: Database, open_database: Opener, house: House, matter: Matter
) -> None:
    owner = await people_of(database, house, matter.owner_id)
    async with database.read() as tx:
        desk = Desk(tx, house, NOW)
        (head,) = await desk.roster.heads(matter.office)
        (dispatcher,) = await desk.people.with_role("dispatcher")
    until = house.closing(matter.office, datetime(2026, 12, 18, tzinfo=UTC).date())
    assert isinstance(await act(database, house, matter.id, Act.ACCEPT, owner.id, Deed()), Matter)
    asked = await act(database, house, matter.id, Act.EXTEND, owner.id, Deed("开会", until=until))
    assert isinstance(asked, Matter)
    assert asked.deliver_due == matter.deliver_due  # nothing moves before it is granted
    second = await open_database()
    outcomes = await asyncio.gather(
        act(database, house, matter.id, Act.GRANT, head, Deed()),
        act(second, house, matter.id, Act.REFUSE_EXTENSION, dispatcher.id, Deed("不行")),
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["AlreadyDone", "Matter"]
    async with database.read() as tx:
        after = await Desk(tx, house, NOW).views.matter(matter.id)
    assert after is not None
    assert after.extension is None
    granted = isinstance(outcomes[0], Matter)
    assert after.deliver_due == (until if granted else matter.deliver_due)

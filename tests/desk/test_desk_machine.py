"""A machine that does anything anybody could do at the desk, in any order, and looks for a state that must not be.

Nothing open is ever without an owner at work and something planned for the promise that is open now; every act moves
the matter or is refused with a sentence that both languages have.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from db import migrate
from db.engine import Database, Tx
from db.queue import Queue
from db.schema.matters import events, matters
from db.schema.people import persons, staff
from db.schema.queues import timers
from desk import standing
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.clockwork import STILL_OWED
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Filing
from desk.history import FIRST, digest
from desk.house import House
from desk.people import Person
from desk.refusals import Refused
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.rules.deadlines import Promise
from desk.rules.life import ENDS, Act, Status, allowed
from desk.seeding import seed
from desk.views import Matter
from words import LANGUAGES, Words

DESK = Path(__file__).parents[2] / "desk"
HOUSE = House(
    Catalogue.load(DESK / "categories.yaml", DESK / "offices.yaml"), Workdays.load(DESK / "calendar.yaml").calendar()
)
ROSTER = load_roster(DEMO, HOUSE.catalogue)
SPEAKERS = [Words.load().speaker(language) for language in LANGUAGES]
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BY_HAND = [act for act in Act if act not in (Act.FILE, Act.ESCALATE, Act.LAPSE)]
TAKEN = (Status.ACCEPTED, Status.DELIVERED, Status.CLOSED)

T = TypeVar("T")
some = st.integers(0, 10_000)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo's district in it, everybody of it in reach."""
    path = tmp_path_factory.mktemp("seeded") / "desk.db"

    async def make() -> None:
        await migrate.upgrade(f"sqlite:///{path}")
        database = await Database.open(f"sqlite:///{path}")
        async with database.write() as tx:
            await seed(tx, ROSTER, {}, START)
            for number in (await tx.execute(select(persons.c.id))).scalars().all():
                account = {"telegram_id": 7000 + number, "chat_id": 7000 + number}
                await tx.execute(persons.update().where(persons.c.id == number).values(**account))
        await database.close()

    asyncio.run(make())
    return path


class TheDesk(RuleBasedStateMachine):
    """Files, acts, absences, blocked chats, people who leave, and time."""

    seeded: Path
    scratch: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.now = START
        self.filed = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def opens(self) -> None:
        shutil.copy(self.seeded, self.scratch)
        self.database = self.run(Database.open(f"sqlite:///{self.scratch}"))
        for n in range(3):
            self.files(n, n * 5, n)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.run(self.database.close())
        self.runner.close()

    # ---- what people do

    @rule(who=some, what=some, about=some)
    def files(self, who: int, what: int, about: int) -> None:
        async def work() -> None:
            async with self.database.write() as tx:
                desk = Desk(tx, HOUSE, self.now)
                person = await self._person(desk, who, cardholder=True)
                category = HOUSE.catalogue.categories[what % len(HOUSE.catalogue.categories)]
                concerns = await desk.roster.concerns_of(person)
                form = Filing(category=category.id, concern=concerns[about % len(concerns)], words="请帮忙")
                await desk.matters.file(person, form)
                self._speakable(desk)

        self.run(work())
        self.filed += 1

    @rule(clerk=some, who=some, what=some)
    def staff_prepare_one(self, clerk: int, who: int, what: int) -> None:
        """After a call: the cardholder has still to say yes."""

        async def work() -> None:
            async with self.database.write() as tx:
                desk = Desk(tx, HOUSE, self.now)
                writes = await self._person(desk, clerk, cardholder=False)
                holder = await self._person(desk, who, cardholder=True)
                category = HOUSE.catalogue.categories[what % len(HOUSE.catalogue.categories)]
                form = Filing(category=category.id, words="电话里说的")
                self.filed += await self._refusable(desk.behalf.prepare(writes, holder, form))
                self._speakable(desk)

        self.run(work())

    @precondition(lambda self: self.filed)
    @rule(which=some, act=st.sampled_from(BY_HAND), who=some, where=some)
    def anybody_tries_anything(self, which: int, act: Act, who: int, where: int) -> None:
        """Mostly refused: the wrong person, the wrong moment."""
        self.run(self._acts(which, act, who, where))

    @precondition(lambda self: self.filed)
    @rule(which=some, choice=some, where=some)
    def somebody_does_what_is_theirs(self, which: int, choice: int, where: int) -> None:
        """One of the acts that is open to one of the people it belongs to."""
        self.run(self._acts(which, None, choice, where))

    @rule(hours=st.sampled_from([1, 5, 26, 74, 200, 1500]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.run(self._fires())

    @rule(who=some, days=st.integers(0, 9), instead=some)
    def goes_away(self, who: int, days: int, instead: int) -> None:
        async def work() -> None:
            async with self.database.write() as tx:
                desk = Desk(tx, HOUSE, self.now)
                person = await self._person(desk, who, cardholder=False)
                until = desk.today + timedelta(days=days)
                colleagues = await desk.absences.colleagues(person, desk.today, until) if person.posts else []
                if colleagues:
                    deputy = colleagues[instead % len(colleagues)]
                    await self._refusable(desk.absences.leave(person, desk.today, until, deputy.post_id))

        self.run(work())

    @rule(who=some, back=st.booleans())
    def blocks_the_bot(self, who: int, back: bool) -> None:
        async def work() -> None:
            async with self.database.write() as tx:
                desk = Desk(tx, HOUSE, self.now)
                person = await self._person(desk, who, cardholder=False)
                await desk.people.reachability(person.user_id or 0, reachable=back)
                if not back:
                    await desk.succession.out_of_reach(person)

        self.run(work())

    @rule(who=some)
    def leaves_for_good(self, who: int) -> None:
        async def work() -> None:
            async with self.database.write() as tx:
                desk = Desk(tx, HOUSE, self.now)
                person = await self._person(desk, who, cardholder=False)
                if not any(post.office == "talent_office" for post in person.posts):  # which cannot be without people
                    await desk.staffing.leaves(person)

        self.run(work())

    # ---- what must be true

    @invariant()
    def nothing_open_is_forgotten(self) -> None:
        if hasattr(self, "database"):
            self.run(self._look())

    async def _look(self) -> None:
        async with self.database.read() as tx:
            desk = Desk(tx, HOUSE, self.now)
            at_work = select(staff.c.id, staff.c.office).where(staff.c.active)
            working = {row.id: row.office for row in await tx.execute(at_work)}
            due = select(timers.c.matter_id, timers.c.body).where(timers.c.state == "due")
            planned = [(row.matter_id, STILL_OWED[Promise(row.body["promise"])]) for row in await tx.execute(due)]
            for number in (await tx.execute(select(matters.c.id))).scalars().all():
                matter = await desk.views.matter(number)
                assert matter is not None
                await self._is_sealed(tx, matter)
                assert matter.accepted_at is not None or matter.status not in TAKEN, matter
                if matter.status not in ENDS:
                    assert working.get(matter.owner_id) == matter.office, f"{matter.number} has nobody there"
                    assert any(about == number and matter.status in owed for about, owed in planned), matter

    async def _is_sealed(self, tx: Tx, matter: Matter) -> None:
        rows = (await tx.execute(select(events).where(events.c.matter_id == matter.id).order_by(events.c.n))).mappings()
        before, status = FIRST, ""
        for n, row in enumerate(rows, start=1):
            assert row["n"] == n
            assert row["previous"] == before
            assert row["digest"] == digest(row)
            before, status = row["digest"], row["status"]
        assert status == matter.status

    # ---- how it is done

    async def _acts(self, which: int, act: Act | None, choice: int, where: int) -> None:
        async with self.database.read() as tx:
            desk = Desk(tx, HOUSE, self.now)
            matter = await desk.views.matter(which % self.filed + 1)
            assert matter is not None
            if act is None:
                person, act = await self._theirs(desk, matter, choice)
            else:
                person = await self._person(desk, choice, cardholder=bool(where % 2))
            before = await self._happened(tx, matter.id)
        moved = await self._tries(matter, act, person, where)
        async with self.database.read() as tx:
            after = await self._happened(tx, matter.id)
        assert after == before + moved, (act, person.name, matter)

    async def _happened(self, tx: Tx, matter_id: int) -> int:
        return int(await tx.scalar(select(func.count()).select_from(events).where(events.c.matter_id == matter_id)))

    async def _tries(self, matter: Matter, act: Act, person: Person, where: int) -> int:
        """How many events came of it; confirming what staff prepared files it and dispatches it."""
        offices = HOUSE.catalogue.offices
        deed = Deed(
            words="就是这样",
            rating=where % 5 + 1 if act in (Act.CONFIRM, Act.RATE) else None,
            to_office=offices[where % len(offices)].id,
            until=self.now + timedelta(days=where % 20),
        )
        try:
            async with self.database.write() as tx:
                desk = Desk(tx, HOUSE, self.now)
                held = standing.roles(person, matter)
                if act is Act.FILE:
                    await desk.behalf.confirm(matter, person, held)
                else:
                    await desk.matters.act(matter, act, person, held, deed)
                self._speakable(desk)
        except Refused as refused:
            _says(refused)
            return 0
        return 2 if act is Act.FILE else 1

    async def _theirs(self, desk: Desk, matter: Matter, choice: int) -> tuple[Person, Act]:
        everybody = select(persons.c.id).outerjoin(staff, (staff.c.person_id == persons.c.id) & staff.c.active)
        concerned = everybody.where(
            (persons.c.id == matter.person_id) | (staff.c.id == matter.owner_id) | (staff.c.role == "dispatcher")
            | (staff.c.role == "head") | (staff.c.acts_for == matter.owner_id)
        )  # fmt: skip
        options = []
        for number in (await desk._tx.execute(concerned.distinct().order_by(persons.c.id))).scalars().all():
            person = await desk.people.get(number)
            assert person is not None
            held = standing.roles(person, matter)
            asked = matter.extension is not None
            options += [(person, act) for act in allowed(matter.status, held, extension_asked=asked)]
        assert options, f"nobody can do anything about {matter}"
        return options[choice % len(options)]

    async def _person(self, desk: Desk, which: int, *, cardholder: bool) -> Person:
        entries = ROSTER.cardholders if cardholder else ROSTER.staff
        key = entries[which % len(entries)].id
        number = await desk._tx.scalar(select(persons.c.id).where(persons.c.key == key))
        person = await desk.people.get(number)
        assert person is not None
        return person

    async def _fires(self) -> None:
        queue = Queue(timers)
        while True:
            async with self.database.write() as tx:
                claimed = await queue.claim(tx, self.now, timedelta(minutes=1), 1)
                if not claimed:
                    return
                await queue.complete(tx, claimed[0], self.now)
                desk = Desk(tx, HOUSE, self.now)
                await desk.clockwork.fire(claimed[0]["kind"], claimed[0]["matter_id"], claimed[0]["body"])
                self._speakable(desk)

    async def _refusable(self, work: Coroutine[Any, Any, object]) -> bool:
        try:
            await work
        except Refused as refused:
            _says(refused)
            return False
        return True

    def _speakable(self, desk: Desk) -> None:
        for news in desk.newsroom.news:
            for say in SPEAKERS:
                assert say(news.key, **news.values, office="", category="")


def _says(refused: Refused) -> None:
    for say in SPEAKERS:
        assert say.plain(refused.key, **refused.values)


def test_no_way_through_the_desk_leads_to_a_matter_that_nobody_looks_after(seeded: Path, tmp_path: Path) -> None:
    machine = type("Machine", (TheDesk,), {"seeded": seeded, "scratch": tmp_path / "desk.db"})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("DESK_EXAMPLES", "12")),
            stateful_step_count=20,
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )

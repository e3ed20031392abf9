"""Anybody at the desk, meant by some number: what they do, in transactions of their own, and what must hold after it.

Whatever is refused is refused with a sentence that both languages have.
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

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
from desk.views import Matter
from words import LANGUAGES, Words

DESK = Path(__file__).parents[2] / "desk"
HOUSE = House(
    Catalogue.load(DESK / "categories.yaml", DESK / "offices.yaml"), Workdays.load(DESK / "calendar.yaml").calendar()
)
ROSTER = load_roster(DEMO, HOUSE.catalogue)
SPEAKERS = [Words.load().speaker(language) for language in LANGUAGES]
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TAKEN = (Status.ACCEPTED, Status.DELIVERED, Status.CLOSED)


class Anybody:
    """The people of the demo's district at one desk, whose clock a test sets."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.filed = 0

    async def files(self, who: int, what: int, about: int) -> None:
        """A cardholder files a matter of some kind."""
        async with self.database.write() as tx:
            desk = Desk(tx, HOUSE, self.now)
            person = await self._person(desk, who, cardholder=True)
            category = HOUSE.catalogue.categories[what % len(HOUSE.catalogue.categories)]
            concerns = await desk.roster.concerns_of(person)
            form = Filing(category=category.id, concern=concerns[about % len(concerns)], words="请帮忙")
            await desk.matters.file(person, form)
            self._speakable(desk)
        self.filed += 1

    async def prepares(self, clerk: int, who: int, what: int) -> None:
        """Staff prepare one after a call."""
        async with self.database.write() as tx:
            desk = Desk(tx, HOUSE, self.now)
            writes = await self._person(desk, clerk, cardholder=False)
            holder = await self._person(desk, who, cardholder=True)
            category = HOUSE.catalogue.categories[what % len(HOUSE.catalogue.categories)]
            form = Filing(category=category.id, words="电话里说的")
            self.filed += await self._refusable(desk.behalf.prepare(writes, holder, form))
            self._speakable(desk)

    async def goes_away(self, who: int, days: int, instead: int) -> None:
        """Somebody is away from today on, if a colleague can stand in."""
        async with self.database.write() as tx:
            desk = Desk(tx, HOUSE, self.now)
            person = await self._person(desk, who, cardholder=False)
            until = desk.today + timedelta(days=days)
            colleagues = await desk.absences.colleagues(person, desk.today, until) if person.posts else []
            if colleagues:
                deputy = colleagues[instead % len(colleagues)]
                await self._refusable(desk.absences.leave(person, desk.today, until, deputy.post_id))

    async def blocks(self, who: int, *, back: bool) -> None:
        """Somebody blocks the bot, or takes it back."""
        async with self.database.write() as tx:
            desk = Desk(tx, HOUSE, self.now)
            person = await self._person(desk, who, cardholder=False)
            await desk.people.reachability(person.user_id or 0, reachable=back)
            if not back:
                await desk.succession.out_of_reach(person)

    async def leaves(self, who: int) -> None:
        """Somebody leaves for good."""
        async with self.database.write() as tx:
            desk = Desk(tx, HOUSE, self.now)
            person = await self._person(desk, who, cardholder=False)
            if not any(post.office == "talent_office" for post in person.posts):  # which cannot be without people
                await desk.staffing.leaves(person)

    async def acts(self, which: int, act: Act | None, choice: int, where: int) -> None:
        """Somebody tries this act on a matter; one that is theirs where none is said."""
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

    async def fires(self) -> None:
        """Everything that is due happens."""
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

    async def look(self) -> None:
        """Nothing open is without an owner at work and something planned for the promise that is open now."""
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


def _says(refused: Refused) -> None:
    for say in SPEAKERS:
        assert say.plain(refused.key, **refused.values)

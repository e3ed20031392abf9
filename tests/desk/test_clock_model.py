"""The clock against a model of it: thousands of deadlines, three workers, crashes, outages and a clock that jumps.

What fires is exactly what the model says, none of it early and none of it twice, and what has no end is set again.
`CLOCK_MATTERS=2000` runs it at full size; the usual size keeps the test-suite quick.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import Opener
from jumping_clock import JumpingClock
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update

from bot.clock import Timers
from bot.loop import POLL
from db.engine import Database, Tx
from db.queue import Queue
from db.schema import metadata
from db.schema.matters import events, matters
from db.schema.people import persons, staff
from db.schema.queues import timers
from db.types import Instant, to_ms
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.filing import Concern
from desk.house import House
from desk.rules.deadlines import TOP, Kind, Planned, Promise, plan
from desk.rules.life import TRANSITIONS, Act, Status
from desk.timers import Timers as Planner
from desk.views import Matter

MATTERS = int(os.environ.get("CLOCK_MATTERS", "80"))
DAYS, WORKERS = 30, 3
DESK = Path(__file__).parents[2] / "desk"
START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in Enyang
LEASE_OVER = 61.0
OUTAGE = timedelta(hours=12)
CHAIN = (Act.ACCEPT, Act.RETURN, Act.DISPATCH, Act.ASK, Act.SUPPLY, Act.DELIVER, Act.DISPUTE, Act.CONFIRM, Act.TRANSFER)

fired = Table(
    "fired",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("matter_id", Integer),
    Column("name", String(64)),
    Column("at", Instant),
)
"""What the workers did, written in the transaction that did it."""


@dataclass
class Model:
    """What should happen: per matter the instants still planned, and every one that has come."""

    planned: dict[int, dict[tuple[str, int], Planned]] = field(default_factory=dict)
    latest: dict[int, Callable[[datetime], Sequence[Planned]]] = field(default_factory=dict)
    plans: Counter[int] = field(default_factory=Counter)
    fired: Counter[tuple[int, str]] = field(default_factory=Counter)

    def acted(self, matter: Matter, house: House, now: datetime) -> None:
        """What lies ahead is planned anew; what fell due already still comes."""
        kept = {name: each for name, each in self.planned.get(matter.id, {}).items() if each.at <= now}
        self.plans[matter.id] += 1
        n = self.plans[matter.id]
        stands, hours = house.standing(matter), house.hours_of(matter.office)
        self.latest[matter.id] = lambda moment: plan(stands, hours, now=moment)
        kept |= {(_name(each), n): each for each in self.latest[matter.id](now)}
        self.planned[matter.id] = kept

    def settled(self, now: datetime) -> None:
        """Everything due by now has come; what has no end comes again, if the matter still stands so."""
        for matter, instants in self.planned.items():
            come = {name: each for name, each in instants.items() if each.at <= now}
            for name, each in come.items():
                del instants[name]
                self.fired[matter, name[0]] += 1
                if each.endless:
                    n = self.plans[matter]
                    again = (next_ for next_ in self.latest[matter](now) if next_.endless)
                    instants |= {(_name(a), n): a for a in again if (a.kind, a.promise) == (each.kind, each.promise)}


@dataclass
class Office:
    """The desk as far as the clock sees it: matters, the acts on them, and the workers."""

    house: House
    database: Database
    clock: JumpingClock
    rng: random.Random
    model: Model = field(default_factory=Model)
    matters: dict[int, Matter] = field(default_factory=dict)
    """As last committed."""
    acts: Counter[int] = field(default_factory=Counter)

    async def open(self) -> None:
        """The people every matter needs."""
        async with self.database.write() as tx:
            await tx.create(metadata)
            await tx.create(fired.metadata)
            await tx.execute(insert(persons).values(id=1, name="某人", created_at=START))
            await tx.execute(insert(staff).values(id=1, person_id=1, office="education", role="handler"))

    async def files(self, count: int) -> None:
        """So many people file at once."""
        if not count:
            return
        first, now = len(self.matters) + 1, self.clock.now()
        fresh = [self._matter(number, now) for number in range(first, first + count)]
        async with self.database.write() as tx:
            await tx.execute(insert(matters), [_row(matter) for matter in fresh])
            for matter in fresh:
                await self._plan(tx, matter, Act.FILE, now)
                self.matters[matter.id] = matter

    async def acts_on(self, number: int) -> None:
        """Somebody does something that this matter allows."""
        matter, now = self.matters[number], self.clock.now()
        possible = [act for act in CHAIN if (matter.status, act) in TRANSITIONS]
        if not possible:
            return
        act = self.rng.choice(possible)
        after = _after(matter, act, now)
        async with self.database.write() as tx:
            await tx.execute(update(matters).where(matters.c.id == number).values(status=after.status.value))
            await self._plan(tx, after, act, now)
        self.matters[number] = after

    def _matter(self, number: int, now: datetime) -> Matter:
        category = self.rng.choice(self.house.catalogue.categories)
        due = self.house.due(category, "education", now)
        given = {
            "id": number, "number": f"EY-{number}", "category": category.id, "concern": Concern("person"),
            "status": Status.DISPATCHED, "level": 0, "person_id": 1, "owner_id": 1, "office": "education",
            "trail": (), "answers": (), "pauses": (), "filed_at": now, "dispatched_at": now, "since": now,
            "promised_at": now, "accept_due": due.accept, "deliver_due": due.deliver,
        }  # fmt: skip
        empty = {each.name: None for each in fields(Matter) if each.default is MISSING}
        return Matter(**empty | given)

    async def _plan(self, tx: Tx, matter: Matter, act: Act, now: datetime) -> None:
        self.acts[matter.id] += 1
        event = {"matter_id": matter.id, "n": self.acts[matter.id], "at": now, "act": act.value, "facts": {}}
        await tx.execute(insert(events).values(**event, status=matter.status.value, previous="", digest=""))
        await Planner(tx, self.house, now).plan(matter)
        self.model.acted(matter, self.house, now)


@dataclass
class Crew:
    """Three workers with a database connection each, as three processes have."""

    opener: Opener
    office: Office
    clock: JumpingClock
    rng: random.Random
    hands: list[tuple[Timers, asyncio.Task[None]]] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)

    async def start(self) -> None:
        while len(self.hands) < WORKERS:
            if len(self.databases) < WORKERS:
                self.databases.append(await self.opener())
            database = self.databases[len(self.hands)]
            worker = Timers(database, Queue(timers), self._fire, _never_dead, self.clock)
            self.hands.append((worker, asyncio.create_task(worker.run())))

    async def settles(self) -> None:
        """Everything that is due has been done.

        A worker that saw a row in another's transaction looks again at the next poll, so time must pass for it.
        """
        polled = True
        while polled:
            polled = False
            for worker, _task in self.hands:
                idle = asyncio.create_task(worker.idle())
                while not (await asyncio.wait({idle}, timeout=0.1))[0]:
                    polled = True
                    self.clock.passes(POLL.total_seconds())

    async def stop(self) -> None:
        """As for a new version: what is in hand is finished."""
        await asyncio.gather(*(worker.stop() for worker, _task in self.hands))
        await asyncio.gather(*(task for _worker, task in self.hands))
        self.hands.clear()

    async def crash(self) -> None:
        """In the middle of it: whatever is in hand is lost, its lease stays behind."""
        for worker, _task in self.hands:
            worker._wake.set()
        for _ in range(self.rng.randrange(120)):
            await asyncio.sleep(0)
        lost = [task for worker, task in self.hands for task in (task, *worker._hands)]
        for task in lost:
            task.cancel()
        await asyncio.gather(*lost, return_exceptions=True)
        self.hands.clear()

    async def _fire(self, tx: Tx, kind: str, matter_id: int | None, body: Mapping[str, Any], now: datetime) -> None:
        name = _name_of(kind, body)
        await tx.execute(insert(fired).values(matter_id=matter_id, name=name, at=now))
        if kind == Kind.DECIDE or (kind == Kind.ESCALATE and body["step"] >= TOP):
            matter = self.office.matters[matter_id or 0]
            await Planner(tx, self.office.house, now).again(matter, Promise(body["promise"]))


@pytest.mark.timeout(1800 if MATTERS > 500 else 120)
async def test_what_fires_is_what_the_model_says_however_the_machine_behaves(open_database: Opener) -> None:
    rng = random.Random(20261102)
    clock = JumpingClock(START)
    house = House(
        Catalogue.load(DESK / "categories.yaml", DESK / "offices.yaml"),
        Workdays.load(DESK / "calendar.yaml").calendar(),
    )
    office = Office(house, await open_database(), clock, rng)
    await office.open()
    async with _crew(open_database, office) as crew:
        troubles = await _a_month(office, crew)
    await _compare(office)
    assert len(office.matters) == MATTERS
    assert troubles.keys() == {"crash", "restart", "forward", "back", "outage"}


async def _a_month(office: Office, crew: Crew) -> Counter[str]:
    """Matters come in, people act, the machine has its troubles, until the month is over."""
    clock, rng = office.clock, office.rng
    troubles: Counter[str] = Counter()
    steps = DAYS * 8
    for step in range(steps):
        clock.passes(rng.uniform(0.5, 5.5) * 3600)
        trouble = "outage" if step == steps // 2 else _some_trouble(rng)
        troubles[trouble] += 1
        await _goes_through(trouble, clock, crew)
        if step % 2:  # people act while the workers still have much to do
            await _people(office, step)
        await crew.settles()
        office.model.settled(clock.now())
        if not step % 2:
            await _people(office, step)
    clock.passes(30 * 86400.0)
    await crew.settles()
    office.model.settled(clock.now())
    del troubles["none"]
    return troubles


async def _people(office: Office, step: int) -> None:
    """File, in the first two thirds of the month, and act on what is open."""
    due = MATTERS * min(3 * step // 2 + 3, DAYS * 8) // (DAYS * 8)
    await office.files(max(due - len(office.matters), 0))
    for number in office.rng.sample(sorted(office.matters), k=min(len(office.matters), MATTERS // 60 + 1)):
        await office.acts_on(number)


def _some_trouble(rng: random.Random) -> str:
    kinds = ("none", "crash", "restart", "forward", "back")
    return rng.choices(kinds, (20, 2, 1, 1, 1))[0]


async def _goes_through(trouble: str, clock: JumpingClock, crew: Crew) -> None:
    match trouble:
        case "crash":
            await crew.crash()
            clock.passes(LEASE_OVER)
            await crew.start()
        case "restart":
            await crew.stop()
            await crew.start()
        case "forward" | "back":
            clock.jump(timedelta(hours=1 if trouble == "forward" else -1))
        case "outage":
            await crew.stop()
            clock.passes(OUTAGE.total_seconds())
            await crew.start()


async def _compare(office: Office) -> None:
    async with office.database.read() as tx:
        done = (await tx.execute(select(fired))).all()
        rows = (await tx.execute(select(timers))).all()
    assert Counter((row.matter_id, row.name) for row in done) == office.model.fired
    assert {row.state for row in rows} <= {"done", "superseded", "due"}
    ahead = Counter((row.matter_id, _name_of(row.kind, row.body)) for row in rows if row.state == "due")
    assert ahead == Counter((matter, name) for matter, left in office.model.planned.items() for name, _n in left)
    ended = [row for row in rows if row.state == "done"]
    assert len(ended) == len(done)
    assert [row.dedupe for row in ended if row.done_at < row.due_at] == []
    assert len(done) > MATTERS * 3


@asynccontextmanager
async def _crew(opener: Opener, office: Office) -> AsyncIterator[Crew]:
    crew = Crew(opener, office, office.clock, office.rng)
    await crew.start()
    yield crew
    await crew.stop()


def _name(planned: Planned) -> str:
    return f"{planned.kind}:{planned.promise}:{planned.step}"


def _name_of(kind: str, body: Mapping[str, Any]) -> str:
    return f"{kind}:{body['promise']}:{body['step']}"


def _after(matter: Matter, act: Act, now: datetime) -> Matter:
    """The matter as an act leaves it, as far as deadlines look."""
    to = TRANSITIONS[matter.status, act].to or matter.status
    anew = to is not matter.status or act is Act.DELIVER  # a corrected result begins the silence anew, as the first did
    changed = replace(matter, status=to, since=now if anew else matter.since)
    if act in (Act.SUPPLY, Act.DELIVER):
        pauses = [[start, to_ms(now) if end is None else end] for start, end in matter.pauses]
        return replace(changed, pauses=pauses)
    if act is Act.ASK and matter.status is not Status.WAITING:
        return replace(changed, pauses=[*matter.pauses, [to_ms(now), None]])
    if act is Act.DISPUTE:
        return replace(changed, dispatched_at=now, promised_at=now, pauses=())
    if act in (Act.DISPATCH, Act.TRANSFER):
        return replace(changed, dispatched_at=now)
    return changed


def _row(matter: Matter) -> dict[str, Any]:
    plain = {name: getattr(matter, name) for name in Matter.__dataclass_fields__ if name in matters.c}
    other = {"concern": "person", "concern_id": None, "status": matter.status.value, "reason": {}, "sealed": None}
    return plain | other


async def _never_dead(_tx: Tx, _row: object, error: str) -> None:
    raise AssertionError(error)

"""What the clock should do: a desk as far as the clock sees it, and beside it every instant that should come.

The desk plans its timers as the real one does; the model works out the same from the rules alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from jumping_clock import JumpingClock
from sqlalchemy import MetaData, insert, update

from db.engine import Database, Tx
from db.schema import metadata
from db.schema.matters import events, matters
from db.schema.people import persons, staff
from db.types import to_ms
from desk.filing import Concern
from desk.house import House
from desk.rules.deadlines import Planned, plan
from desk.rules.life import TRANSITIONS, Act, Status
from desk.timers import Timers as Planner
from desk.views import Matter

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in Enyang
CHAIN = (Act.ACCEPT, Act.RETURN, Act.DISPATCH, Act.ASK, Act.SUPPLY, Act.DELIVER, Act.DISPUTE, Act.CONFIRM, Act.TRANSFER)


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

    async def open(self, more: MetaData) -> None:
        """The people every matter needs, and further tables."""
        async with self.database.write() as tx:
            await tx.create(metadata)
            await tx.create(more)
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


def _name(planned: Planned) -> str:
    return f"{planned.kind}:{planned.promise}:{planned.step}"


def name_of(kind: str, body: Mapping[str, Any]) -> str:
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

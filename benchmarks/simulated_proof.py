"""What must be true of a simulated district at every half hour, and the three rates at the end of its month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from room_clock import RoomClock
from sqlalchemy import func, select

from bot.assembly import Parts
from db.engine import Tx
from db.schema.matters import events, matters
from db.schema.people import staff
from db.schema.queues import outbox, timers
from desk.clockwork import STILL_OWED
from desk.desk import Desk
from desk.rates import By, Period, Scope
from desk.rules.deadlines import Kind, Promise
from desk.rules.life import ENDS, Act, Status
from desk.rules.rates import Share
from desk.steps import unfinished
from desk.views import Matter

EVERY_MATTER = 100_000


@dataclass
class Findings:
    """What came of it; `wrong` should stay empty."""

    wrong: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    rates: list[str] = field(default_factory=list)


@dataclass
class Proof:
    """Looks at every open matter. `raised` is when a promise of a matter was last raised a step."""

    parts: Parts
    clock: RoomClock
    found: Findings = field(default_factory=Findings)
    raised: dict[tuple[int, str], datetime] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    _last_event: int = 0

    async def look(self) -> list[Matter]:
        """Every open matter; what is not as it must be is noted."""
        now = self.clock.now()
        async with self.parts.database.read() as tx:
            desk = Desk(tx, self.parts.services.house, now)
            everybody = (await tx.execute(select(staff.c.id))).scalars().all()
            open_ones = await desk.views.held_by(everybody, limit=EVERY_MATTER)
            stray = await tx.scalar(
                select(func.count()).where(matters.c.status.not_in([status.value for status in ENDS]))
            )
            if stray != len(open_ones):
                self._wrong(f"{stray - len(open_ones)} open matters have no owner at all")
            await self._owned(tx, open_ones)
            await self._planned(tx, open_ones)
            await self._raised(tx)
            told = await self._parts_told(tx)
            for matter in open_ones:
                self._not_silently_late(matter, now)
                self._no_part_silently_late(desk, matter, told)
        self.found.done["looks at an open matter"] += len(open_ones)
        return open_ones

    async def report(self) -> Findings:
        """The month in figures."""
        async with self.parts.database.read() as tx:
            desk = Desk(tx, self.parts.services.house, self.clock.now())
            table = await desk.statistics.table(Scope(), By.OFFICE, Period.ALL)
            escalated = select(func.count()).select_from(events).where(events.c.act == Act.ESCALATE.value)
            self.found.done["messages"] = await tx.scalar(select(func.count()).select_from(outbox))
            self.found.done["escalations"] = await tx.scalar(escalated)
            self.found.done["matters"] = await tx.scalar(select(func.count()).select_from(matters))
        for key, rates in [("the district", table.total), *((line.key, line.rates) for line in table.lines)]:
            shares = "".join(
                f"{_percent(share):>20}" for share in (rates.response, rates.resolution, rates.satisfaction)
            )
            self.found.rates.append(f"{key:<18}{rates.matters:>8}{shares}")
        return self.found

    async def _owned(self, tx: Tx, open_ones: list[Matter]) -> None:
        """Whoever holds a matter, or a part of one, is at work here."""
        working = set((await tx.execute(select(staff.c.id).where(staff.c.active))).scalars())
        for matter in open_ones:
            if matter.owner_id not in working:
                self._wrong(f"{matter.number} has no owner at work")
            for step in unfinished(matter):
                if step.staff_id not in working:
                    self._wrong(f"{matter.number}: nobody at work has the part of {step.office}")

    async def _planned(self, tx: Tx, open_ones: list[Matter]) -> None:
        """Something lies ahead of every open matter, and no timer was given up."""
        rows = await tx.execute(select(timers.c.matter_id, timers.c.state, timers.c.body).where(_WAITING))
        ahead: dict[int, list[Promise]] = {}
        for row in rows:
            if row.state == "dead":
                self._wrong(f"a timer of matter {row.matter_id} could not fire")
            elif row.matter_id is not None:
                ahead.setdefault(row.matter_id, []).append(Promise(row.body["promise"]))
        for matter in open_ones:
            if not any(matter.status in STILL_OWED[promise] for promise in ahead.get(matter.id, ())):
                self._wrong(f"{matter.number} is {matter.status.value} and nothing lies ahead of it")

    async def _raised(self, tx: Tx) -> None:
        new = select(events).where(events.c.act == Act.ESCALATE.value, events.c.id > self._last_event)
        for event in (await tx.execute(new.order_by(events.c.id))).all():
            if promise := event.facts.get("promise"):
                self.raised[event.matter_id, promise] = event.at
            self._last_event = event.id

    async def _parts_told(self, tx: Tx) -> set[int]:
        """The parts whose lateness was told."""
        late = select(timers.c.body).where(timers.c.kind == Kind.STEP_LATE.value, timers.c.state == "done")
        return {body["part"] for body in (await tx.execute(late)).scalars()}

    def _not_silently_late(self, matter: Matter, now: datetime) -> None:
        for promise, due in _late(matter, now):
            raised = self.raised.get((matter.id, promise))
            if raised is None or raised < due:
                self._wrong(f"{matter.number} is silently late to {promise}")
            elif f"{matter.id}:{promise}:{due}" not in self.seen:
                self.seen.add(f"{matter.id}:{promise}:{due}")
                self.found.done["late, and raised"] += 1

    def _no_part_silently_late(self, desk: Desk, matter: Matter, told: set[int]) -> None:
        for step in unfinished(matter) if matter.status in STILL_OWED[Promise.STEP] else ():
            due = desk.house.step_due(matter, step)
            if due is not None and due < desk.now:
                if step.id not in told:
                    self._wrong(f"{matter.number}: the part of {step.office} is silently late")
                elif f"part {step.id}" not in self.seen:
                    self.seen.add(f"part {step.id}")
                    self.found.done["parts late, and told"] += 1

    def _wrong(self, what: str) -> None:
        if what not in self.seen:
            self.seen.add(what)
            self.found.wrong.append(f"{self.clock.now():%d %b %H:%M}: {what}")


_WAITING = timers.c.state.in_(("due", "dead"))


def _late(matter: Matter, now: datetime) -> list[tuple[str, datetime]]:
    with_somebody = matter.status in (Status.DISPATCHED, Status.RETURNED)
    owed = [("accept", matter.accept_due)] if with_somebody else []
    owed += [("deliver", matter.deliver_due)] if with_somebody or matter.status is Status.ACCEPTED else []
    return [(promise, due) for promise, due in owed if due < now]


def _percent(share: Share) -> str:
    return "—" if share.rate is None else f"{share.rate:.1%} ({share.good}/{share.of})"

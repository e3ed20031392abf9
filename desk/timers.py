"""Deadlines as rows: what the clock does to a matter if nobody acts, set in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from db.engine import Tx
from db.queue import Queue
from db.schema.matters import events, matters
from db.schema.queues import timers
from desk.house import House
from desk.rules.deadlines import ABOUT_RESULT, Kind, Planned, Promise, Standing, plan
from desk.rules.life import ENDS, Act, Status
from desk.steps import unfinished
from desk.views import CoStep, Matter, Views

QUEUE = Queue(timers)

REMIND_PART_AT = 0.8
"""The part of a further department's time after which it is reminded."""

_RUNNING = frozenset({Status.DISPATCHED, Status.RETURNED, Status.ACCEPTED})


class Timers:
    """Sets and clears a matter's timers, inside one transaction."""

    def __init__(self, tx: Tx, house: House, now: datetime) -> None:
        self._tx = tx
        self._house = house
        self._now = now

    async def plan(self, matter: Matter) -> None:
        """Replace what was planned by what follows from how the matter stands now.

        What fell due already stays: it has still to fire, however late the clock comes to it.
        """
        later = (timers.c.matter_id == matter.id) & (timers.c.due_at > self._now)
        await QUEUE.cancel(self._tx, later, self._now)
        act = await self._act(matter)
        rows = [_row(matter, act, planned) for planned in await self._ahead(matter)]
        rows += [row for step in unfinished(matter) for row in self._of_part(matter, step, act)]
        await QUEUE.put_many(self._tx, rows, self._now)
        self._tx.wake("timers")

    async def again(self, matter: Matter, promise: Promise) -> None:
        """What comes again and again has come once more: set its next time, unless the matter has moved meanwhile."""
        still = (matters.c.id == matter.id) & (matters.c.status == matter.status.value)
        locked = await self._tx.execute(update(matters).where(still).values(status=matter.status.value))
        for each in await self._ahead(matter) if locked.rowcount else ():
            if each.endless and each.promise is promise and not await self._is_set(matter, each):
                await QUEUE.put(self._tx, _row(matter, await self._act(matter), each), self._now)
                self._tx.wake("timers")

    async def is_silent(self, matter: Matter) -> bool:
        """Whether the silence that closes a matter is over by now: somebody may have spoken since it was planned."""
        lapses = (each for each in await self._all(matter, None) if each.kind is Kind.LAPSE)
        return any(each.at <= self._now for each in lapses)

    async def mend(self) -> int:
        """Plan anew for every open matter that has nothing planned, as an earlier version left some; how many."""
        set_ = select(timers.c.id).where(timers.c.matter_id == matters.c.id, timers.c.state == "due").exists()
        is_open = matters.c.status.not_in([status.value for status in ENDS])
        found = (await self._tx.execute(select(matters.c.id).where(is_open, ~set_))).scalars().all()
        for matter_id in found:
            matter = await Views(self._tx, self._house.vault).matter(matter_id)
            assert matter is not None
            await self.plan(matter)
        return len(found)

    async def _is_set(self, matter: Matter, planned: Planned) -> bool:
        """Whether a later act has planned it anew already."""
        same = (timers.c.matter_id == matter.id) & timers.c.dedupe.like(f"%:{planned.kind}:{planned.promise}:%")
        later = same & (timers.c.state == "due") & (timers.c.due_at > self._now)
        return await self._tx.scalar(select(timers.c.id).where(later).limit(1)) is not None

    async def _ahead(self, matter: Matter) -> Sequence[Planned]:
        return await self._all(matter, self._now)

    async def _all(self, matter: Matter, now: datetime | None) -> Sequence[Planned]:
        hours, stands = self._house.hours_of(matter.office), self._house.standing(matter)
        if matter.status is Status.DELIVERED:
            stands = await self.spoken_of(matter)
        return plan(stands, hours, self._house.tempo.deadlines, now)

    async def spoken_of(self, matter: Matter) -> Standing:
        """A result as it stands since the latest word that was said about it."""
        stands = self._house.standing(matter)
        said = (events.c.matter_id == matter.id) & (events.c.at >= matter.since)
        said &= events.c.act.in_([act.value for act in ABOUT_RESULT])
        last = select(events.c.at, events.c.act, events.c.actor_id).where(said).order_by(events.c.n.desc()).limit(1)
        row = (await self._tx.execute(last)).first()
        if row is None:
            return stands
        theirs = row.act == Act.SAY.value and row.actor_id == matter.person_id
        return replace(stands, since=row.at, unanswered=theirs)

    async def _act(self, matter: Matter) -> int:
        """The number of the matter's latest act, which names the plan that follows from it."""
        return int(await self._tx.scalar(select(func.max(events.c.n)).where(events.c.matter_id == matter.id)))

    def _of_part(self, matter: Matter, step: CoStep, act: int) -> list[dict[str, Any]]:
        """The reminder and the deadline of a further department's part, while the matter's own clock runs."""
        due = self._house.step_due(matter, step)
        if due is None or matter.status not in _RUNNING:
            return []
        hours = self._house.hours_of(step.office)
        remind = hours.add(step.since, max(hours.between(step.since, due), 0.0) * REMIND_PART_AT)
        return [
            {
                "due_at": at,
                "kind": kind.value,
                "matter_id": matter.id,
                "dedupe": f"{matter.id}:{act}:{kind}:{Promise.STEP}:{step.id}",
                "body": {"promise": Promise.STEP.value, "step": 0, "part": step.id},
            }
            for at, kind in ((remind, Kind.STEP_REMIND), (due, Kind.STEP_LATE))
            if at > self._now
        ]


def _row(matter: Matter, act: int, planned: Planned) -> dict[str, Any]:
    return {
        "due_at": planned.at,
        "kind": planned.kind.value,
        "matter_id": matter.id,
        "dedupe": f"{matter.id}:{act}:{planned.kind}:{planned.promise}:{planned.step}",
        "body": {"promise": planned.promise.value, "step": planned.step},
    }

"""Deadlines as rows: what the clock does to a matter if nobody acts, set in the transaction that makes it true."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from db.engine import Tx
from db.queue import Queue
from db.schema.matters import events
from db.schema.queues import timers
from desk.house import House
from desk.rules.deadlines import Kind, Promise, plan
from desk.rules.life import Status
from desk.steps import unfinished
from desk.views import CoStep, Matter

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
        act = await self._tx.scalar(select(func.max(events.c.n)).where(events.c.matter_id == matter.id))
        standing = self._house.standing(matter)
        rows = [
            {
                "due_at": planned.at,
                "kind": planned.kind.value,
                "matter_id": matter.id,
                "dedupe": f"{matter.id}:{act}:{planned.kind}:{planned.promise}:{planned.step}",
                "body": {"promise": planned.promise.value, "step": planned.step},
            }
            for planned in plan(standing, self._house.hours_of(matter.office), self._house.tempo.deadlines)
            if planned.at > self._now
        ]
        rows += [row for step in unfinished(matter) for row in self._of_part(matter, step, act)]
        await QUEUE.put_many(self._tx, rows, self._now)
        self._tx.wake("timers")

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

"""Deadlines as rows: what the clock does to a matter if nobody acts, set in the transaction that makes it true."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from db.engine import Tx
from db.queue import Queue
from db.schema.matters import events
from db.schema.queues import timers
from desk.house import House
from desk.rules.deadlines import plan
from desk.views import Matter

QUEUE = Queue(timers)


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
        await QUEUE.put_many(self._tx, rows, self._now)
        self._tx.wake("timers")

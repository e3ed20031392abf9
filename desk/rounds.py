"""What comes round by itself: the week's misses for the editors, and the asker of old questions, who is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import update

from db.engine import Tx
from db.queue import Queue
from db.schema.matters import questions
from db.schema.queues import timers
from desk.book import Bookshelf
from desk.rules.zone import day_of, next_hour

QUEUE = Queue(timers)
WEEKLY, DAILY = "faq_weekly", "faq_forget"
MONDAY = 0
MORNING, NIGHT = time(9), time(3)
REMEMBERED = timedelta(days=30)
"""How long it stays known who asked."""


class Rounds:
    """Recurring timers of the FAQ, inside one transaction. Each sets its own next when it fires."""

    def __init__(self, tx: Tx, now: datetime, shelf: Bookshelf) -> None:
        self._tx = tx
        self._now = now
        self._shelf = shelf

    async def plan(self) -> None:
        """Set what is not set yet; repeating it changes nothing."""
        await come_round(self._tx, WEEKLY, self.next_monday(), self._now)
        await come_round(self._tx, DAILY, next_hour(self._now, NIGHT), self._now)

    async def weekly(self, _body: Mapping[str, Any]) -> None:
        """Have the week's misses grouped and told to the editors."""
        await come_round(self._tx, WEEKLY, self.next_monday(), self._now)
        await self._shelf.work("misses", None)

    async def forget(self, _body: Mapping[str, Any]) -> None:
        """From questions older than the retention time, remove who asked."""
        await come_round(self._tx, DAILY, next_hour(self._now, NIGHT), self._now)
        old = (questions.c.at <= self._now - REMEMBERED) & questions.c.asker_id.is_not(None)
        await self._tx.execute(update(questions).where(old).values(asker_id=None))

    def next_monday(self) -> datetime:
        """The next Monday morning in the district, after now."""
        at = next_hour(self._now, MORNING)
        return at + timedelta(days=(MONDAY - day_of(at).weekday()) % 7)


async def come_round(tx: Tx, kind: str, at: datetime, now: datetime) -> None:
    """Set the next time of what comes round; setting it again for the same day changes nothing."""
    await QUEUE.put(tx, {"kind": kind, "due_at": at, "dedupe": f"{kind}:{at:%Y-%m-%d}"}, now)
    tx.wake(QUEUE.name)

"""Fires what was promised for a moment: reminders, escalations. Each timer in a transaction of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.loop import OnDead
from bot.now import Clock
from bot.worker import After, Job
from db.engine import Database, Tx
from db.queue import Claimed, Queue

Fire = Callable[[Tx, str, int | None, Mapping[str, Any], datetime], Awaitable[None]]


class Timers(Job):
    """Calls `fire` with the transaction, the timer's kind, its matter, its body and the moment."""

    def __init__(self, database: Database, timers: Queue, fire: Fire, on_dead: OnDead, clock: Clock) -> None:
        super().__init__(database, timers, on_dead, clock, lanes=2)
        self._fire = fire

    async def act(self, tx: Tx, claimed: Claimed, now: datetime) -> Sequence[After]:
        await self._fire(tx, claimed["kind"], claimed["matter_id"], claimed["body"], now)
        return ()

"""Looks every half minute for what is stuck, and tells the admins once; one process at a time has this duty.

Its own sign of life stands in the database: when that grows old, `/readyz`, `/healthz` and `/metrics` show it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.loop import DATABASE_DOWN
from bot.now import Clock
from db.engine import Database
from db.presence import Presence, last_finished
from db.queue import Queue
from desk.desk import Desk
from desk.inspection import Finding, Inspection
from handlers.alarms import owe_alarms
from handlers.services import Services

AUDITOR = "auditor"
EVERY = 30.0
SILENT = timedelta(seconds=4 * EVERY)
"""An auditor that has finished no round for so long is taken for dead."""

log = structlog.get_logger(__name__)


class Auditor:
    """Looks until it is stopped, while the duty is ours.

    Args:
        queues: what to look at, and how long a row of each may be in hand.
    """

    def __init__(
        self,
        database: Database,
        presence: Presence,
        services: Services,
        queues: Mapping[Queue, timedelta],
        clock: Clock,
    ) -> None:
        self._database = database
        self._presence = presence
        self._services = services
        self._queues = queues
        self._clock = clock
        self._looked: datetime | None = None
        self._turned: datetime | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look until `stop`; whatever goes wrong, the next look tries again."""
        while not self._stopping.is_set():
            self._turned = self._clock.now()
            try:
                await self.look()
            except DATABASE_DOWN as error:
                log.error("database.failed", queue=AUDITOR, error=type(error).__name__)
            except Exception:
                log.exception("audit.failed")
            await self._clock.wait(self._stopping, EVERY)

    async def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    async def look(self) -> None:
        """One look, if it is our duty, and what follows from it."""
        if AUDITOR not in self._presence.duties:
            self._looked = None
            return
        now, before = self._clock.now(), self._looked
        found: Sequence[Finding] = ()
        if before is not None:  # else we do not know yet how long anything has stood
            async with self._database.read() as tx:
                found = await Inspection(tx, self._services.house, now, before).whole(self._queues)
        async with self._database.write() as tx:
            if not await self._presence.finished(tx, AUDITOR, now):
                return  # another process looks now; what we saw is its to tell
            if before is not None:
                await self._tell(Desk(tx, self._services.house, now), found)
        self._looked = now

    async def _tell(self, desk: Desk, found: Sequence[Finding]) -> None:
        news = await desk.alarms.take(found)
        await owe_alarms(desk, self._services, news)
        for finding in news.raised:
            log.error("alarm", kind=finding.kind, subject=finding.subject)

    def hangs(self) -> str | None:
        """What keeps this process's own loop from looking; None while it turns, whatever the database does."""
        if self._turned is None or self._clock.now() - self._turned < SILENT:
            return None
        return "the auditor's loop hangs; restart this process"


async def silent(database: Database, now: datetime) -> str | None:
    """Whether no process at all audits, in one line; None while one does."""
    try:
        async with database.read() as tx:
            last = await last_finished(tx, AUDITOR)
    except DATABASE_DOWN as error:
        return f"whether anybody audits cannot be read ({type(error).__name__})"
    if last is None:
        return "no process has audited yet"
    return None if now - last < SILENT else f"no process has audited since {last:%Y-%m-%d %H:%M:%S} UTC"

"""Rows worked on in a transaction each, tried again on failure, given up in the end; and the updates of the inbox."""

from __future__ import annotations

import asyncio
import json
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.loop import Loop
from bot.now import Clock
from bot.tracebacks import plain_traceback
from db.engine import Database, Tx
from db.faults import passing
from db.queue import Claimed, Queue
from handlers.incoming import PoisonError

TRIES = 5
BATCH = 16
"""Updates that share one transaction, at most; on SQLite nobody else writes as long as it lasts."""
MOST_CLAIMS = 25
"""A row that was in hand so often without ever ending takes its process down with it."""
LEASE = timedelta(seconds=60)
PAUSES = (0.5, 2, 8, 30)
"""Seconds before the second, third … try; the chat waits with the row."""

After = Callable[[], Awaitable[None]]
Handle = Callable[[Tx, Mapping[str, Any], datetime], Awaitable[Sequence[After] | None]]
Foresee = Callable[[Tx, Sequence[str], datetime], Awaitable[None]]
OnDead = Callable[[Tx, Claimed, str], Awaitable[None]]

log = structlog.get_logger(__name__)


class StaleLeaseError(Exception):
    """The row is somebody else's by now."""


class Job(Loop):
    """A loop whose rows are each worked on in one transaction, tried again on failure and given up in the end.

    Args:
        on_dead: called, in the transaction that gives a row up, with the row and the traceback.
        lanes: transactions at the same time, at most.
    """

    def __init__(
        self, database: Database, queue: Queue, on_dead: OnDead, clock: Clock, *, lanes: int = 4, tries: int = TRIES
    ) -> None:
        super().__init__(database, queue, clock, width=lanes * 4, lease=LEASE)
        self._on_dead = on_dead
        self._tries = tries
        self._lanes = asyncio.Semaphore(lanes)

    @abstractmethod
    async def act(self, tx: Tx, claimed: Claimed, now: datetime) -> Sequence[After]:
        """Do what the row asks for, in its transaction; what is returned follows the commit, as best effort."""

    async def work(self, claimed: Claimed) -> None:
        async with self._lanes:
            if self._stopping:
                await self._put_back(claimed)
                return
            after = await self._attempt(claimed)
        for follow in after:
            try:
                await follow()
            except Exception as error:
                log.info("after.failed", row=claimed.id, error=type(error).__name__)

    async def _attempt(self, claimed: Claimed) -> Sequence[After]:
        try:
            async with self.database.write() as tx:
                now = self.clock.now()
                # First of all: it proves the lease, and it locks the row for as long as the work lasts.
                if not await self.queue.complete(tx, claimed, now):
                    raise StaleLeaseError
                return await self._one(tx, claimed, now)
        except Exception as error:
            await self._failed(claimed, error)
        return ()

    async def _one(self, tx: Tx, claimed: Claimed, now: datetime) -> Sequence[After]:
        if claimed.claims > MOST_CLAIMS:
            raise RuntimeError(f"in hand {claimed.claims} times and never finished")
        return await self.act(tx, claimed, now)

    async def _failed(self, claimed: Claimed, error: Exception) -> None:
        if isinstance(error, StaleLeaseError):
            log.warning("lease.lost", queue=self.queue.name, row=claimed.id)
            return
        text = plain_traceback(error)
        tired = claimed.claims > MOST_CLAIMS or isinstance(error, PoisonError)
        now = self.clock.now()
        log.error("row.failed", queue=self.queue.name, row=claimed.id, attempt=claimed.attempts + 1, exception=text)
        if passing(error) and not tired:
            await self._put_back(claimed, timedelta(seconds=1))
        elif claimed.attempts + 1 < self._tries and not tired:
            pause = PAUSES[min(claimed.attempts, len(PAUSES) - 1)]
            async with self.database.write() as tx:
                await self.queue.retry(tx, claimed, now + timedelta(seconds=pause), text)
        else:
            await self._give_up(claimed, text, now)

    async def _give_up(self, claimed: Claimed, text: str, now: datetime) -> None:
        try:
            async with self.database.write() as tx:
                if await self.queue.quarantine(tx, claimed, text, now):
                    await self._on_dead(tx, claimed, text)
        except Exception:
            log.exception("dead.untold", queue=self.queue.name, row=claimed.id)
            async with self.database.write() as tx:
                await self.queue.quarantine(tx, claimed, text, now)

    async def _put_back(self, claimed: Claimed, pause: timedelta = timedelta()) -> None:
        async with self.database.write() as tx:
            await self.queue.hold(tx, claimed, self.clock.now() + pause)


class Worker(Job):
    """Handles updates. `handle` gets the transaction, the update as Telegram sent it, and the moment.

    It may raise `PoisonError` for an update that can never be handled. `foresee` is given the chats of several updates
    that are about to share a transaction.
    """

    def __init__(
        self,
        database: Database,
        inbox: Queue,
        handle: Handle,
        on_dead: OnDead,
        clock: Clock,
        *,
        foresee: Foresee | None = None,
        lanes: int = 4,
        tries: int = TRIES,
    ) -> None:
        super().__init__(database, inbox, on_dead, clock, lanes=lanes, tries=tries)
        self._handle = handle
        self._foresee = foresee

    def hand_out(self, claimed: list[Claimed]) -> None:
        """Several updates share one transaction: most of what one costs beside its handling is its commit."""
        for start in range(0, len(claimed), BATCH):
            self.employ(self._together(claimed[start : start + BATCH]), BATCH)

    async def _together(self, rows: list[Claimed]) -> bool:
        alone = False
        async with self._lanes:
            while rows and not self._stopping:
                rows, alone = await self._batch(rows)
        for claimed in rows:
            await self._put_back(claimed)
        return alone

    async def _batch(self, rows: list[Claimed]) -> tuple[list[Claimed], bool]:
        """These updates in one transaction, and the next ones claimed with it.

        When one fails, everything is undone: it has failed, and the others are handled anew without it.

        Returns:
            the next updates, and whether nothing else is due.
        """
        after: list[After] = []
        at: Claimed | None = None
        try:
            async with self.database.write() as tx:
                now = self.clock.now()
                # First of all: it proves the leases, and it locks the rows for as long as the work lasts.
                ours = await self.queue.complete_all(tx, rows, now)
                if self._foresee and len(ours) > 1:
                    await self._foresee(tx, [row.key for row in rows if row.key], now)
                for at in rows:
                    if at.id in ours:
                        after += await self._one(tx, at, now)
                    else:
                        log.warning("lease.lost", queue=self.queue.name, row=at.id)
                at = None
                following = await self.claim(tx, now, BATCH)
        except Exception as error:
            return await self._undone(rows, at, error), False
        for follow in after:
            self.employ(self._follow(follow), 0)
        return following

    async def _undone(self, rows: list[Claimed], at: Claimed | None, error: Exception) -> list[Claimed]:
        """What to do with a batch that came to nothing; the rows to be handled anew."""
        if at is not None and not passing(error):
            await self._failed(at, error)
            return [each for each in rows if each is not at]
        log.warning("batch.failed", rows=len(rows), error=type(error).__name__)
        for claimed in rows:  # it was the database, or who knows: each by itself tells
            for follow in await self._attempt(claimed):
                self.employ(self._follow(follow), 0)
        return []

    async def _follow(self, follow: After) -> bool:
        try:
            await follow()
        except Exception as error:
            log.info("after.failed", error=type(error).__name__)
        return True

    async def act(self, tx: Tx, claimed: Claimed, now: datetime) -> Sequence[After]:
        return await self._handle(tx, _read(claimed["body"]), now) or ()


def _read(body: str) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PoisonError("not JSON") from error
    if not isinstance(update, dict):
        raise PoisonError("not an object")
    return update

"""Rows worked on in a transaction each, tried again on failure, given up in the end; and the updates of the inbox."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.loop import Dead, Loop, OnDead
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
Read = Callable[[str], Any]
Handle = Callable[[Tx, Any, datetime], Awaitable[Sequence[After] | None]]
Foresee = Callable[[Tx, Sequence[str], datetime], Awaitable[None]]

log = structlog.get_logger(__name__)


class StaleLeaseError(Exception):
    """The row is somebody else's by now."""


class Job(Loop):
    """A loop whose rows are each worked on in one transaction, tried again on failure and given up in the end.

    Args:
        on_dead: called, in the transaction that gives rows up, with them and their tracebacks.
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
                _not_too_often(claimed)
                return await self.act(tx, claimed, now)
        except Exception as error:
            await self._failed(claimed, error)
        return ()

    async def _failed(self, claimed: Claimed, error: Exception) -> None:
        if isinstance(error, StaleLeaseError):
            log.warning("lease.lost", queue=self.queue.name, row=claimed.id)
            return
        text = self._said(claimed, error)
        tired = claimed.claims > MOST_CLAIMS or isinstance(error, PoisonError)
        now = self.clock.now()
        if passing(error) and not tired:
            await self._put_back(claimed, timedelta(seconds=1))
        elif claimed.attempts + 1 < self._tries and not tired:
            again = now + timedelta(seconds=PAUSES[min(claimed.attempts, len(PAUSES) - 1)])
            await self.surely(lambda tx: self.queue.retry(tx, claimed, again, text))
        else:
            await self._give_up(claimed, text, now)

    def _said(self, claimed: Claimed, error: Exception) -> str:
        """What went wrong with this row, logged and as it is kept with the row."""
        text = plain_traceback(error)
        log.error("row.failed", queue=self.queue.name, row=claimed.id, attempt=claimed.attempts + 1, exception=text)
        return text

    async def _set_aside(self, tx: Tx, dead: Sequence[Dead], now: datetime) -> None:
        ours = [(row, text) for row, text in dead if await self.queue.quarantine(tx, row, text, now)]
        if ours:
            await self._on_dead(tx, ours)

    async def _give_up(self, claimed: Claimed, text: str, now: datetime) -> None:
        try:
            await self.surely(lambda tx: self._set_aside(tx, [(claimed, text)], now))
        except Exception:
            log.exception("dead.untold", queue=self.queue.name, row=claimed.id)
            await self.surely(lambda tx: self.queue.quarantine(tx, claimed, text, now))

    async def _put_back(self, claimed: Claimed, pause: timedelta = timedelta()) -> None:
        await self.surely(lambda tx: self.queue.hold(tx, claimed, self.clock.now() + pause))


class Worker(Job):
    """Handles updates.

    Args:
        read: makes of what Telegram sent what `handle` is given; raises `PoisonError` where that can never be handled.
        handle: gets the transaction, what was read, and the moment.
        foresee: is given the chats of several updates that are about to share a transaction.
        lanes: as many transactions at the same time as four times this has room for batches, and one at least.
    """

    def __init__(
        self,
        database: Database,
        inbox: Queue,
        read: Read,
        handle: Handle,
        on_dead: OnDead,
        clock: Clock,
        *,
        foresee: Foresee | None = None,
        lanes: int = 4,
        tries: int = TRIES,
    ) -> None:
        super().__init__(database, inbox, on_dead, clock, lanes=lanes, tries=tries)
        self._read = read
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

        1. All are read; what cannot be is to be given up, and costs the others nothing.
        2. The leases are proved, and the rows locked for as long as the work lasts.
        3. Each is handled. When one fails, everything is undone: it has failed, and the others are handled anew
           without it.

        Returns:
            the next updates, and whether nothing else is due.
        """
        after: list[After] = []
        at: list[Claimed] = []
        sound, poison = self._sorted(rows)
        try:
            async with self.database.write() as tx:
                now = self.clock.now()
                ours = await self.queue.complete_all(tx, [row for row, _ in sound], now) if sound else set()
                if self._foresee and len(ours) > 1:
                    await self._foresee(tx, [row.key for row, _ in sound if row.key], now)
                for row, update in sound:
                    at = [row]
                    if row.id in ours:
                        _not_too_often(row)
                        after += await self._handle(tx, update, now) or ()
                    else:
                        log.warning("lease.lost", queue=self.queue.name, row=row.id)
                at = [row for row in rows if row.id in poison]
                await self._set_aside(tx, [(row, poison[row.id]) for row in at], now)
                at = []
                following = await self.claim(tx, now, BATCH)
        except Exception as error:
            return await self._undone(rows, at, poison, error), False
        for follow in after:
            self.employ(self._follow(follow), 0)
        return following

    def _sorted(self, rows: list[Claimed]) -> tuple[list[tuple[Claimed, Any]], dict[int, str]]:
        """What was read of each row, and by their ids why the others cannot be."""
        sound: list[tuple[Claimed, Any]] = []
        poison: dict[int, str] = {}
        for row in rows:
            try:
                sound.append((row, self._read(row["body"])))
            except Exception as error:  # PoisonError, or worse: it will be the same at the next try
                poison[row.id] = self._said(row, error)
        return sound, poison

    async def _undone(
        self, rows: list[Claimed], at: Sequence[Claimed], poison: Mapping[int, str], error: Exception
    ) -> list[Claimed]:
        """What to do with a batch that came to nothing at these rows; the rows to be handled anew."""
        if at and not passing(error):
            for row in at:
                if row.id in poison:
                    await self._give_up(row, poison[row.id], self.clock.now())
                else:
                    await self._failed(row, error)
            return [row for row in rows if row not in at]
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
        return await self._handle(tx, self._read(claimed["body"]), now) or ()


def _not_too_often(claimed: Claimed) -> None:
    if claimed.claims > MOST_CLAIMS:
        raise RuntimeError(f"in hand {claimed.claims} times and never finished")

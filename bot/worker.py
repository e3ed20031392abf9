"""Rows worked on in a transaction each, tried again on failure, given up in the end; and the updates of the inbox."""

from __future__ import annotations

import asyncio
import json
import traceback
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from bot.loop import Loop
from bot.now import Clock
from db.engine import Database, Tx
from db.faults import passing
from db.queue import Claimed, Queue

TRIES = 5
BATCH = 8
"""Updates that share one commit on SQLite; nobody else writes as long as it lasts."""
MOST_CLAIMS = 25
"""A row that was in hand so often without ever ending takes its process down with it."""
LEASE = timedelta(seconds=60)
PAUSES = (0.5, 2, 8, 30)
"""Seconds before the second, third … try; the chat waits with the row."""

After = Callable[[], Awaitable[None]]
Handle = Callable[[Tx, Mapping[str, Any], datetime], Awaitable[Sequence[After] | None]]
OnDead = Callable[[Tx, Claimed, str], Awaitable[None]]

log = structlog.get_logger(__name__)


class StaleLeaseError(Exception):
    """The row is somebody else's by now."""


class PoisonError(Exception):
    """This row will fail however often it is tried; it is given up at once."""


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
                return await self._one(tx, claimed)
        except Exception as error:
            await self._failed(claimed, error)
        return ()

    async def _one(self, tx: Tx, claimed: Claimed) -> Sequence[After]:
        if claimed.claims > MOST_CLAIMS:
            raise RuntimeError(f"in hand {claimed.claims} times and never finished")
        now = self.clock.now()
        # First of all: it proves the lease, and it locks the row for as long as the work lasts.
        if not await self.queue.complete(tx, claimed, now):
            raise StaleLeaseError
        return await self.act(tx, claimed, now)

    async def _failed(self, claimed: Claimed, error: Exception) -> None:
        if isinstance(error, StaleLeaseError):
            log.warning("lease.lost", queue=self.queue.name, row=claimed.id)
            return
        text = "".join(traceback.format_exception(error))
        tired = claimed.claims > MOST_CLAIMS or isinstance(error, PoisonError)
        now = self.clock.now()
        log.error("row.failed", queue=self.queue.name, row=claimed.id, attempt=claimed.attempts + 1, exc_info=error)
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

    It may raise `PoisonError` for an update that can never be handled.
    """

    def __init__(
        self,
        database: Database,
        inbox: Queue,
        handle: Handle,
        on_dead: OnDead,
        clock: Clock,
        *,
        lanes: int = 4,
        tries: int = TRIES,
    ) -> None:
        super().__init__(database, inbox, on_dead, clock, lanes=lanes, tries=tries)
        self._handle = handle

    def hand_out(self, claimed: list[Claimed]) -> None:
        """On SQLite, where one transaction runs at a time anyway, several updates share one commit."""
        if self.database.kind == "sqlite" and claimed:
            self.employ(self._together(claimed))
        else:
            super().hand_out(claimed)

    async def _together(self, rows: list[Claimed]) -> None:
        async with self._lanes:
            while rows and not self._stopping:
                after, rows = await self._batch(rows)
                for follow in after:
                    self.employ(self._follow(follow))
        for claimed in rows:
            await self._put_back(claimed)

    async def _batch(self, rows: list[Claimed]) -> tuple[list[After], list[Claimed]]:
        """Each update in a savepoint of one transaction, and the next ones claimed with it.

        Returns:
            what follows the commit, and the next updates.
        """
        after: list[After] = []
        failed: list[tuple[Claimed, Exception]] = []
        try:
            async with self.database.write() as tx:
                for claimed in rows:
                    try:
                        async with tx.savepoint():
                            done = await self._one(tx, claimed)
                        after += done
                    except DBAPIError:
                        raise  # the whole transaction may be gone with it
                    except Exception as error:
                        failed.append((claimed, error))
                more = await self.queue.claim(tx, self.clock.now(), self.lease, BATCH)
        except Exception as error:
            log.warning("batch.failed", rows=len(rows), error=type(error).__name__)
            for claimed in rows:
                after += await self._attempt(claimed)
            return after, []
        for claimed, reason in failed:
            await self._failed(claimed, reason)
        return after, more

    async def _follow(self, follow: After) -> None:
        try:
            await follow()
        except Exception as error:
            log.info("after.failed", error=type(error).__name__)

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

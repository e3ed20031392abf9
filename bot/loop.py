"""What worker, delivery and timers share: claim what is due, give each row to a hand, sleep until more is due.

What a transaction of this process makes due is claimed in that transaction itself while hands are free: an answer then
waits for one commit less, and nobody writes to the database only to find out what there is to do.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.now import Clock
from bot.tracebacks import plain_traceback
from db.engine import Database, Tx
from db.faults import passing
from db.queue import Claimed, Queue

POLL = timedelta(seconds=5)
"""How long to sleep at most: another process may have written without waking us."""
SOON = 0.25
"""Seconds after which it is worth a look when something else will be due, though the hands have not ended yet."""
AFTER_TROUBLE = 1.0
GRACE = 10.0
DATABASE_DOWN = (SQLAlchemyError, OSError, TimeoutError)

Dead = tuple[Claimed, str]
"""A row that is given up, and why: the traceback, or what Telegram said."""
OnDead = Callable[[Tx, Sequence[Dead]], Awaitable[None]]
"""What follows when rows are given up, in the transaction that gives them up."""

log = structlog.get_logger(__name__)


class Loop(ABC):
    """Runs until it is stopped. Whoever inherits says how a row is worked on.

    Args:
        width: rows in hand at the same time, at most.
        lease: how long a row may stay in hand before another process may take it.
    """

    def __init__(self, database: Database, queue: Queue, clock: Clock, *, width: int, lease: timedelta) -> None:
        self.database = database
        self.queue = queue
        self.clock = clock
        self.lease = lease
        self._width = width
        self._wake = database.wake[queue.name]
        self._hands: dict[asyncio.Task[Any], int] = {}
        self._taking = False
        self._informed = False
        self._quiet = asyncio.Event()
        self._listeners = 0
        self._stopping = False

    @abstractmethod
    async def work(self, claimed: Claimed) -> None:
        """Deal with one row in hand; what it raises is logged and the row comes back when its lease runs out."""

    async def claim(self, tx: Tx, now: datetime, limit: int) -> tuple[list[Claimed], bool]:
        """Rows to work on, at most so many, and whether nothing else is due now."""
        claimed = await self.queue.claim(tx, now, self.lease, limit)
        return claimed, len(claimed) < limit

    async def take(self, now: datetime, limit: int) -> tuple[list[Claimed], datetime | None]:
        """Rows to work on and, when there are none, the moment when there may be."""
        async with self.database.write() as tx:
            claimed, _ = await self.claim(tx, now, limit)
            return claimed, None if claimed else await self.queue.next_due(tx, now)

    async def take_along(self, tx: Tx) -> bool:
        """Claim in a transaction that put something into our queue; once it is committed, hands get it.

        Returns:
            whether nothing due is left for anybody to look for.
        """
        room = self._room()
        if self._stopping or self._taking or room <= 0:
            return False
        claimed, alone = await self.claim(tx, self.clock.now(), room)
        if claimed:
            tx.after_commit(partial(self._came_along, claimed))
        return alone and not tx.overlooked(self.queue.name, {one.key for one in claimed if one.key is not None})

    async def run(self) -> None:
        """Work until `stop`; then what is in hand is finished."""
        self.database.takers[self.queue.name] = self.take_along
        while not self._stopping:
            self._wake.clear()
            try:
                await self._round()
            except DATABASE_DOWN as error:
                log.error("database.failed", queue=self.queue.name, error=type(error).__name__)
                await self.clock.sleep(AFTER_TROUBLE)
            except Exception:  # whatever it is, one bad round must not end all others
                log.exception("round.failed", queue=self.queue.name)
                await self.clock.sleep(AFTER_TROUBLE)
        try:
            await self._finish()
        except DATABASE_DOWN as error:
            log.error("database.failed", queue=self.queue.name, error=type(error).__name__)

    async def stop(self) -> None:
        """Take nothing more in hand. `run` ends when the hands are empty, after ten seconds at the latest."""
        self._stopping = True
        self.database.takers.pop(self.queue.name, None)
        self._wake.set()

    async def idle(self) -> None:
        """Come back when nothing that is due is left, and nothing is in hand."""
        self._quiet.clear()
        self._wake.set()
        self._listeners += 1
        try:
            await self._quiet.wait()
        finally:
            self._listeners -= 1

    def settled(self) -> bool:
        """Whether nothing is left to be written down; idle waits for it."""
        return not self._hands

    async def _round(self) -> None:
        room, self._informed = self._room(), False
        if room <= 0:
            await self._wake.wait()
            return
        self._taking = True
        try:
            claimed, due = await self.take(self.clock.now(), room)
        finally:
            self._taking = False
        self.hand_out(claimed)
        if claimed and len(claimed) < room:
            await self.clock.wait(self._wake, SOON)  # a hand that ends wakes us, too; one that does not keeps none back
        elif not claimed:
            if self.settled() and not self._wake.is_set() and not self._is_due(due):
                self._quiet.set()
            # A hand may have claimed before, and commit after, what this look did not find because of it.
            self._informed = self.database.kind == "sqlite" or not self._hands
            await self.clock.wait(self._wake, self._pause(due))

    async def surely(self, write: Callable[[Tx], Awaitable[object]]) -> None:
        """Write down what became of a row in hand, again and again while the database is away.

        Left in hand, it would be kept from everybody until its lease runs out. When it is due next is to be looked at.
        """
        while True:
            try:
                async with self.database.write() as tx:
                    await write(tx)
                    tx.wake(self.queue.name, later=True)
                    return
            except DATABASE_DOWN as error:
                if self._stopping or not passing(error):
                    raise
            await self.clock.sleep(AFTER_TROUBLE)

    def hand_out(self, claimed: list[Claimed]) -> None:
        """Give each row to a hand of its own."""
        for one in claimed:
            self.employ(self._hand(one))

    def employ(self, work: Coroutine[Any, Any, object], rows: int = 1) -> None:
        """Let this be done beside everything else; it takes the room of so many rows.

        Work that returns True has seen that nothing more is due; after any other there may be more to claim.
        """
        hand = asyncio.create_task(work)
        self._hands[hand] = rows
        hand.add_done_callback(self._done)

    def _came_along(self, claimed: list[Claimed]) -> None:
        if not self._stopping:  # else our leases are given back when we leave
            self.hand_out(claimed)

    def _room(self) -> int:
        return self._width - sum(self._hands.values())

    async def _hand(self, claimed: Claimed) -> None:
        try:
            await self.work(claimed)
        except Exception:
            log.exception("row.failed", queue=self.queue.name, row=claimed.id)

    def _done(self, hand: asyncio.Task[Any]) -> None:
        del self._hands[hand]
        cut_off = hand.cancelled()
        error = asyncio.CancelledError() if cut_off else hand.exception()
        if error is not None and not (cut_off and self._stopping):
            # Nobody else looks at it; its rows come back when their lease runs out.
            log.error("hand.failed", queue=self.queue.name, exception=plain_traceback(error))
        sure = error is None and hand.result() is True
        # Asleep until something is due, we need not look again after a hand that has just looked.
        if not (sure and self._informed) or self._listeners:
            self._wake.set()

    def _is_due(self, due: datetime | None) -> bool:
        return due is not None and due <= self.clock.now()

    def _pause(self, due: datetime | None) -> float:
        wait = POLL if due is None else min(POLL, due - self.clock.now())
        return max(wait.total_seconds(), 0.001)

    async def _finish(self) -> None:
        if self._hands:
            _, late = await asyncio.wait(self._hands, timeout=GRACE)
            for hand in late:
                hand.cancel()
            await asyncio.gather(*late, return_exceptions=True)

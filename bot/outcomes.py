"""What became of a message, written down: done, tried again, put off, moved, or given up and told.

What was sent must never be forgotten, nor be given up for a fault of ours: it would be sent again, or be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError
from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.limits import BOT, Limits
from bot.loop import OnDead
from bot.refusals import Verdict, judge
from bot.tracebacks import said
from db.engine import Database, Tx
from db.queue import Claimed, Queue
from db.schema.queues import cards, outbox, rate_buckets
from db.types import to_ms
from desk.copies import Copy, keep_copy

LONGEST_PAUSE = 10.0
MARGIN = timedelta(milliseconds=250)
LOCKED_OUT = timedelta(seconds=60)
CROWD = 3
"""So many chats refused at once mean that the bot as a whole sends too much."""
ALONE = 8
"""A message that failed so often, each time while others got through, will not get through."""
OURS_TO_MEND = (IntegrityError, DataError, ProgrammingError)
"""Errors of the database that will be the same at the next try."""

Counted = Callable[[str, timedelta | None], object]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a row: sent as `message_id`, or met an error."""

    claimed: Claimed
    message_id: int | None = None
    digest: str | None = None
    error: TelegramError | None = None
    messages: tuple[int, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it was sent and there is nothing to remember of it but its number."""
        return self.error is None and not self.claimed["entries"] and self.claimed["card_id"] is None


class Ledger:
    """Writes outcomes down, each in the caller's transaction.

    Args:
        told: for a verdict that gives a row up, whom to tell, in that same transaction; `REJECTED` stands for the rest.
        counted: called with the name of each verdict, or with "sent" and how long it had been owed.
    """

    def __init__(
        self, database: Database, queue: Queue, limits: Limits, told: Mapping[Verdict, OnDead], counted: Counted
    ) -> None:
        self._counted = counted
        self._database = database
        self._queue = queue
        self._limits = limits
        self._told = told
        self._failures = 0
        self._refused: dict[int, datetime] = {}
        self._through = 0
        self._alone: dict[int, tuple[int, int]] = {}
        self.pause_until: datetime | None = None

    def went_through(self) -> None:
        """Something reached Telegram: whatever kept everything back is over."""
        self._failures, self.pause_until = 0, None
        self._through += 1

    async def one_by_one(self, done: Sequence[Outcome], now: datetime) -> list[Outcome]:
        """After a failure: each outcome by itself, so that one that cannot be written keeps no other back.

        Returns:
            those that have to wait, for the database is away.
        """
        left = []
        for outcome in done:
            try:
                async with self._database.write() as tx:
                    await self.record(tx, outcome, now)
            except Exception as error:
                if _away(error) or not await self._plainly(outcome, error, now):
                    left.append(outcome)
        return left

    async def _plainly(self, outcome: Outcome, error: Exception, now: datetime) -> bool:
        """What can be said without what went wrong: a message that was sent is done, another one is given up."""
        log.exception("outcome.unwritten", row=outcome.claimed.id, exc_info=error)
        try:
            async with self._database.write() as tx:
                if outcome.error is None or judge(outcome.error) is Verdict.DONE:
                    await self._queue.complete(tx, outcome.claimed, now)
                else:
                    await self._queue.quarantine(tx, outcome.claimed, type(error).__name__, now)
        except (SQLAlchemyError, OSError):
            return False
        return True

    async def record_all(self, tx: Tx, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Write these down; the plain ones, of messages that carry nothing else, together."""
        plain = [each for each in outcomes if each.plain]
        if plain:
            done = [(each.claimed, {"message_id": each.message_id}) for each in plain]
            if not await self._queue.complete_each(tx, done, now):
                log.warning("lease.lost", queue=self._queue.name, rows=[each.claimed.id for each in plain])
            for each in plain:
                self._count(each, now)
        for each in outcomes:
            if not each.plain:
                await self.record(tx, each, now)

    async def record(self, tx: Tx, outcome: Outcome, now: datetime) -> None:
        """Write one outcome down, and do what its verdict asks for."""
        claimed, error = outcome.claimed, outcome.error
        verdict = self._verdict(claimed, error) if error else None
        if error is None or verdict is None:
            self._count(outcome, now)
            await self._sent(tx, outcome, now)
            return
        self._counted(verdict.name.lower(), None)
        log.warning("send.failed", row=claimed.id, method=claimed["method"], verdict=verdict.name, error=said(error))
        match verdict:
            case Verdict.DONE:
                await self._queue.complete(tx, claimed, now)
            case Verdict.WAIT:
                assert isinstance(error, RetryAfter)
                await self._wait(tx, claimed, error, now)
            case Verdict.MOVED:
                assert isinstance(error, ChatMigrated)
                await self._move(tx, claimed, error.new_chat_id, now)
            case Verdict.ANEW:
                await self._anew(tx, claimed, now)
            case Verdict.LOCKED_OUT:
                await self._limits.hold(tx, BOT, now + LOCKED_OUT)
                await self._queue.retry(tx, claimed, now + LOCKED_OUT, said(error))
            case Verdict.RETRY:
                await self._queue.retry(tx, claimed, now + self._back_off(claimed, now), said(error))
            case _:
                if await self._queue.quarantine(tx, claimed, said(error), now):
                    tell = self._told.get(verdict, self._told[Verdict.REJECTED])
                    await tell(tx, [(claimed, said(error))])

    def _verdict(self, claimed: Claimed, error: TelegramError) -> Verdict:
        """As the table says; but what fails for ever while others get through is as good as refused."""
        verdict = judge(error)
        through, times = self._alone.pop(claimed.id, (self._through, 0))
        if verdict is not Verdict.RETRY:
            return verdict
        times += self._through > through
        self._alone[claimed.id] = (self._through, times)
        return Verdict.REJECTED if times >= ALONE else verdict

    async def _anew(self, tx: Tx, claimed: Claimed, now: datetime) -> None:
        """The message to change is gone: its text comes as a new one; taking buttons off it is pointless now."""
        if claimed["method"] != "editMessageText":
            await self._queue.complete(tx, claimed, now)
        elif await self._queue.hold(tx, claimed, now):
            params = {name: value for name, value in claimed["params"].items() if name != "message_id"}
            again = update(outbox).where(outbox.c.id == claimed.id)
            await tx.execute(again.values(method="sendMessage", params=params))

    def _count(self, outcome: Outcome, now: datetime) -> None:
        self._alone.pop(outcome.claimed.id, None)
        put_off = str(outcome.claimed.key).endswith(":later")
        self._counted("sent", None if put_off else now - outcome.claimed["created_at"])

    async def _sent(self, tx: Tx, outcome: Outcome, now: datetime) -> None:
        claimed = outcome.claimed
        if not await self._queue.complete(tx, claimed, now, message_id=outcome.message_id):
            log.warning("lease.lost", queue=self._queue.name, row=claimed.id)
        for message, entry in zip(outcome.messages, claimed["entries"] or (), strict=False):
            caption = claimed["method"] != "sendMessage"
            copy = Copy(claimed["chat_id"], message, claimed["matter_id"], entry, ours=True, caption=caption)
            await keep_copy(tx, copy)
        if claimed["card_id"] is not None and outcome.message_id is not None:
            known = {"message_id": outcome.message_id, "chat_id": claimed["chat_id"], "digest": outcome.digest}
            await tx.execute(update(cards).where(cards.c.id == claimed["card_id"]).values(known))

    async def _wait(self, tx: Tx, claimed: Claimed, error: RetryAfter, now: datetime) -> None:
        until = now + timedelta(seconds=_seconds(error.retry_after)) + MARGIN
        chat = claimed["chat_id"]
        self._refused = {one: at for one, at in self._refused.items() if at > now - timedelta(seconds=2)} | {chat: now}
        await self._limits.hold(tx, BOT if len(self._refused) >= CROWD else str(chat), until)
        await self._queue.hold(tx, claimed, until)

    async def _move(self, tx: Tx, claimed: Claimed, chat: int, now: datetime) -> None:
        """A group became a supergroup: everything still owed to it goes to the new id, this row first."""
        old = claimed["chat_id"]
        await self._queue.hold(tx, claimed, now)
        undone = outbox.c.state == "due"
        await tx.execute(update(outbox).where(outbox.c.key == claimed.key, undone).values(key=str(chat), chat_id=chat))
        await tx.execute(update(cards).where(cards.c.chat_id == old).values(chat_id=chat, message_id=None))
        await tx.execute(rate_buckets.delete().where(rate_buckets.c.key == str(old)))

    def _back_off(self, claimed: Claimed, now: datetime) -> timedelta:
        """Longer with every try of the row; when nothing at all gets through, everything pauses with it."""
        self._failures += 1
        if self._failures >= CROWD:
            pause = min(0.5 * 2 ** min(self._failures - CROWD, 10), LONGEST_PAUSE)
            self.pause_until = now + timedelta(seconds=pause)
        # No two rows come back at the same moment: their numbers spread them.
        spread = 1 + (claimed.id * 7919 + to_ms(now)) % 100 / 200
        return timedelta(seconds=min(0.5 * 2 ** min(claimed.attempts, 10), LONGEST_PAUSE) * spread)


def _away(error: Exception) -> bool:
    """Whether it was the database, not what we wanted to write."""
    return isinstance(error, (SQLAlchemyError, OSError)) and not isinstance(error, OURS_TO_MEND)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)

"""Sends what is owed: each message of the outbox once it may go, in order within its chat, the urgent chats first.

What became of the messages sent is written together with the next claim, so that under load one commit serves many.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError

from bot.limits import BOT, Limits
from bot.loop import Loop
from bot.now import Clock
from bot.refusals import Verdict, judge
from bot.transport import Api
from db.engine import Database, Tx
from db.queue import Claimed, Queue
from db.schema.queues import cards, outbox, rate_buckets
from db.types import to_ms
from desk.copies import Copy, keep_copy

WIDTH = 16
LEASE = timedelta(seconds=120)
"""Longer than any call may take, or a slow answer would be sent twice."""
LONGEST_PAUSE = 20.0
MARGIN = timedelta(milliseconds=250)
LOCKED_OUT = timedelta(seconds=60)
CROWD = 3
"""So many chats refused at once mean that the bot as a whole sends too much."""

Told = Callable[[Tx, Claimed, str], Awaitable[None]]
Ready = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Card:
    """The status message of one person and matter, as it was when the row was taken in hand."""

    message_id: int | None
    digest: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of a row: sent as `message_id`, or met an error."""

    claimed: Claimed
    message_id: int | None = None
    digest: str | None = None
    error: TelegramError | None = None
    messages: tuple[int, ...] = ()


_CARDS = select(cards).where(cards.c.id.in_(bindparam("ids", expanding=True)))


class Delivery(Loop):
    """Sends.

    Args:
        on_unreachable: called, in the transaction that gives the row up, when its person cannot be written to.
        on_dead: the same for a message that Telegram will not take as it is.
        ready: completes the parameters of a call just before it is made, outside any transaction.
    """

    def __init__(
        self,
        database: Database,
        queue: Queue,
        api: Api,
        limits: Limits,
        clock: Clock,
        on_unreachable: Told,
        on_dead: Told,
        ready: Ready | None = None,
    ) -> None:
        super().__init__(database, queue, clock, width=WIDTH, lease=LEASE)
        self._api = api
        self._ready = ready
        self._limits = limits
        self._told = {Verdict.UNREACHABLE: on_unreachable, Verdict.REJECTED: on_dead}
        self._outcomes: list[Outcome] = []
        self._cards: dict[int, Card] = {}
        self._failures = 0
        self._pause_until: datetime | None = None
        self._refused: dict[int, datetime] = {}

    def settled(self) -> bool:
        return not self._hands and not self._outcomes

    # ---- claiming

    async def take(self, now: datetime, limit: int) -> tuple[list[Claimed], datetime | None]:
        """Write down what came of the last sends, and claim what may go next."""
        room = 0 if self._stopping or self._paused(now) else min(limit, self._limits.room(now))
        done, self._outcomes = self._outcomes, []
        try:
            async with self.database.write() as tx:
                for outcome in done:
                    await self._record(tx, outcome, now)
                if room:
                    claimed = await self._granted(tx, await self.queue.claim(tx, now, self.lease, room), now)
                    return claimed, None if claimed else await self.queue.next_due(tx)
                due = await self.queue.next_due(tx)
        except Exception:
            await self._one_by_one(done, now)
            raise
        return [], self._opens(due, now)

    async def _granted(self, tx: Tx, claimed: list[Claimed], now: datetime) -> list[Claimed]:
        if not claimed:
            return []
        answers = await self._limits.take(tx, [one["chat_id"] for one in claimed], now)
        go = []
        for one, opens in zip(claimed, answers, strict=True):
            if opens is None:
                go.append(one)
            else:
                await self.queue.hold(tx, one, opens)
        if wanted := [one["card_id"] for one in go if one["card_id"] is not None]:
            for row in await tx.execute(_CARDS, {"ids": wanted}):
                self._cards[row.id] = Card(row.message_id, row.digest)
        return go

    def _paused(self, now: datetime) -> bool:
        return self._pause_until is not None and self._pause_until > now

    def _opens(self, due: datetime | None, now: datetime) -> datetime | None:
        """When to look again: not before something is due, nor before the bot may send."""
        if due is None:
            return None
        pause = self._pause_until or now
        return max(due, pause, self._limits.opens(now))

    # ---- sending

    async def work(self, claimed: Claimed) -> None:
        try:
            outcome = await self._send(claimed)
            self._failures, self._pause_until = 0, None
        except TelegramError as error:
            outcome = Outcome(claimed, error=error)
        except Exception as error:  # a row that cannot even be put into words is as wrong as one that is refused
            log.exception("send.broke", row=claimed.id)
            outcome = Outcome(claimed, error=_UnsendableError(repr(error)))
        self._outcomes.append(outcome)

    async def _send(self, claimed: Claimed) -> Outcome:
        params = {"chat_id": claimed["chat_id"], **claimed["params"]}
        if claimed["method"] != "card":
            params = await self._ready(params) if self._ready else params
            ids = _message_ids(await self._api.call(claimed["method"], params))
            return Outcome(claimed, ids[0] if ids else None, messages=ids)
        card = self._cards.pop(claimed["card_id"], Card(None, None))
        digest = _digest(params)
        if card.message_id is None:
            return Outcome(claimed, _message_id(await self._api.call("sendMessage", params)), digest)
        if card.digest == digest:
            return Outcome(claimed, card.message_id, digest)
        try:
            await self._api.call("editMessageText", {**params, "message_id": card.message_id})
        except TelegramError as error:
            verdict = judge(error)
            if verdict is Verdict.ANEW:
                return Outcome(claimed, _message_id(await self._api.call("sendMessage", params)), digest)
            if verdict is not Verdict.DONE:
                raise
        return Outcome(claimed, card.message_id, digest)

    # ---- writing down

    async def _one_by_one(self, done: list[Outcome], now: datetime) -> None:
        """After a failure: each outcome by itself, so that one that cannot be written keeps no other back."""
        for position, outcome in enumerate(done):
            try:
                async with self.database.write() as tx:
                    await self._record(tx, outcome, now)
            except OSError:
                self._outcomes.extend(done[position:])  # the database is away: what was sent must not be forgotten
                return
            except Exception as error:
                log.exception("outcome.unwritten", row=outcome.claimed.id)
                await self._bury(outcome, repr(error), now)

    async def _bury(self, outcome: Outcome, error: str, now: datetime) -> None:
        try:
            async with self.database.write() as tx:
                await self.queue.quarantine(tx, outcome.claimed, error, now)
        except Exception:
            self._outcomes.append(outcome)

    async def _record(self, tx: Tx, outcome: Outcome, now: datetime) -> None:
        claimed, error = outcome.claimed, outcome.error
        if error is None:
            await self._sent(tx, outcome, now)
            return
        verdict = judge(error)
        log.warning("send.failed", row=claimed.id, method=claimed["method"], verdict=verdict.name, error=str(error))
        match verdict:
            case Verdict.DONE:
                await self.queue.complete(tx, claimed, now)
            case Verdict.WAIT:
                assert isinstance(error, RetryAfter)
                await self._wait(tx, claimed, error, now)
            case Verdict.MOVED:
                assert isinstance(error, ChatMigrated)
                await self._move(tx, claimed, error.new_chat_id, now)
            case Verdict.LOCKED_OUT:
                await self._limits.hold(tx, BOT, now + LOCKED_OUT)
                await self.queue.retry(tx, claimed, now + LOCKED_OUT, str(error))
            case Verdict.RETRY:
                await self.queue.retry(tx, claimed, now + self._back_off(claimed, now), str(error))
            case _:
                if await self.queue.quarantine(tx, claimed, str(error), now):
                    await self._told.get(verdict, self._told[Verdict.REJECTED])(tx, claimed, str(error))

    async def _sent(self, tx: Tx, outcome: Outcome, now: datetime) -> None:
        claimed = outcome.claimed
        if not await self.queue.complete(tx, claimed, now, message_id=outcome.message_id):
            log.warning("lease.lost", queue=self.queue.name, row=claimed.id)
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
        await self.queue.hold(tx, claimed, until)

    async def _move(self, tx: Tx, claimed: Claimed, chat: int, now: datetime) -> None:
        """A group became a supergroup: everything still owed to it goes to the new id, this row first."""
        old = claimed["chat_id"]
        await self.queue.hold(tx, claimed, now)
        undone = outbox.c.state == "due"
        await tx.execute(update(outbox).where(outbox.c.key == claimed.key, undone).values(key=str(chat), chat_id=chat))
        await tx.execute(update(cards).where(cards.c.chat_id == old).values(chat_id=chat, message_id=None))
        await tx.execute(rate_buckets.delete().where(rate_buckets.c.key == str(old)))

    def _back_off(self, claimed: Claimed, now: datetime) -> timedelta:
        """Longer with every try of the row; when nothing at all gets through, everything pauses with it."""
        self._failures += 1
        if self._failures >= CROWD:
            pause = min(0.5 * 2 ** min(self._failures - CROWD, 10), LONGEST_PAUSE)
            self._pause_until = now + timedelta(seconds=pause)
        # No two rows come back at the same moment: their numbers spread them.
        spread = 1 + (claimed.id * 7919 + to_ms(now)) % 100 / 200
        return timedelta(seconds=min(0.5 * 2 ** min(claimed.attempts, 10), LONGEST_PAUSE) * spread)

    async def _finish(self) -> None:
        await super()._finish()
        while self._outcomes:
            await self.take(self.clock.now(), 0)


class _UnsendableError(BadRequest):
    """Judged like a refusal: it will not get better by trying."""


def _message_ids(result: Any) -> tuple[int, ...]:
    """The message that was sent, an album's messages in order, or no message at all."""
    found = result if isinstance(result, list) else [result]
    return tuple(one["message_id"] for one in found if isinstance(one, dict) and "message_id" in one)


def _message_id(result: Any) -> int | None:
    """A message, an album's first message, or no message at all."""
    first = result[0] if isinstance(result, list) and result else result
    return first.get("message_id") if isinstance(first, dict) else None


def _digest(params: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)

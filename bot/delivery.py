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
from sqlalchemy import bindparam, select
from telegram.error import BadRequest, TelegramError

from bot.limits import Limits
from bot.loop import Loop, OnDead
from bot.now import Clock
from bot.outcomes import Counted, Ledger, Outcome
from bot.refusals import Verdict, judge
from bot.transport import Api
from db.engine import Database, Tx
from db.queue import Claimed, Queue
from db.schema.queues import cards

WIDTH = 16
LEASE = timedelta(seconds=120)
"""Longer than any call may take, or a slow answer would be sent twice."""
Ready = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Card:
    """The status message of one person and matter, as it was when the row was taken in hand."""

    message_id: int | None
    digest: str | None


_CARDS = select(cards).where(cards.c.id.in_(bindparam("ids", expanding=True)))


class Delivery(Loop):
    """Sends.

    Args:
        on_unreachable: called, in the transaction that gives the row up, when its person cannot be written to.
        on_dead: the same for a message that Telegram will not take as it is.
        counted: called with what became of each message, for the metrics.
        ready: completes the parameters of a call just before it is made, outside any transaction.
    """

    def __init__(
        self,
        database: Database,
        queue: Queue,
        api: Api,
        limits: Limits,
        clock: Clock,
        on_unreachable: OnDead,
        on_dead: OnDead,
        ready: Ready | None = None,
        counted: Counted = lambda _outcome, _waited: None,
    ) -> None:
        super().__init__(database, queue, clock, width=WIDTH, lease=LEASE)
        self._api = api
        self._ready = ready
        self._limits = limits
        told = {Verdict.UNREACHABLE: on_unreachable, Verdict.REJECTED: on_dead}
        self._ledger = Ledger(database, queue, limits, told, counted)
        self._outcomes: list[Outcome] = []
        self._cards: dict[int, Card] = {}

    def settled(self) -> bool:
        return not self._hands and not self._outcomes

    # ---- claiming

    async def take(self, now: datetime, limit: int) -> tuple[list[Claimed], datetime | None]:
        """Write down what came of the last sends, and claim what may go next."""
        done, self._outcomes = self._outcomes, []
        try:
            async with self.database.write() as tx:
                await self._ledger.record_all(tx, done, now)
                claimed, _ = await self.claim(tx, now, limit)
                # While nothing may be sent, what waits need not be looked through.
                due = now if claimed or self._shut(now) else await self.queue.next_due(tx, now)
        except Exception:
            self._outcomes += await self._ledger.one_by_one(done, now)
            if self._outcomes or not done:
                raise
            self._wake.set()  # what stood in the way is out of it: look again
            return [], None
        except BaseException:
            self._outcomes += done
            raise
        return claimed, self._opens(due, now)

    async def claim(self, tx: Tx, now: datetime, limit: int) -> tuple[list[Claimed], bool]:
        """As for every loop, and only what the limits allow."""
        if self._shut(now):
            return [], False
        room = min(limit, self._limits.room(now))
        found = await self.queue.claim(tx, now, self.lease, room)
        claimed = await self._granted(tx, found, now)
        if found and not claimed:
            self._wake.set()  # these have to wait; others may go now
        return claimed, len(found) < room and len(claimed) == len(found)

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

    def _shut(self, now: datetime) -> bool:
        pause = self._ledger.pause_until
        return self._stopping or (pause is not None and pause > now) or not self._limits.room(now)

    def _opens(self, due: datetime | None, now: datetime) -> datetime | None:
        """When to look again: not before something is due, nor before the bot may send."""
        if due is None:
            return None
        pause = self._ledger.pause_until or now
        return max(due, pause, self._limits.opens(now))

    # ---- sending

    async def work(self, claimed: Claimed) -> None:
        try:
            outcome = await self._send(claimed)
            self._ledger.went_through()
        except TelegramError as error:
            outcome = Outcome(claimed, error=error)
        except Exception as error:  # a row that cannot even be put into words is as wrong as one that is refused
            log.exception("send.broke", row=claimed.id)
            outcome = Outcome(claimed, error=_UnsendableError(type(error).__name__))
        self._outcomes.append(outcome)

    async def _send(self, claimed: Claimed) -> Outcome:
        params = {"chat_id": claimed["chat_id"], **claimed["params"]}
        params = await self._ready(params) if self._ready else params
        if claimed["method"] != "card":
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

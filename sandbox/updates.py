"""Updates on their way to the bot: the queue, the types it asked for, and long polling."""

import asyncio
import heapq
from dataclasses import dataclass
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults, Kind
from sandbox.feed import Changes
from sandbox.refusals import conflict
from sandbox.world import Json

DAY = 86_400.0
PRESS_LIFE = 150.0
LONGEST_POLL = 50
PRESS_LANE = 3 << 33
"""Presses queue per person beside that person's messages, as on the real server."""
KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "purchased_paid_media",
    ]
)
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only when `allowed_updates` names them."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update; updates of one `lane` are delivered in order."""

    id: int
    kind: str
    body: Json
    lane: int
    expires: float


def kind_of(body: Json) -> str:
    """Which kind of update a body is; a hand-made one may be none."""
    return next((key for key in body if key in KINDS), next((key for key in body if key != "update_id"), ""))


def chat_of(body: Json) -> int:
    """The chat (or person) an update belongs to; 0 where that cannot be read."""
    inner = body.get(kind_of(body))
    if not isinstance(inner, dict):
        return 0
    source = inner.get("from") if kind_of(body) == "callback_query" else inner.get("chat", inner.get("from"))
    found = source.get("id") if isinstance(source, dict) else None
    return found if isinstance(found, int) else 0


class Updates:
    """What the bot has not yet acknowledged, oldest first."""

    def __init__(self, clock: Clock, faults: Faults, changes: Changes, first_id: int = 100_000_001) -> None:
        self.clock = clock
        self.faults = faults
        self.changes = changes
        self.next_id = first_id
        self.pending: dict[int, Update] = {}
        self.allowed: list[str] | None = None
        self.arrived = Changes()
        self.webhook_url = ""
        self.touched: dict[tuple[str, Any], None] | None = None
        self._poll: asyncio.Future[str] | None = None
        self._again: list[Update] = []
        self._expiry: list[tuple[float, int]] = []

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for this kind of update."""
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def allow(self, kinds: Any) -> None:
        """Remember `allowed_updates`; unknown names are ignored, an empty list means the usual kinds."""
        if isinstance(kinds, list):
            self.allowed = [kind for kind in map(str, kinds) if kind in KINDS] or None
            self.touch("settings", "allowed")

    def add(self, kind: str, payload: Json, life: float = DAY) -> int | None:
        """Queue an update Telegram makes; None when the bot does not want it, or a fault swallowed it."""
        if not self.wants(kind):
            return None
        body = {kind: payload}
        chat = chat_of(body)
        if kind == "callback_query" and self.faults.for_update(Kind.DROPPED_PRESS, kind, chat):
            return None
        lane = chat + PRESS_LANE if kind == "callback_query" else chat
        return self._queue(kind, body, lane, life).id

    def push(self, body: Json) -> int:
        """Queue a hand-made update, whatever it holds; an `update_id` in it stays. Returns the queue's id."""
        return self._queue(kind_of(body), body, chat_of(body), DAY).id

    def _queue(self, kind: str, body: Json, lane: int, life: float) -> Update:
        update = Update(self.next_id, kind, {"update_id": self.next_id, **body}, lane, self.clock.now() + life)
        self.next_id += 1
        self.restore(update)
        self.touch("updates", update.id)
        self.touch("settings", "next_id")
        self.arrived.tell()
        self.changes.tell()
        return update

    def restore(self, update: Update) -> None:
        """Put an update at the end of the queue."""
        self.pending[update.id] = update
        heapq.heappush(self._expiry, (update.expires, update.id))

    def acknowledge(self, update: Update) -> None:
        """The bot has it."""
        if self.pending.pop(update.id, None) is not None:
            self.touch("updates", update.id)
            self.changes.tell()

    def drop_all(self) -> None:
        """`drop_pending_updates`."""
        for update in list(self.pending.values()):
            self.acknowledge(update)

    def drop_expired(self) -> None:
        """Forget what is past its time."""
        now = self.clock.now()
        while self._expiry and self._expiry[0][0] <= now:
            _, number = heapq.heappop(self._expiry)
            if (update := self.pending.get(number)) is not None:
                self.acknowledge(update)

    def touch(self, kind: str, key: Any) -> None:
        """Mark a record for the store, where there is one."""
        if self.touched is not None:
            self.touched[kind, key] = None

    async def poll(self, offset: int, limit: int, timeout: int) -> list[Json]:  # noqa: ASYNC109 - the API's own parameter
        """`getUpdates`: acknowledge what is before `offset`, return up to `limit`, wait at most `timeout` seconds."""
        self._refuse_beside_webhook()
        self.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._advance(offset)
        found = self._batch(limit)
        if found or timeout <= 0:
            return found
        return await self._wait(limit, min(timeout, LONGEST_POLL))

    @property
    def polling(self) -> bool:
        """Whether a poll waits."""
        return self._poll is not None

    def interrupt(self, reason: str) -> None:
        """End a waiting poll with 409, or with an empty answer when there is no reason."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)

    def _refuse_beside_webhook(self) -> None:
        if self.webhook_url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )

    def _advance(self, offset: int) -> None:
        if offset < 0:
            keep = -offset
            for update in list(self.pending.values())[: max(0, len(self.pending) - keep)]:
                self.acknowledge(update)
            return
        while self.pending and (first := next(iter(self.pending.values()))).id < offset:
            self.acknowledge(first)
            if self.faults.for_update(Kind.REPEATED, first.kind, first.lane):
                self._again.append(first)

    def _batch(self, limit: int) -> list[Json]:
        self.drop_expired()
        again, self._again = self._again[:limit], self._again[limit:]
        batch = again[:]
        for update in self.pending.values():
            if len(batch) >= limit:
                break
            batch.append(update)
        if len(batch) > 1 and (dice := self.faults.order()):
            dice.shuffle(batch)
        return [update.body for update in batch]

    async def _wait(self, limit: int, seconds: float) -> list[Json]:
        stopped: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poll = stopped
        self.changes.tell()
        over = asyncio.ensure_future(self.clock.sleep(seconds))
        try:
            news = self.arrived.upcoming()
            while not (found := self._batch(limit)) and not over.done() and not stopped.done():
                waited: list[asyncio.Future[Any]] = [news, over, stopped]
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                news = self.arrived.upcoming()
            if stopped.done() and stopped.result():
                raise conflict(stopped.result())
            return found
        finally:
            over.cancel()
            if self._poll is stopped:
                self._poll = None

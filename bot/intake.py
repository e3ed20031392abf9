"""How updates get into the inbox: Telegram hears "got it" only after the update, just as it came, is committed."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from aiohttp import web
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.now import Clock
from bot.transport import Api
from db.engine import Database
from db.queue import Queue

LARGEST = 1024 * 1024
POLL_SECONDS = 50
DUTY = "poller"
STAND_BY = 0.5
"""Seconds between two looks whether it is our turn now."""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
_LARGEST_ID = 2**63 - 1
_IN_CHAT = ("message", "edited_message", "channel_post", "my_chat_member", "chat_member", "chat_join_request")

log = structlog.get_logger(__name__)

Row = dict[str, Any]


class Turn(Protocol):
    """Who may do what only one process may."""

    changed: asyncio.Event

    def holds(self, duty: str) -> bool:
        """Whether it is this process."""
        ...


@dataclass
class _Batch:
    """What waits for the next commit, and who waits with it."""

    rows: list[Row] = field(default_factory=list)
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    """Puts updates into the inbox. What arrives during a commit goes into the next one together."""

    def __init__(self, database: Database, inbox: Queue, clock: Clock) -> None:
        self._database = database
        self._inbox = inbox
        self._clock = clock
        self._waiting: _Batch | None = None
        self._writer: asyncio.Task[None] | None = None

    async def accept(self, updates: Iterable[Any]) -> None:
        """Come back when these updates are committed; one that is known already is left out.

        Raises:
            sqlalchemy.exc.SQLAlchemyError, OSError: the database failed, and none of them is stored.
        """
        await self._commit([_row(update, json.dumps(update)) for update in updates])

    async def accept_text(self, raw: bytes) -> None:
        """The same for one update as it came over the wire, whatever it is."""
        text = raw.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
        try:
            update = json.loads(text)
        except (ValueError, RecursionError):
            update = None
        await self._commit([_row(update, text)])

    async def _commit(self, rows: list[Row]) -> None:
        batch = self._waiting = self._waiting or _Batch()
        batch.rows += rows
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await asyncio.shield(batch.done)

    async def _write(self) -> None:
        while (batch := self._waiting) is not None:
            self._waiting = None
            try:
                async with self._database.write() as tx:
                    await self._inbox.keep_order(tx, (row["key"] for row in batch.rows))
                    await self._inbox.put_many(tx, batch.rows, self._clock.now())
                    tx.wake(self._inbox.name)
            except Exception as error:
                batch.done.set_exception(error)
                batch.done.exception()  # who asked may be gone; then nobody else looks at it
            else:
                batch.done.set_result(None)
            finally:
                batch.done.cancel()  # cut off in between: whoever waits for it must not wait for ever


class Webhook:
    """The handler of the webhook's address.

    Args:
        secret: what Telegram was told to send along, ours alone.
    """

    def __init__(self, intake: Intake, secret: str) -> None:
        self._intake = intake
        self._secret = secret.encode()

    async def receive(self, request: web.Request) -> web.Response:
        """200 once it is stored, 403 without the secret, 413 when too big, 503 when it could not be stored."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413)
        try:
            await self._intake.accept_text(await request.read())
        except web.HTTPException:
            raise
        except Exception as error:
            log.error("intake.failed", error=type(error).__name__)
            return web.Response(status=503, headers={"Retry-After": "1"})
        return web.Response()


class Poller:
    """Fetches updates by long polling. The offset moves on, and so acknowledges, only after the commit.

    Args:
        turn: whose turn it is, where several processes are ready to poll; only one may.
    """

    def __init__(
        self, intake: Intake, api: Api, clock: Clock, allowed: Sequence[str] | None = None, turn: Turn | None = None
    ) -> None:
        self._intake = intake
        self._api = api
        self._clock = clock
        self._allowed = allowed
        self._turn = turn
        self._offset: int | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop`."""
        failures = 0
        while not self._stopping.is_set():
            if self._turn is not None and not self._turn.holds(DUTY):
                self._offset = None
                await self._clock.wait(self._stopping, STAND_BY)
                continue
            try:
                await self._fetch()
                failures = 0
            except Exception as error:
                failures += 1
                log.warning("poll.failed", error=type(error).__name__, said=_said(error))
                if not await self._mended(error):
                    await self._clock.wait(self._stopping, _pause(error, failures))

    async def stop(self) -> None:
        """Ask for no more. What was fetched and not acknowledged comes again at the next start."""
        self._stopping.set()

    async def _fetch(self) -> None:
        wanted = {"offset": self._offset, "timeout": POLL_SECONDS, "allowed_updates": self._allowed}
        call = asyncio.create_task(self._api.call("getUpdates", wanted, read=POLL_SECONDS + 10))
        halt = asyncio.create_task(self._interrupted())
        try:
            await asyncio.wait({call, halt}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                return
            updates = call.result()
        finally:
            await _cancel(call, halt)
        if updates:
            await self._intake.accept(updates)
            known = [number for update in updates if (number := _update_id(update)) is not None]
            self._offset = max(known, default=(self._offset or 1) - 1) + 1

    async def _interrupted(self) -> None:
        """Come back when we are stopped, or when it is another one's turn."""
        if self._turn is None:
            await self._stopping.wait()
            return
        while not self._stopping.is_set() and self._turn.holds(DUTY):
            self._turn.changed.clear()
            changed = asyncio.create_task(self._turn.changed.wait())
            stopped = asyncio.create_task(self._stopping.wait())
            try:
                await asyncio.wait({changed, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _cancel(changed, stopped)

    async def _mended(self, error: Exception) -> bool:
        """A webhook that is still set keeps everybody from polling; whoever polls wants it gone."""
        if not isinstance(error, Conflict) or "webhook" not in error.message.lower():
            return False
        try:
            await self._api.call("deleteWebhook")
        except TelegramError as failed:
            log.warning("webhook.stays", error=type(failed).__name__)
            return False
        return True


def _row(update: Any, text: str) -> Row:
    key = key_of(update) or f"?{secrets.token_hex(8)}"  # what comes from nobody waits for nobody
    return {"key": key, "update_id": _update_id(update), "body": text}


def _update_id(update: Any) -> int | None:
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if type(found) is int and 0 <= found <= _LARGEST_ID else None


def key_of(update: Any) -> str | None:
    """The chat whose updates keep their order with this one, else its user; None where there is neither."""
    if not isinstance(update, dict):
        return None
    for name in _IN_CHAT:
        if name in update:
            return _id(update[name], "chat") or _id(update[name], "from")
    press = update.get("callback_query")
    if press is not None:
        message = press.get("message") if isinstance(press, dict) else None
        return _id(message, "chat") or _id(press, "from")
    others = (_id(value, "chat") or _id(value, "from") or _id(value, "user") for value in update.values())
    return next((found for found in others if found), None)


def _id(part: Any, name: str) -> str | None:
    inner = part.get(name) if isinstance(part, dict) else None
    found = inner.get("id") if isinstance(inner, dict) else None
    return str(found) if type(found) is int and abs(found) <= _LARGEST_ID else None


def _pause(error: Exception, failures: int) -> float:
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return wait.total_seconds() if not isinstance(wait, int) else float(wait)
    return float(min(2 ** (min(failures, 6) - 1), 30))


def _said(error: Exception) -> str:
    return error.message if isinstance(error, TelegramError) else ""


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

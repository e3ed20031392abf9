"""The page's live stream: a person's events as server-sent events, resumed where a lost connection left off."""

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.feed import Event
from sandbox.shown import message_shown
from sandbox.telegram import Telegram
from sandbox.world import Json

BREATH = 15.0
"""Seconds after which a quiet stream says that it lives."""


async def stream(request: web.Request, telegram: Telegram, account: int) -> web.StreamResponse:
    """Serve one person's stream, or `EVERYONE`'s, until the page or the sandbox goes away."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    wanted = request.headers.get("Last-Event-ID") or request.query.get("after") or ""
    seen = int(wanted) if wanted.isdigit() else telegram.feed.last
    await response.write(b"retry: 500\n: listening\n\n")
    closing = asyncio.ensure_future(telegram.closing.wait())
    try:
        while not closing.done():
            news = telegram.feed.line(account).changes.upcoming()
            seen = await _write_since(response, telegram, account, seen)
            waited: list[asyncio.Future[Any]] = [news, closing]
            done, _ = await asyncio.wait(waited, timeout=BREATH, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                await response.write(b": still here\n\n")
    except ConnectionResetError:
        return response
    finally:
        closing.cancel()
    return response


async def _write_since(response: web.StreamResponse, telegram: Telegram, account: int, seen: int) -> int:
    events = telegram.feed.after(account, seen)
    if events is None:
        await response.write(line(telegram.feed.last, "reload", {"chat": None}))
        return telegram.feed.last
    for event in events:
        if (data := rendered(telegram, event)) is not None:
            await response.write(line(event.id, event.name, data))
        seen = event.id
    return seen


def rendered(telegram: Telegram, event: Event) -> Json | None:
    """An event's data; None when its message has been deleted meanwhile."""
    if event.message is None or event.chat is None:
        return {"person": event.account, "chat": event.chat, **event.data}
    entry = telegram.world.chats[event.chat].entries.get(event.message)
    if entry is None:
        return None
    return {"person": event.account, "chat": event.chat, "message": message_shown(entry, event.account)}


def line(number: int, name: str, data: Json) -> bytes:
    """One event on the wire."""
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

"""Load for the throughput benchmark: one process that posts updates to a webhook and is the far end of every answer.

It stands for Telegram on both sides, so that one clock measures from the POST of an update to its answer's arrival.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

BOT = {"id": 123456789, "is_bot": True, "first_name": "bench", "username": "bench_bot", "can_join_groups": True}


@dataclass
class Sink:
    """A Bot API that accepts everything and notes when a chat's message arrived."""

    secret: str = ""
    arrived: dict[int, list[float]] = field(default_factory=dict)
    waiting: dict[int, asyncio.Future[float]] = field(default_factory=dict)
    count: int = 0
    hooked: asyncio.Event = field(default_factory=asyncio.Event)
    _number: int = 0
    _goal: int = 0
    _there: asyncio.Event = field(default_factory=asyncio.Event)

    async def gets(self, count: int) -> None:
        """Come back when so many messages have arrived in all."""
        self._goal = count
        self._there.clear()
        if self.count < count:
            await self._there.wait()

    async def start(self) -> str:
        app = web.Application()
        app.router.add_route("*", "/{token}/{method}", self.call)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"].lower()
        if method == "sendmessage":
            given = await request.json() if request.content_type == "application/json" else await request.post()
            return self._reply(self._message(int(given["chat_id"])))
        if method == "setwebhook":
            given = await request.json() if request.content_type == "application/json" else await request.post()
            self.secret = str(given.get("secret_token", ""))
            self.hooked.set()
        return self._reply(BOT if method == "getme" else True)

    def _message(self, chat: int) -> dict[str, Any]:
        self._number += 1
        self.count += 1
        if self.count == self._goal:
            self._there.set()
        if waits := self.waiting.pop(chat, None):
            waits.set_result(time.perf_counter())
        return {"message_id": self._number, "date": 0, "chat": {"id": chat, "type": "private"}, "text": "x"}

    def _reply(self, result: Any) -> web.Response:
        return web.Response(text=json.dumps({"ok": True, "result": result}), content_type="application/json")


def update(number: int, chat: int, text: str) -> bytes:
    """A message as Telegram posts it."""
    person = {"id": chat, "is_bot": False, "first_name": "p", "language_code": "zh-hans"}
    place = {"id": chat, "type": "private", "first_name": "p"}
    message = {"message_id": number, "date": int(time.time()), "chat": place, "from": person, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


@dataclass
class Result:
    """Seconds of each answer, and how long it all took."""

    latencies: list[float]
    seconds: float
    lost: int

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, q: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * q), len(ordered) - 1)] * 1000


PATIENCE = 30.0
"""Seconds after which an answer counts as lost."""
CHATS = 400
"""So many people write, one after the other; the warm-up makes them known, as most who write to a service are."""


class Load:
    """Posts updates; nobody writes again before they have their answer."""

    def __init__(self, sink: Sink, hooks: list[str], text: str) -> None:
        self._sink = sink
        self._hooks = hooks
        self._text = text
        self._first = self._number = int(time.time()) % 10_000_000 * 100

    async def one(self, session: aiohttp.ClientSession) -> float | None:
        """Seconds from the POST to the answer's arrival; None when none came."""
        self._number += 1
        number = self._number
        chat = self._first + number % CHATS
        arrival = self._sink.waiting[chat] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._sink.secret, "Content-Type": "application/json"}
        hook = self._hooks[number % len(self._hooks)]
        async with session.post(hook, data=update(number, chat, self._text), headers=headers) as answer:
            assert answer.status == 200, answer.status
        try:
            return await asyncio.wait_for(arrival, PATIENCE) - began
        except TimeoutError:
            return None

    async def saturate(self, count: int, width: int = 64) -> Result:
        """As many as go through, `width` at a time."""
        left = iter(range(count))
        latencies: list[float | None] = []
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def lane() -> None:
                for _ in left:
                    latencies.append(await self.one(session))  # noqa: PERF401 - each one waits for the one before

            began = time.perf_counter()
            await asyncio.gather(*(lane() for _ in range(width)))
            return _result(latencies, time.perf_counter() - began)

    async def steadily(self, per_second: float, count: int) -> Result:
        """At a fixed rate, however long an answer takes."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            began = time.perf_counter()
            tasks = []
            for position in range(count):
                await asyncio.sleep(max(0.0, began + position / per_second - time.perf_counter()))
                tasks.append(asyncio.create_task(self.one(session)))
            return _result(await asyncio.gather(*tasks), time.perf_counter() - began)


def _result(latencies: Sequence[float | None], seconds: float) -> Result:
    came = [each for each in latencies if each is not None]
    return Result(came, seconds, len(latencies) - len(came))

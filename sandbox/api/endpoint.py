"""Where a bot's HTTP requests arrive: token, method, faults, the answer, and its line in the journal."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.api import chats, editing, media, menus, receiving, sending
from sandbox.api.call import Call, read_call
from sandbox.faults import Fault, Kind
from sandbox.journal import Made
from sandbox.refusals import Refusal, forbidden, too_many
from sandbox.telegram import Telegram
from sandbox.world import Json

Method = Callable[[Telegram, Call], Awaitable[Any]]
METHODS: dict[str, Method] = {
    **chats.METHODS,
    **editing.METHODS,
    **media.METHODS,
    **menus.METHODS,
    **receiving.METHODS,
    **sending.METHODS,
}
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"


class Unanswered(Exception):
    """The bot gets no answer; `hang` keeps the connection open until it gives up."""

    def __init__(self, hang: bool) -> None:
        super().__init__()
        self.hang = hang


class Endpoint:
    """The two addresses of the Bot API: methods and files."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        telegram.webhook.answer = self.obey

    def routes(self) -> list[web.RouteDef]:
        """Routes for the application."""
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One method call."""
        if request.match_info["token"] != self.telegram.token:
            return answered(Refusal(401, "Unauthorized").body(), 401)
        name = request.match_info["method"]
        try:
            call = await read_call(request, name)
        except Refusal as refusal:
            return self._record(Call(name), refusal.body(), refusal.code, None)
        fault = self.telegram.faults.for_call(name.lower(), call.chat)
        if fault and fault.kind is Kind.ANSWER:
            self._record(call, None, fault.status, fault)
            kind = "application/json" if fault.text.startswith("{") else "text/html"
            return web.Response(status=fault.status, text=fault.text, content_type=kind)
        try:
            status, body = await self._see_through(call, fault)
        except Unanswered as silence:
            return await self._leave_unanswered(request, silence.hang)
        if status == 502:
            return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
        return answered(body, status)

    async def _see_through(self, call: Call, fault: Fault | None) -> tuple[int, Json]:
        """Perform a call; one that is slow is performed even if the bot gives up waiting."""
        if fault is None or fault.kind is not Kind.SLOW:
            return await self._perform(call, fault)
        task = asyncio.ensure_future(self._perform(call, fault))
        self.telegram.acting.add(task)
        task.add_done_callback(self.telegram.acting.discard)
        return await asyncio.shield(task)

    async def _perform(self, call: Call, fault: Fault | None) -> tuple[int, Json]:
        """Act on a call as far as the fault lets it; writes the journal."""
        kind = fault.kind if fault else None
        if fault and kind is Kind.TIMEOUT_BEFORE:
            self._record(call, None, None, fault)
            raise Unanswered(fault.hang)
        if kind is Kind.BAD_GATEWAY:
            self._record(call, None, 502, fault)
            return 502, {}
        if fault and kind is Kind.SLOW:
            self.telegram.changes.tell()
            await self.telegram.clock.sleep(fault.seconds)
        status, body = await self._answer(call, fault)
        if fault and kind is Kind.TIMEOUT_AFTER:
            self._record(call, body, None, fault)
            raise Unanswered(fault.hang)
        self._record(call, body, status, fault)
        return status, body

    async def _answer(self, call: Call, fault: Fault | None) -> tuple[int, Json]:
        try:
            if fault and fault.kind is Kind.TOO_MANY:
                raise too_many(int(fault.seconds))
            if fault and fault.kind is Kind.BLOCKED:
                raise forbidden("bot was blocked by the user")
            method = METHODS.get(call.method.lower())
            if method is None:
                raise Refusal(404, "Not Found")
            return 200, {"ok": True, "result": await method(self.telegram, call)}
        except Refusal as refusal:
            return refusal.code, refusal.body()

    def _record(self, call: Call, body: Json | None, status: int | None, fault: Fault | None) -> web.Response:
        name = fault.kind.value if fault else None
        made = Made(call.method, call.shown(), status, body, self.telegram.clock.now(), call.chat, name)
        self.telegram.journal.note_call(made)
        self.telegram.changes.tell()
        return answered(body or {}, status or 500)

    async def _leave_unanswered(self, request: web.Request, hang: bool) -> web.StreamResponse:
        if hang:
            await self.telegram.closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)

    async def obey(self, asked: Json) -> None:
        """A method the bot put into its answer to a webhook delivery; the bot does not learn the result."""
        call = Call(str(asked["method"]), {k: v for k, v in asked.items() if k != "method"})
        if not call.method.lower().startswith("get"):
            status, body = await self._answer(call, None)
            self._record(call, body, status, None)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The bytes behind a `file_path`."""
        world = self.telegram.world
        if request.match_info["token"] != self.telegram.token:
            return answered(Refusal(401, "Unauthorized").body(), 401)
        file = world.files.get(world.paths.get(request.match_info["path"], ""))
        if file is None or file.size > media.LARGEST_DOWNLOAD:
            return answered(Refusal(404, "Not Found").body(), 404)
        return web.Response(body=file.data, content_type="application/octet-stream")


def answered(body: Json, status: int) -> web.Response:
    """A JSON answer."""
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(), status=status, content_type="application/json"
    )

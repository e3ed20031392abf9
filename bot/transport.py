"""Talking to the Bot API over aiohttp: python-telegram-bot through its `BaseRequest`, our own queues plainly.

The token is part of every address, so no address may appear in an error or a log.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from telegram import error as telegram
from telegram._utils.defaultvalue import DefaultValue
from telegram.request import BaseRequest, RequestData

os.environ.setdefault("PTB_TIMEDELTA", "true")  # python-telegram-bot's way to say: spans of time as timedelta

CONNECT, READ, MEDIA = 5.0, 20.0, 60.0
"""Seconds to open a connection, to wait for an answer, and to wait when a file goes along."""
TRANSFER = 25.0
"""Seconds beside these for all the rest of a call: a line that lets a letter through now and then never is silent, and
a message that is being sent for longer than it may be in hand is sent again meanwhile."""
PASSING = (408, 425, 429)
"""Refusals besides the server's own errors that say nothing against the request."""


class AiohttpRequest(BaseRequest):
    """One aiohttp session behind python-telegram-bot's seam.

    Args:
        connections: to the Bot API at the same time, at most.
    """

    def __init__(self, connections: int = 64) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return READ

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections)
            # The Bot API sets no cookies; a jar would be looked through at every call.
            ours: dict[str, Any] = {"headers": {"User-Agent": self.USER_AGENT}, "cookie_jar": aiohttp.DummyCookieJar()}
            self._session = aiohttp.ClientSession(connector=connector, **ours)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """As `BaseRequest` asks. aiohttp has no time-out for writing alone; it is part of the whole."""
        files = request_data.multipart_data if request_data else None
        fields: Any = request_data.json_parameters if request_data else None
        data = _form(fields, files) if files else fields
        read = _seconds(read_timeout, MEDIA if files else READ)
        connect = _seconds(connect_timeout, CONNECT)
        return await self.send(method, url, read=read, connect=connect, data=data)

    async def send(
        self, method: str, url: str, *, read: float | None, connect: float | None = CONNECT, **body: Any
    ) -> tuple[int, bytes]:
        """One request.

        Returns:
            the status and the body.

        Raises:
            telegram.error.TimedOut: no answer in time; whether it was accepted is not known.
            telegram.error.NetworkError: the connection failed.
        """
        if self._session is None or self._session.closed:
            raise RuntimeError("the transport is not initialised")
        whole = None if read is None else read + TRANSFER
        limits = aiohttp.ClientTimeout(total=whole, sock_connect=connect, sock_read=read)
        try:
            async with self._session.request(method, url, timeout=limits, **body) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise telegram.TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise telegram.NetworkError(type(error).__name__) from None


class Api:
    """The Bot API by name: `await api.call("sendMessage", {...})`.

    Args:
        request: the transport, shared with python-telegram-bot.
        token: the bot's token.
        base: the address of the Bot API, without a path.
    """

    def __init__(self, request: AiohttpRequest, token: str, base: str = "https://api.telegram.org") -> None:
        self._request = request
        self._root = f"{base.rstrip('/')}/bot{token}/"
        self._files = f"{base.rstrip('/')}/file/bot{token}/"

    async def call(self, method: str, params: Mapping[str, Any] | None = None, *, read: float = READ) -> Any:
        """Call a method and give its `result`. A parameter `{"path": …}` or `{"base64": …, "name": …}` is a file.

        Raises:
            telegram.error.TelegramError: the kind that fits the refusal, with Telegram's own words.
        """
        given = {name: value for name, value in (params or {}).items() if value is not None}
        files = {name: value for name, value in given.items() if _is_file(value)}
        body: dict[str, Any]
        if files:
            read = max(read, MEDIA)
            body = {"data": _upload(given, files)}
        else:
            body = {"json": given}
        status, answer = await self._request.send("POST", self._root + method, read=read, **body)
        return _result(status, answer)

    async def fetch(self, file_id: str) -> bytes:
        """The content of a file somebody sent, at most 20 MB, as the Bot API allows.

        Raises:
            telegram.error.TelegramError: it is gone, too large, or out of reach.
        """
        found = await self.call("getFile", {"file_id": file_id})
        address = f"{self._files}{found['file_path']}"
        status, content = await self._request.send("GET", address, read=MEDIA)
        if status != 200:
            raise telegram.NetworkError(f"no file of the Bot API ({status})")
        return content


def _result(status: int, answer: bytes) -> Any:
    try:
        said = json.loads(answer)
        if 200 <= status < 300:
            return said["result"]
        words = str(said.get("description", ""))
        parameters = said.get("parameters") or {}
    except (ValueError, KeyError, AttributeError, TypeError):
        if status == 413:  # whatever stands in front of the Bot API says so in words of its own
            raise telegram.BadRequest("Request Entity Too Large") from None
        raise telegram.NetworkError(f"no answer of the Bot API ({status})") from None
    raise _refusal(status, words, parameters)


def _refusal(status: int, words: str, parameters: Mapping[str, Any]) -> telegram.TelegramError:
    if moved := parameters.get("migrate_to_chat_id"):
        return telegram.ChatMigrated(int(moved))
    if wait := parameters.get("retry_after"):
        return telegram.RetryAfter(int(wait))
    kinds: dict[int, type[telegram.TelegramError]] = {
        400: telegram.BadRequest,
        401: telegram.InvalidToken,
        403: telegram.Forbidden,
        404: telegram.InvalidToken,
        409: telegram.Conflict,
    }
    if status in PASSING or status >= 500:
        return telegram.NetworkError(f"{words} ({status})")
    if status == 404 and "method" in words.lower():  # a wrong token is "Not Found" alone
        return telegram.BadRequest(words)
    return kinds.get(status, telegram.BadRequest)(words or str(status))


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and ("path" in value or "base64" in value)


def _upload(given: Mapping[str, Any], files: Mapping[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)  # Telegram takes names as they are, in UTF-8
    for name, value in given.items():
        if name not in files:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
            continue
        content = base64.b64decode(value["base64"]) if "base64" in value else Path(value["path"]).read_bytes()
        filename = _plain(value.get("name") or Path(value.get("path", name)).name)
        form.add_field(name, content, filename=filename, content_type=value.get("type", "application/octet-stream"))
    return form


def _form(fields: Mapping[str, str] | None, files: Mapping[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)  # Telegram takes names as they are, in UTF-8
    for name, value in (fields or {}).items():
        form.add_field(name, value)
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=_plain(filename), content_type=kind)
    return form


def _plain(name: str) -> str:
    """A file's name without what would end the header it stands in."""
    return "".join(letter for letter in name if letter.isprintable() and letter not in '"\\')


def _seconds(given: Any, usual: float) -> float | None:
    if isinstance(given, DefaultValue):
        return usual
    return None if given is None else float(given)

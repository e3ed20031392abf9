"""One Bot API call, however it was written: query, form, JSON or multipart."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.multipart import parts
from sandbox.refusals import Refusal, bad
from sandbox.world import Json

LARGEST_UPLOAD = 50 * 1024 * 1024
TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True)
class Upload:
    """A file that came along."""

    name: str
    mime: str
    data: bytes


@dataclass
class Call:
    """Parameters by name; numbers and structures may come as text."""

    method: str
    params: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text parameter; empty when absent."""
        value = self.params.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; what cannot be read as one is the default, as Telegram does it."""
        try:
            return int(self.params.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return str(self.params.get(name, "")).lower() in TRUE

    def structure(self, name: str, what: str) -> Any:
        """A JSON-serialised parameter; None when absent."""
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None

    @property
    def chat(self) -> int | None:
        """The numeric chat id, for faults and the journal."""
        value = self.params.get("chat_id")
        return (
            int(value) if isinstance(value, int) or (isinstance(value, str) and value.lstrip("-").isdigit()) else None
        )

    def shown(self) -> Json:
        """The parameters for the journal: structures read, files by name and size."""
        files = {name: f"<{file.name}, {len(file.data)} bytes>" for name, file in self.files.items()}
        return {**{name: _readable(value) for name, value in self.params.items()}, **files}


def _readable(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def read_call(request: web.Request, method: str) -> Call:
    """Read a call from its request; raises Refusal 413 for more than 50 MB and 400 for JSON that is none."""
    call = Call(method, dict(request.query))
    if request.method != "POST" or not request.can_read_body:
        return call
    if request.content_type == "multipart/form-data":
        await _read_parts(request, call)
    elif request.content_type == "application/json":
        call.params.update(_parsed(await request.read()))
    elif request.content_type == "application/x-www-form-urlencoded":
        call.params.update({name: value for name, value in (await request.post()).items() if isinstance(value, str)})
    return call


def _parsed(raw: bytes) -> Json:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad("JSON object expected")
    return body


async def _read_parts(request: web.Request, call: Call) -> None:
    too_large = Refusal(413, "Request Entity Too Large")
    async for part in parts(request, LARGEST_UPLOAD + (1 << 20), too_large):
        if not part.name:
            continue
        if part.filename is None:
            call.params[part.name] = part.text
        elif len(part.data) > LARGEST_UPLOAD:
            raise too_large
        else:
            call.files[part.name] = Upload(part.filename, part.mime, part.data)

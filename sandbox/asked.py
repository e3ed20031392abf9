"""How the page's requests are read, and how it is told that one cannot be served."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.multipart import parts
from sandbox.refusals import NotNow
from sandbox.world import Json

LARGEST = 64 * 1024 * 1024


class Wrong(Exception):
    """A request of the page that cannot be served; status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def plain_errors(handler: Handler) -> Handler:
    """Answer what went wrong as `{"error": …}`."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Wrong as wrong:
            return web.json_response({"error": str(wrong)}, status=wrong.status)
        except NotNow as no:
            return web.json_response({"error": str(no)}, status=409)

    return answered


def number(body: Json, name: str, default: int | None = None) -> int:
    """A whole number by name; raises Wrong when it is none, or missing without a default."""
    try:
        return int(body[name]) if body.get(name) is not None or default is None else default
    except (KeyError, TypeError, ValueError):
        raise Wrong(400, f"{name} is a number") from None


async def body_of(request: web.Request) -> Json:
    """The JSON object of a request, empty for none."""
    try:
        body = await request.json() if request.can_read_body else {}
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Wrong(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Wrong(400, "the body is not a JSON object")
    return body


async def parts_of(request: web.Request) -> tuple[dict[str, str], list[tuple[str, str, bytes]]]:
    """Fields, and files as name, MIME type and bytes, of a form of at most 64 MB."""
    if request.content_type != "multipart/form-data":
        raise Wrong(400, "multipart/form-data is needed")
    fields: dict[str, str] = {}
    files: list[tuple[str, str, bytes]] = []
    async for part in parts(request, LARGEST, Wrong(413, "at most 64 MB at once")):
        if part.filename is None:
            fields[part.name] = part.text
        else:
            files.append((part.filename, part.mime, part.data))
    return fields, files

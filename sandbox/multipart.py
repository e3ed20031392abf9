"""A form with files, read piece by piece and never more of it than there may be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

PIECE = 1 << 18


@dataclass(frozen=True)
class Part:
    """A field, or a file if it has a file name."""

    name: str
    filename: str | None
    mime: str
    data: bytes

    @property
    def text(self) -> str:
        """What a field says."""
        return self.data.decode("utf-8", "replace")


async def parts(request: web.Request, largest: int, too_large: Exception) -> AsyncIterator[Part]:
    """The parts of a form one by one; raises `too_large` when together they have more than `largest` bytes."""
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytearray()
        while chunk := await part.read_chunk(PIECE):
            size += len(chunk)
            if size > largest:
                raise too_large
            data += chunk
        mime = part.headers.get("Content-Type", "application/octet-stream")
        yield Part(part.name or "", part.filename, mime, bytes(data))

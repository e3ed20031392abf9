"""Files that people left on the office's own pages: kept by us, sealed, in parts; named by `page:` and a number."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from db.engine import Tx
from db.schema.pages import file_parts, files
from desk.people import Person
from desk.vault import Vault

PREFIX = "page:"
PART = 256 * 1024
"""Bytes that are sealed together, so that a large file never stands in memory twice."""


@dataclass(frozen=True)
class Stored:
    """A file as it is kept: whose matter it belongs to, how many bytes, and what its first bytes say it is."""

    id: int
    matter_id: int | None
    size: int
    media: str


class Files:
    """Keeps files, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, vault: Vault) -> None:
        self._tx = tx
        self._now = now
        self._vault = vault

    async def keep(self, person: Person, content: bytes, media: str) -> str:
        """Keep a file that belongs to no matter yet; the name by which an entry refers to it."""
        row = {"person_id": person.id, "size": len(content), "media": media, "at": self._now}
        number = (await self._tx.execute(insert(files).values(**row).returning(files.c.id))).scalar_one()
        for n, start in enumerate(range(0, len(content), PART)):
            sealed = self._vault.seal(base64.b85encode(content[start : start + PART]).decode())
            await self._tx.execute(insert(file_parts).values(file_id=number, n=n, content=sealed))
        return f"{PREFIX}{number}"

    async def hand_in(self, name: str, matter_id: int) -> None:
        """It belongs to this matter from now on; one that belongs to a matter already stays there."""
        mine = (files.c.id == _number(name)) & files.c.matter_id.is_(None)
        await self._tx.execute(update(files).where(mine).values(matter_id=matter_id))

    async def find(self, name: str) -> Stored | None:
        """The file of this name."""
        row = (await self._tx.execute(select(files).where(files.c.id == _number(name)))).first()
        return Stored(row.id, row.matter_id, row.size, row.media) if row else None

    async def parts(self, file: Stored) -> AsyncIterator[bytes]:
        """What is in it, part by part.

        Raises:
            VaultError: it was sealed with none of the keys given.
        """
        n = 0
        part = select(file_parts.c.content).where(file_parts.c.file_id == file.id)
        while (sealed := await self._tx.scalar(part.where(file_parts.c.n == n))) is not None:
            yield base64.b85decode(self._vault.open(sealed))
            n += 1

    async def read(self, file: Stored) -> bytes:
        """The whole of it. Raises as `parts` does."""
        return b"".join([part async for part in self.parts(file)])


def is_ours(file_id: str | None) -> bool:
    """Whether a file is kept by us, not by Telegram."""
    return (file_id or "").startswith(PREFIX)


def _number(name: str) -> int:
    return int(name.removeprefix(PREFIX))

"""The chain of acts on a matter: one event per act, sealed with the digest of the one before; no words of people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from db.engine import Tx
from db.schema.matters import entries, events
from db.types import to_ms
from desk.copies import Copy, keep_copy
from desk.deed import Message
from desk.filing import Upload
from desk.rules.life import Act, Status
from desk.sealing import OF_ENTRY, closed
from desk.vault import Vault

FIRST = "0" * 64
"""What stands before the first event."""


class History:
    """Appends events and entries, inside one transaction that already holds the matter's row."""

    def __init__(self, tx: Tx, now: datetime, vault: Vault) -> None:
        self._tx = tx
        self._now = now
        self._vault = vault

    async def append(
        self,
        matter_id: int,
        act: Act,
        status: Status,
        *,
        actor_id: int | None,
        entry_n: int | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Add one event. `facts` are values of the act, never personal text, which stays in the entries."""
        last = (
            await self._tx.execute(
                select(events.c.n, events.c.digest)
                .where(events.c.matter_id == matter_id)
                .order_by(events.c.n.desc())
                .limit(1)
            )
        ).first()
        row = {
            "matter_id": matter_id,
            "n": (last.n if last else 0) + 1,
            "at": self._now,
            "actor_id": actor_id,
            "act": act.value,
            "status": status.value,
            "entry_n": entry_n,
            "facts": dict(facts or {}),
            "previous": last.digest if last else FIRST,
        }
        await self._tx.execute(insert(events).values(**row, digest=digest(row)))

    async def say(
        self,
        matter_id: int,
        author_id: int,
        text: str,
        uploads: Sequence[Upload] = (),
        *,
        internal: bool = False,
        message: Message | None = None,
        replies: int | None = None,
        edits: int | None = None,
        secret: bool = False,
    ) -> int | None:
        """Keep words and files as numbered entries; the number of the first, or `None` when there was nothing.

        Words that came with one file are its caption and one entry with it. `message` is what they came as, `replies`
        the number of the entry they answer, `edits` of the one they replace; `secret` ones are sealed.
        """
        parts = _parts(text, uploads)
        if not parts:
            return None
        newest = select(func.coalesce(func.max(entries.c.n), 0)).where(entries.c.matter_id == matter_id)
        first: int = 1 + await self._tx.scalar(newest)
        same = {
            "matter_id": matter_id,
            "at": self._now,
            "author_id": author_id,
            "internal": internal,
            "reply_n": replies,
            "edits_n": edits,
        }
        for n, part in enumerate(parts, start=first):
            kept = {**part, **closed(self._vault, part, OF_ENTRY)} if secret else part
            await self._tx.execute(insert(entries).values(**same, n=n, **kept))
        if message is not None:
            own = Copy(message.chat_id, message.message_id, matter_id, first, ours=False, caption=bool(uploads))
            await keep_copy(self._tx, own)
        return first


def _parts(text: str, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    """The entries that words and files become, without what all of them share."""
    captioned = text if len(uploads) == 1 else ""
    words = [{"kind": "text", "text": text}] if text and not captioned else []
    files = [
        {
            "kind": u.kind,
            "text": captioned,
            "file_id": u.file_id,
            "file_name": u.name,
            "file_size": u.size,
            "album": u.album,
        }
        for u in uploads
    ]
    return [*words, *files]


def digest(event: Mapping[str, Any]) -> str:
    """The seal of an event: SHA-256 over its fields, the digest before it included."""
    sealed = {
        **{
            name: event[name]
            for name in ("matter_id", "n", "actor_id", "act", "status", "entry_n", "facts", "previous")
        },
        "at": to_ms(event["at"]),
    }
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

"""Which message in which chat carries which entry of a matter's conversation: an author's own, or a copy we sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, insert, select

from db.engine import Tx
from db.schema.conversation import copies


@dataclass(frozen=True)
class Copy:
    """A message that carries an entry: as its author wrote it, or (`ours`) as we passed it on."""

    chat_id: int
    message_id: int
    matter_id: int
    entry_n: int
    ours: bool
    caption: bool


async def keep_copy(tx: Tx, copy: Copy) -> None:
    """Remember what a message carries; said a second time it changes nothing."""
    here = and_(copies.c.chat_id == copy.chat_id, copies.c.message_id == copy.message_id)
    if not await tx.scalar(select(func.count()).select_from(copies).where(here)):
        await tx.execute(insert(copies).values(**vars(copy)))


async def copy_at(tx: Tx, chat_id: int, message_id: int) -> Copy | None:
    """What the message in this chat carries, if it is part of a conversation."""
    here = and_(copies.c.chat_id == chat_id, copies.c.message_id == message_id)
    row = (await tx.execute(select(copies).where(here))).mappings().first()
    return Copy(**row) if row else None


async def copies_in(tx: Tx, chat_id: int, matter_id: int, entry_n: int) -> Sequence[Copy]:
    """The messages of this chat that carry this entry, the oldest first."""
    those = and_(copies.c.matter_id == matter_id, copies.c.entry_n == entry_n, copies.c.chat_id == chat_id)
    rows = await tx.execute(select(copies).where(those).order_by(copies.c.message_id))
    return [Copy(**row) for row in rows.mappings().all()]

"""After a drill: what was acknowledged and never arrived, what arrived and nobody owed, what arrived twice."""

from __future__ import annotations

from dataclasses import dataclass

from phones import Phones
from sqlalchemy import func, select

from db.engine import Database
from db.schema.matters import matters
from db.schema.queues import inbox, outbox


@dataclass(frozen=True)
class Reckoning:
    """The result of a drill.

    `lost`: updates acknowledged and not handled, and messages owed and not in the chat. `twice`: messages in a chat
    that the database knows nothing of; no more than were being sent when a process died.
    """

    lost: list[str]
    twice: int
    matters: int


async def reckon(url: str, phones: Phones) -> Reckoning:
    """Compare the database with what stands in the chats. Everything has settled."""
    database = await Database.open(url)
    try:
        async with database.read() as tx:
            undone = list(await tx.execute(select(inbox.c.id, inbox.c.state).where(inbox.c.state != "done")))
            owed = list(await tx.execute(select(outbox).order_by(outbox.c.id)))
            filed = int(await tx.scalar(select(func.count()).select_from(matters)))
    finally:
        await database.close()
    lost = [f"inbox {row.id} is {row.state}" for row in undone]
    lost += [f"outbox {row.id} is {row.state}: {row.error}" for row in owed if row.state in ("due", "dead")]
    known = {row.message_id for row in owed if row.state == "done" and row.message_id is not None}
    shown: set[int] = set()
    for person in await phones.get("/people"):
        for message in await phones.messages(person["key"]):
            if not message["mine"]:
                shown.add(message["message_id"])
    gone = {row.params.get("message_id") for row in owed if row.method == "deleteMessage"}
    lost += [f"message {number} was sent and is not there" for number in known - shown - gone]
    return Reckoning(lost, len(shown - known), filed)


async def settled(url: str) -> bool:
    """Whether nothing is left to do in this database."""
    database = await Database.open(url)
    try:
        async with database.read() as tx:
            for table in (inbox, outbox):
                if await tx.scalar(select(func.count()).select_from(table).where(table.c.state == "due")):
                    return False
        return True
    finally:
        await database.close()

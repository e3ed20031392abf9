"""The tables of the durable queues: updates received, messages owed, timers set; and what sending has to remember."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, SmallInteger, String, Table, Text, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.schema import SchemaItem

from db.schema.base import metadata
from db.types import Id, Instant, Json, Sealed

DUE, DONE, DEAD, SUPERSEDED = "due", "done", "dead", "superseded"


def queue_table(name: str, *own: SchemaItem, in_order: bool) -> Table:
    """A queue's table. `in_order`: rows of one key are handled one after the other, urgent keys first; else by time."""
    undone = text(f"state = '{DUE}'")
    first = ("urgency", "id") if in_order else ("due_at", "id")
    columns: list[Column[Any]] = [
        Column("id", Id, primary_key=True),
        Column("key", String(64), nullable=not in_order, comment="rows of one key are handled in order"),
        Column("urgency", SmallInteger, nullable=False, server_default="0", comment="lower goes first"),
        Column("due_at", Instant, nullable=False),
        Column("state", String(12), nullable=False, server_default=DUE),
        Column("lease", String(32), comment="who holds the row; only the holder may finish it"),
        Column("leased_until", Instant),
        Column("claims", Integer, nullable=False, server_default="0", comment="times taken in hand"),
        Column("attempts", Integer, nullable=False, server_default="0", comment="times failed"),
        Column("error", Text),
        Column("created_at", Instant, nullable=False),
        Column("done_at", Instant),
    ]
    return Table(
        name,
        metadata,
        *columns,
        *own,
        CheckConstraint(f"state IN ('{DUE}', '{DONE}', '{DEAD}', '{SUPERSEDED}')", name=f"{name}_state"),
        Index(f"{name}_next", *first, sqlite_where=undone, postgresql_where=undone),
        Index(f"{name}_line", "key", "id", sqlite_where=undone, postgresql_where=undone),
        Index(
            f"{name}_finished",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
        Index(
            f"{name}_dead",
            "done_at",
            sqlite_where=text(f"state = '{DEAD}'"),
            postgresql_where=text(f"state = '{DEAD}'"),
        ),
        sqlite_autoincrement=True,
    )


inbox = queue_table(
    "inbox",
    Column("update_id", BigInteger, unique=True, comment="null: not an update that can be told apart"),
    Column(
        "body", Text, nullable=False, comment="as received, so that nothing is lost by reading it", info={"emptied": ""}
    ),
    Column("sealed", Sealed, comment="of an update that was given up: the body, which is empty then"),
    in_order=True,
)

outbox = queue_table(
    "outbox",
    Column("chat_id", BigInteger, nullable=False),
    Column("method", String(48), nullable=False),
    Column("params", Json, nullable=False, info={"emptied": {}}),
    Column("card_id", BigInteger),
    Column("matter_id", BigInteger),
    Column("person_id", BigInteger),
    Column("purpose", String(64), comment="unsent rows of one purpose can be superseded together"),
    Column("message_id", BigInteger, comment="what Telegram called it"),
    Column("entries", Json, comment="the entries of the matter that its messages carry, in order"),
    Index(
        "outbox_by_message",
        "chat_id",
        "message_id",
        sqlite_where=text("message_id IS NOT NULL"),
        postgresql_where=text("message_id IS NOT NULL"),
    ),
    Index(
        "outbox_by_matter",
        "matter_id",
        "created_at",
        sqlite_where=text("matter_id IS NOT NULL"),
        postgresql_where=text("matter_id IS NOT NULL"),
    ),
    Index(
        "outbox_by_purpose", "purpose", sqlite_where=text(f"state = '{DUE}'"), postgresql_where=text(f"state = '{DUE}'")
    ),
    in_order=True,
)

timers = queue_table(
    "timers",
    Column("kind", String(32), nullable=False),
    Column("matter_id", BigInteger),
    Column("dedupe", String(96), unique=True, comment="one timer of this name, ever"),
    Column("body", Json, nullable=False, server_default="{}"),
    Index(
        "timers_by_matter",
        "matter_id",
        sqlite_where=text(f"state = '{DUE}'"),
        postgresql_where=text(f"state = '{DUE}'"),
    ),
    in_order=False,
)

cards = Table(
    "cards",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, comment="null: not sent yet, or to be sent anew"),
    Column("digest", String(64), comment="of the content last sent"),
    Unique("matter_id", "person_id", name="cards_one_each"),
    Index("cards_by_message", "chat_id", "message_id"),
)

rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("key", String(64), primary_key=True, comment="bot, or a chat"),
    Column("full_at", Instant, nullable=False, comment="when the bucket will be full again (GCRA's arrival time)"),
    Column("held_until", Instant, comment="Telegram said: not before"),
)

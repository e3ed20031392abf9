"""The FAQ's history: texts by digest, versions that were live, edits proposed, groups of misses, and work to do."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from db.schema.base import metadata
from db.schema.queues import queue_table
from db.types import Id, Instant, Json

book_texts = Table(
    "book_texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", Text, nullable=False, comment="a file's whole text, kept once however many versions have it"),
)

book_versions = Table(
    "book_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("follows", Id, nullable=False, unique=True, comment="the row before; of many processes one writes the next"),
    Column("at", Instant, nullable=False),
    Column("version", String(64), nullable=False),
    Column("status", String(8), nullable=False),
    Column("origin", String(8), nullable=False),
    Column("author_id", ForeignKey("persons.id"), comment="null: a file was saved in the folder"),
    Column("changes", Integer, nullable=False, server_default="0", comment="how many differences to the one before"),
    Column("files", Json, nullable=False, comment="file name to digest; empty for a state that was refused"),
    CheckConstraint("status IN ('live', 'refused')", name="book_versions_status"),
    CheckConstraint("origin IN ('start', 'folder', 'chat')", name="book_versions_origin"),
)

book_edits = Table(
    "book_edits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("author_id", ForeignKey("persons.id"), nullable=False),
    Column("status", String(10), nullable=False),
    Column("wish", Json, nullable=False, comment="what the editor asked for, so that it can be tried anew"),
    Column("base", String(64), comment="version of the folder that was previewed"),
    Column("version", String(64), comment="version of the folder that would come of it"),
    Column("files", Json, comment="file name to digest, the whole folder"),
    Column("told", Json, comment="by language, what the preview said would change"),
    CheckConstraint(
        "status IN ('asked', 'open', 'refused', 'confirmed', 'applied', 'stale', 'dropped')", name="book_edits_status"
    ),
    Index("book_edits_by_author", "author_id", "id"),
)

book_misses = Table(
    "book_misses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("language", String(8), nullable=False),
    Column("texts", Json, nullable=False, comment="the ways it was asked, the most frequent first"),
    Column("count", Integer, nullable=False),
    Column("nearest", String(64), comment="the entry that comes nearest"),
    Column("questions", Json, nullable=False, comment="ids of the questions in the group"),
    Column("status", String(10), nullable=False),
    CheckConstraint("status IN ('open', 'settled', 'replaced')", name="book_misses_status"),
    Index("book_misses_by_status", "status", "id"),
)

book_jobs = queue_table("book_jobs", Column("body", Json, nullable=False), in_order=True)

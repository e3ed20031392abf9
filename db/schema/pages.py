"""The office's own pages: passes by which people are let in, and the files they left there."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from db.schema.base import metadata
from db.types import Id, Instant, Sealed

passes = Table(
    "passes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(8), nullable=False, comment="a link, good once and briefly, or the session it opened"),
    Column("digest", String(64), nullable=False, unique=True, comment="of the token, which is kept nowhere"),
    Column("person_id", ForeignKey("persons.id"), nullable=False),
    Column("telegram_id", BigInteger, nullable=False, comment="the account it was sent to; another one ends it"),
    Column("target", String(64), nullable=False, server_default="", comment="the page it leads to"),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="used, signed out, or followed by a newer link"),
    CheckConstraint("kind IN ('link', 'session')", name="passes_kind"),
    Index("passes_by_person", "person_id", "kind"),
)

files = Table(
    "files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), comment="null: not handed in yet"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, comment="whoever left it"),
    Column("size", BigInteger, nullable=False, comment="bytes"),
    Column("media", Text, nullable=False, comment="what it is by its first bytes, as a media type"),
    Column("at", Instant, nullable=False),
    Index("files_by_matter", "matter_id"),
    Index("files_by_person", "person_id"),
)

file_parts = Table(
    "file_parts",
    metadata,
    Column("file_id", ForeignKey("files.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("content", Sealed, nullable=False),
)

"""Who has looked at the content of a sensitive matter, when, and at what of it."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from db.schema.base import metadata
from db.types import Id, Instant

seen = Table(
    "seen",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("person_id", ForeignKey("persons.id"), nullable=False),
    Column("matter_id", ForeignKey("matters.id"), nullable=False),
    Column("what", String(8), nullable=False),
    CheckConstraint("what IN ('card', 'words', 'history', 'files', 'page', 'export')", name="seen_what"),
    Index("seen_by_matter", "matter_id", "at"),
    Index("seen_by_person", "person_id", "at"),
)

"""What is kept aside: how to undo an import of the roster, and matters of people who asked to be forgotten."""

from sqlalchemy import Column, ForeignKey, Table, Text

from db.schema.base import metadata
from db.types import Id, Instant, Json, Sealed

roster_imports = Table(
    "roster_imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by_id", ForeignKey("persons.id"), comment="null: the command line"),
    Column("source", Text, nullable=False, comment="the file's name"),
    Column("status", Text, nullable=False, comment="waiting, applied, undone"),
    Column("counts", Json, nullable=False),
    Column("changes", Sealed, nullable=False, comment="every row before and after, sealed"),
)

locked_matters = Table(
    "locked_matters",
    metadata,
    Column("matter_id", ForeignKey("matters.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("content", Sealed, nullable=False, comment="answers, words and result, sealed"),
)

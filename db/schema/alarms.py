"""What the auditor found, or what was given up and told at once: each finding raises its alarm once."""

from sqlalchemy import Column, Index, String, Table, text

from db.schema.base import metadata
from db.types import Instant

alarms = Table(
    "alarms",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("subject", String(64), primary_key=True, comment="a queue, a matter, an act or a row, by kind"),
    Column("raised_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="null: it is still so"),
    Index(
        "alarms_standing",
        "kind",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

"""Who did what besides the acts on matters, what was refused, what waits for a second person, and words to many."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.schema.base import metadata
from db.types import Id, Instant, Json

ledger = Table(
    "ledger",
    metadata,
    Column("id", Id, primary_key=True),
    Column("n", BigInteger, nullable=False, unique=True, comment="1, 2, 3 … over all"),
    Column("at", Instant, nullable=False),
    Column("actor_id", ForeignKey("persons.id"), comment="null: the command line, or the service itself"),
    Column("act", String(32), nullable=False),
    Column("subject", BigInteger, comment="the row it was done to"),
    Column("facts", Json, nullable=False, comment="values of the act that are not personal text"),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ledger_by_actor", "actor_id", "at"),
)

refused = Table(
    "refused",
    metadata,
    Column("id", Id, primary_key=True),
    Column("day", Date, nullable=False),
    Column("person_id", ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("act", String(32), nullable=False),
    Column("matter_id", BigInteger, nullable=False, comment="0: no matter, or none of that number"),
    Column("way", String(8), nullable=False, comment="press or words"),
    Column("times", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    UniqueConstraint("person_id", "day", "act", "matter_id", "way", name="refused_once_a_day"),
    Index("refused_by_day", "day"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("asker_id", ForeignKey("persons.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("subject", BigInteger, nullable=False, comment="the import, edit or announcement; 0: none"),
    Column("facts", Json, nullable=False, comment="what it would do, in numbers"),
    Column("status", String(8), nullable=False),
    Column("decided_by", ForeignKey("persons.id")),
    Column("decided_at", Instant),
    CheckConstraint("kind IN ('roles', 'export', 'announce', 'faq')", name="approvals_kind"),
    CheckConstraint("status IN ('open', 'granted', 'refused')", name="approvals_status"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("by_id", ForeignKey("persons.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("text_en", Text, nullable=False, server_default=""),
    Column("audience", String(64), nullable=False, comment="all, tier:… or category:…"),
    Column("duty", Boolean, nullable=False, comment="about the card itself: nobody can unsubscribe from it"),
    Column("status", String(8), nullable=False),
    Column("count", Integer, nullable=False, server_default="0", comment="how many it was sent to"),
    CheckConstraint("status IN ('draft', 'sent', 'dropped')", name="announcements_status"),
)

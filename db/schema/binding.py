"""How an account becomes a person's: links given out, tries that failed, requests to a person, and consents given."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from db.schema.base import metadata
from db.types import Id, Instant, Sealed

invitations = Table(
    "invitations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(8), nullable=False, comment="a card's letter, or an invitation to staff"),
    Column("digest", String(64), nullable=False, unique=True, comment="of the link's token, which is kept nowhere"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, comment="whom the roster means"),
    Column("made_by", ForeignKey("persons.id"), comment="null: the command line"),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant, comment="used, or withdrawn because a newer one was made"),
    CheckConstraint("kind IN ('card', 'staff')", name="invitations_kind"),
    Index("invitations_by_person", "person_id"),
)

binding_tries = Table(
    "binding_tries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("scope", String(80), nullable=False, comment="an account, a card number's mark, or all"),
    Index("binding_tries_by_scope", "scope", "at"),
)

binding_requests = Table(
    "binding_requests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("asker_id", ForeignKey("persons.id"), nullable=False),
    Column("person_id", ForeignKey("persons.id"), comment="whose card it is, by the roster"),
    Column("said", Sealed, nullable=False, comment="name and card number as given, sealed"),
    Column("at", Instant, nullable=False),
    Column("status", String(8), nullable=False),
    Column("decided_by", ForeignKey("persons.id")),
    Column("decided_at", Instant),
    CheckConstraint("status IN ('open', 'granted', 'refused')", name="binding_requests_status"),
    Index("binding_requests_by_asker", "asker_id", "status"),
)

consents = Table(
    "consents",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Column("kind", String(16), primary_key=True, comment="child, money or health"),
    Column("version", String(16), nullable=False),
    Column("at", Instant, nullable=False),
)

"""Who the service knows: persons, cards, staff, projects, teams and the links of the three ones."""

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
)

from db.schema.base import metadata
from db.types import Instant, Sealed

Id = BigInteger().with_variant(Integer, "sqlite")

persons = Table(
    "persons",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), unique=True, comment="the roster's own name for this person"),
    Column("telegram_id", BigInteger, unique=True),
    Column("chat_id", BigInteger),
    Column("name", Text, nullable=False),
    Column("phone_mark", String(64), index=True, comment="keyed hash, to compare with"),
    Column("phone_sealed", Sealed, comment="encrypted; the key is outside the database"),
    Column("language", String(8), comment="chosen by the person; null: follow the app"),
    Column("app_language", String(16), comment="what the person's app says"),
    Column("consent", String(16), comment="version of the notice agreed to"),
    Column("consent_at", Instant),
    Column("reachable", Boolean, nullable=False, server_default="1"),
    Column("no_news", Boolean, nullable=False, server_default="0", comment="wants no messages that nobody owes them"),
    Column("created_at", Instant, nullable=False),
    Column("left_at", Instant, comment="noticed in the night: neither card nor post any more"),
    Index("persons_by_chat", "chat_id"),
)

talent_cards = Table(
    "talent_cards",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("tier", String(32), nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("status", String(16), nullable=False, server_default="active"),
    Column("reminded_for", Date, comment="the last day that its holder was reminded of"),
    CheckConstraint("status IN ('active', 'lost', 'revoked')", name="talent_cards_status"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False),
    Column("office", String(32), nullable=False, comment="id in the offices file"),
    Column("role", String(16), nullable=False),
    Column("title_zh", Text, nullable=False, server_default=""),
    Column("title_en", Text, nullable=False, server_default=""),
    Column("acts_for", ForeignKey("staff.id"), comment="the leader this liaison acts for"),
    Column("deputy_id", ForeignKey("staff.id")),
    Column("active", Boolean, nullable=False, server_default="1"),
    CheckConstraint(
        "role IN ('leader', 'liaison', 'head', 'handler', 'run_team', 'dispatcher', 'editor', 'admin', 'auditor')",
        name="staff_role",
    ),
    Index("staff_by_person", "person_id"),
    Index("staff_by_office", "office", "role"),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), unique=True, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="1"),
)

teams = Table(
    "teams",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), unique=True, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="1"),
)

project_members = Table(
    "project_members",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Index("project_members_by_person", "person_id"),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", ForeignKey("teams.id"), primary_key=True),
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Index("team_members_by_person", "person_id"),
)

links = Table(
    "links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject_id", BigInteger, nullable=False, comment="a person, project or team, by kind"),
    Column("staff_id", ForeignKey("staff.id"), comment="the leader or run-team member"),
    Column("office", String(32), comment="the department of a project"),
    Column("since", Date, nullable=False),
    Column("until", Date),
    CheckConstraint("kind IN ('leader', 'department', 'run_team')", name="links_kind"),
    CheckConstraint("(staff_id IS NULL) <> (office IS NULL)", name="links_one_end"),
    Index("links_by_subject", "kind", "subject_id"),
)

absences = Table(
    "absences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("deputy_id", ForeignKey("staff.id")),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Index("absences_by_staff", "staff_id", "last_day"),
)

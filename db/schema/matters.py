"""What was promised to whom: matters, the chain of acts on them, words and files exchanged, and unfinished forms."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy import UniqueConstraint as Unique

from db.schema.base import metadata
from db.schema.people import Id
from db.types import Instant, Json, Sealed

UNENDED = "status NOT IN ('closed', 'withdrawn')"
"""Somebody still owes something; written as a text so that the index for it is found while planning."""

counters = Table(
    "counters",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

matters = Table(
    "matters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False, comment="the cardholder"),
    Column("category", String(32), nullable=False, comment="id in the categories file"),
    Column("concern", String(16), nullable=False),
    Column("concern_id", BigInteger, comment="the project or team"),
    Column("status", String(16), nullable=False),
    Column("owner_id", ForeignKey("staff.id"), nullable=False),
    Column("office", String(32), nullable=False),
    Column("level", Integer, nullable=False, server_default="0", comment="steps up the ladder so far"),
    Column("reason", Json, nullable=False),
    Column("trail", Json, nullable=False),
    Column("answers", Json, nullable=False),
    Column("wanted", Json, comment="materials asked for and not yet supplied"),
    Column("result", Text),
    Column("sealed", Sealed, comment="of a sensitive matter: answers, wanted and result, which are empty then"),
    Column("filed_at", Instant, nullable=False),
    Column("dispatched_at", Instant, nullable=False, comment="when the present hands got it"),
    Column("since", Instant, nullable=False, comment="when it came into its status"),
    Column("promised_at", Instant, nullable=False, comment="from when the time to deliver counts"),
    Column("pauses", Json, nullable=False, comment="when the cardholder was to act: [from, to or null] in ms"),
    Column("extended_to", Instant),
    Column("extension", Json, comment="more time asked for and not yet answered: new moment in ms, and who asked"),
    Column("accept_due", Instant, nullable=False),
    Column("deliver_due", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("delivered_at", Instant),
    Column("closed_at", Instant),
    Column("solved", Boolean),
    Column("rating", Integer),
    CheckConstraint("concern IN ('person', 'project', 'team')", name="matters_concern"),
    CheckConstraint("rating BETWEEN 1 AND 5", name="matters_rating"),
    Index("matters_by_person", "person_id", "id"),
    Index("matters_by_owner", "owner_id", "status"),
    Index(
        "matters_open", "owner_id", "status", "deliver_due", sqlite_where=text(UNENDED), postgresql_where=text(UNENDED)
    ),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False),
    Column("n", Integer, nullable=False, comment="1, 2, 3 … within the matter"),
    Column("at", Instant, nullable=False),
    Column("actor_id", ForeignKey("persons.id"), comment="null: the clock"),
    Column("act", String(24), nullable=False),
    Column("status", String(16), nullable=False, comment="after the act"),
    Column("entry_n", Integer, comment="the words or file that came with the act"),
    Column("facts", Json, nullable=False, comment="values of the act that are not personal text"),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Unique("matter_id", "n", name="events_in_order"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("author_id", ForeignKey("persons.id"), nullable=False),
    Column("internal", Boolean, nullable=False, server_default="0"),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("file_id", Text),
    Column("file_name", Text),
    Column("file_size", BigInteger),
    Column("album", String(64)),
    Column("reply_n", Integer, comment="the entry this one answers"),
    Column("edits_n", Integer, comment="the entry whose words this one replaces"),
    Column("sealed", Sealed, comment="of a sensitive matter: the words and the file's name, which are empty then"),
    Unique("matter_id", "n", name="entries_in_order"),
    Index("entries_by_album", "author_id", "album"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Column("journey", String(32), nullable=False),
    Column("state", Json, nullable=False),
    Column("sealed", Sealed, comment="the form; what stands in `state` is from before it was sealed"),
    Column("updated_at", Instant, nullable=False),
)

questions = Table(
    "questions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("asker_id", BigInteger, comment="removed when the retention time is over"),
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("entries", Json, nullable=False),
    Column("chosen", String(64)),
    Column("liked", Boolean),
    Column("filed", Boolean, nullable=False, server_default="0"),
    Column("book", String(64), nullable=False, comment="version of the FAQ that answered"),
    Column("settled", String(10), comment="what an editor made of a miss: phrasing, entry, off_topic, ignored"),
    Index("questions_by_time", "at"),
)

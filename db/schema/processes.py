"""How the processes that serve one database know of each other, and who of them does what only one may do."""

from sqlalchemy import BigInteger, Column, String, Table

from db.schema.base import metadata
from db.types import Instant

processes = Table(
    "processes",
    metadata,
    Column("name", String(16), primary_key=True, comment="the leases it holds begin with it"),
    Column("beats", BigInteger, nullable=False, comment="counted up while it lives"),
    Column("beat_at", Instant, nullable=False, comment="for people to read; whether it lives is told by the count"),
    Column("started_at", Instant, nullable=False),
    Column("place", String(128), nullable=False, comment="kernel, namespace, number and beginning; see db.whereabouts"),
)

duties = Table(
    "duties",
    metadata,
    Column("name", String(32), primary_key=True, comment="what only one process may do at a time"),
    Column("process", String(16), nullable=False),
    Column("done_at", Instant, comment="when a round of it was last finished, by whoever had it then"),
)

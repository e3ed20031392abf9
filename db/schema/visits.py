"""The run-team's log: visits to teams, planned and made."""

from sqlalchemy import Column, Date, ForeignKey, Index, Table, Text

from db.schema.base import metadata
from db.schema.people import Id
from db.types import Instant, Json, Sealed

visits = Table(
    "visits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("team_id", ForeignKey("teams.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, comment="the run-team member"),
    Column("planned_on", Date, comment="the day it is planned for"),
    Column("visited_at", Instant, comment="null: not made yet"),
    Column("words", Text, nullable=False, server_default=""),
    Column("files", Json, nullable=False, comment="Telegram's own copies: [kind, file id, name, size]"),
    Column("sealed", Sealed, comment="of a visit that was made: words and files, which are empty then"),
    Column("created_at", Instant, nullable=False),
    Index("visits_by_team", "team_id", "visited_at"),
    Index("visits_by_staff", "staff_id", "planned_on"),
)

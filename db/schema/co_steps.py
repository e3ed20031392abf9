"""Several departments on one matter: each has its own step beside the lead's; the cardholder gets one answer."""

from sqlalchemy import Column, ForeignKey, Index, String, Table
from sqlalchemy import UniqueConstraint as Unique

from db.schema.base import metadata
from db.schema.people import Id
from db.types import Instant

co_steps = Table(
    "co_steps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False),
    Column("office", String(32), nullable=False, comment="the department whose part it is"),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, comment="who holds this part now"),
    Column("since", Instant, nullable=False, comment="from when its time counts"),
    Column("taken_at", Instant),
    Column("done_at", Instant),
    Unique("matter_id", "office", name="co_steps_one_each"),
    Index("co_steps_by_staff", "staff_id"),
)

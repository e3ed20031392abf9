"""Every table, on one `metadata`; a new file of tables is named here so that migrations see it."""

from db.schema import (
    alarms,
    authority,
    binding,
    book,
    co_steps,
    conversation,
    keeping,
    matters,
    pages,
    people,
    processes,
    queues,
    seen,
    visits,
)
from db.schema.base import metadata

__all__ = [
    "alarms",
    "authority",
    "binding",
    "book",
    "co_steps",
    "conversation",
    "keeping",
    "matters",
    "metadata",
    "pages",
    "people",
    "processes",
    "queues",
    "seen",
    "visits",
]

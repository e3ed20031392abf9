"""Which failures of a database pass by themselves: they say nothing against the row that was being worked on."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

PASSING = ("08", "25006", "25P03", "40", "53", "55", "57", "58")
"""Beginnings of SQLSTATEs: connection lost, read-only, idle too long, conflict with another transaction, disk or memory
short, lock held, shut down, system error. Source: PostgreSQL's documentation, appendix A."""


def passing(error: BaseException) -> bool:
    """Whether the same work may succeed later as it is."""
    if isinstance(error, (OperationalError, InterfaceError, NoConnectionLeft, OSError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(PASSING)

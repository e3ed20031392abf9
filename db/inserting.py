"""INSERT where the row may be there already: each database has a statement of its own for it.

What belongs to PostgreSQL is loaded only where PostgreSQL is used; it takes 2 MB.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite


def insert_into(table: Table, dialect: str) -> Any:
    """An INSERT of this dialect (`sqlite` or `postgresql`) that can be told what to do `on_conflict_…`."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


@cache
def insert_new(table: Table, dialect: str) -> Any:
    """An INSERT of this dialect that leaves a row that is there already as it is."""
    return insert_into(table, dialect).on_conflict_do_nothing()

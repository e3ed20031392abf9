"""How many matters are open, and how many of them are late by which promise, as of one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select

from db.engine import Tx
from db.schema.matters import UNENDED, matters
from desk.rules.deadlines import STILL_OWED, Promise

UNENDED_MATTER: ColumnElement[bool] = literal_column(f"matters.{UNENDED}")
"""Told by the index of open matters alone, however many are closed."""


@dataclass(frozen=True)
class Lateness:
    """Counts of matters."""

    open: int
    late_to_accept: int
    late_to_deliver: int


async def lateness(tx: Tx, now: datetime) -> Lateness:
    """Count what is open now."""

    def late(promise: Promise, due: ColumnElement[datetime]) -> ColumnElement[int]:
        owed = [status.value for status in STILL_OWED[promise]]
        return func.coalesce(func.sum(case((and_(matters.c.status.in_(owed), due <= now), 1), else_=0)), 0)

    counts = select(
        func.count(), late(Promise.ACCEPT, matters.c.accept_due), late(Promise.DELIVER, matters.c.deliver_due)
    ).where(UNENDED_MATTER)
    return Lateness(*(int(value) for value in (await tx.execute(counts)).one()))

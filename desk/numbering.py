"""Matter numbers: `EY-2026-000123`, counted from 1 each year of the district's calendar, without gaps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update

from db.engine import Tx
from db.schema.matters import counters
from desk.rules.zone import day_of


async def next_number(tx: Tx, now: datetime) -> str:
    """The next number; part of the caller's transaction, so that a filing undone leaves no gap."""
    year = day_of(now).year
    name = f"EY-{year}"
    raised = (
        update(counters).where(counters.c.name == name).values(value=counters.c.value + 1).returning(counters.c.value)
    )
    value = await tx.scalar(raised)
    if value is None:
        value = 1
        await tx.execute(insert(counters).values(name=name, value=value))
    return f"{name}-{value:06d}"

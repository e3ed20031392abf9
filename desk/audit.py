"""The chain of acts, looked through from its first link: whether every seal fits, and which first does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select

from db.engine import Tx
from db.schema.authority import ledger
from db.schema.matters import counters, events, matters
from desk.history import FIRST, digest
from desk.ledger import COUNTER, seal

PAGE = 2000


@dataclass(frozen=True)
class Verdict:
    """How many acts were looked at, and the first that does not fit: its matter's number and its place in it.

    `of_office`: it is a row of the office's own acts, and `n` its place among those.
    """

    looked_at: int
    matter: str = ""
    n: int = 0
    of_office: bool = False

    @property
    def sound(self) -> bool:
        """Whether everything fits."""
        return not self.n


async def verify(tx: Tx) -> Verdict:
    """Look through every event of every matter.

    An event fits when its place follows the one before, it names that one's seal, and its own seal is of its content.
    The last of a matter has to be the one that brought it where it stands.
    """
    looked_at, matter_id, expected, n = 0, 0, FIRST, 0
    while rows := await _page(tx, matter_id, n):
        for row in rows:
            if row.matter_id != matter_id:
                matter_id, expected, n = row.matter_id, FIRST, 0
            looked_at, n = looked_at + 1, n + 1
            if row.n != n or row.previous != expected or row.digest != digest(dict(row._mapping)):
                number = await tx.scalar(select(matters.c.number).where(matters.c.id == row.matter_id))
                return Verdict(looked_at, number or str(row.matter_id), row.n)
            expected = row.digest
    short = await _cut_short(tx)
    if short:
        return Verdict(looked_at, short.number, (short.n or 0) + 1)
    return await _office(tx, looked_at)


async def _office(tx: Tx, looked_at: int) -> Verdict:
    """The office's own acts: one chain over all, whose length stands in its counter."""
    expected, n = FIRST, 0
    while rows := (await tx.execute(select(ledger).where(ledger.c.n > n).order_by(ledger.c.n).limit(PAGE))).all():
        for row in rows:
            looked_at, n = looked_at + 1, n + 1
            if row.n != n or row.previous != expected or row.digest != seal(dict(row._mapping)):
                return Verdict(looked_at, n=n, of_office=True)
            expected = row.digest
    whole = await tx.scalar(select(counters.c.value).where(counters.c.name == COUNTER)) or 0
    return Verdict(looked_at, n=n + 1, of_office=True) if whole > n else Verdict(looked_at)


async def _page(tx: Tx, matter_id: int, n: int) -> Sequence[Row[Any]]:
    later = (events.c.matter_id > matter_id) | ((events.c.matter_id == matter_id) & (events.c.n > n))
    query = select(events).where(later).order_by(events.c.matter_id, events.c.n).limit(PAGE)
    return (await tx.execute(query)).all()


async def _cut_short(tx: Tx) -> Row[Any] | None:
    """A matter whose last act is not the one that brought it where it stands: acts were taken off its end."""
    last = select(events.c.matter_id, func.max(events.c.n).label("n")).group_by(events.c.matter_id).subquery()
    ends = select(events.c.matter_id, events.c.n, events.c.status).join(
        last, (events.c.matter_id == last.c.matter_id) & (events.c.n == last.c.n)
    )
    end = ends.subquery()
    query = select(matters.c.number, end.c.n).outerjoin(end, end.c.matter_id == matters.c.id)
    other = or_(end.c.status.is_(None), end.c.status != matters.c.status)
    return (await tx.execute(query.where(other).order_by(matters.c.id).limit(1))).first()

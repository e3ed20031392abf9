"""Alarms: each finding is raised once, stands as long as it is found, and ends; the row is the memory of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from db.engine import Tx
from db.inserting import insert_new
from db.schema.alarms import alarms
from desk.inspection import Finding

ONCE = ("untold", "dead_")
"""Kinds that tell of something that has happened; the others are a state, which can end."""


@dataclass(frozen=True)
class News:
    """What has changed since the look before."""

    raised: Sequence[Finding]
    ended: Sequence[tuple[str, str]]


class Alarms:
    """The alarms, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now

    async def take(self, found: Sequence[Finding]) -> News:
        """Take over what a whole look has found.

        Returns:
            findings that nobody was told of yet, and the kind and subject of those that are over.
        """
        raised = [finding for finding in found if await self._raise(finding.kind, finding.subject)]
        still = {(finding.kind, finding.subject) for finding in found}
        rows = (await self._tx.execute(select(alarms).where(alarms.c.ended_at.is_(None)))).all()
        ended = [(row.kind, row.subject) for row in rows if (row.kind, row.subject) not in still]
        for kind, subject in ended:
            await self._end(kind, subject)
        return News(raised, ended)

    async def note(self, kind: str, subjects: Sequence[str]) -> None:
        """Somebody was told already of these, which have happened (see `ONCE`): no alarm has to be raised for them."""
        happened = {"kind": kind, "raised_at": self._now, "ended_at": self._now}
        rows = [{**happened, "subject": subject} for subject in subjects]
        await self._tx.execute(insert_new(alarms, self._tx.dialect), rows)

    async def count(self, since: datetime) -> dict[str, int]:
        """How many alarms of each kind stand, or tell of something that was found after `since`."""
        stands = alarms.c.ended_at.is_(None) | ((alarms.c.kind == "untold") & (alarms.c.raised_at >= since))
        counts = select(alarms.c.kind, func.count().label("n")).where(stands).group_by(alarms.c.kind)
        return {row.kind: row.n for row in await self._tx.execute(counts)}

    async def _raise(self, kind: str, subject: str) -> bool:
        over = self._now if kind.startswith(ONCE) else None
        row: dict[str, Any] = {"kind": kind, "subject": subject, "raised_at": self._now, "ended_at": over}
        if (await self._tx.execute(insert_new(alarms, self._tx.dialect), row)).rowcount:
            return True
        if over is not None:
            return False
        again = (alarms.c.kind == kind) & (alarms.c.subject == subject) & alarms.c.ended_at.is_not(None)
        done = await self._tx.execute(update(alarms).where(again).values(raised_at=self._now, ended_at=None))
        return bool(done.rowcount)

    async def _end(self, kind: str, subject: str) -> None:
        this = (alarms.c.kind == kind) & (alarms.c.subject == subject)
        await self._tx.execute(update(alarms).where(this).values(ended_at=self._now))

"""What names a post that is held no more, after an import: it names another post of the same person, if they have one.

Rows that the file did not change are looked at, too: of whoever moved or was promoted they say the same as before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, select, update

from db.engine import Tx
from db.schema.people import absences, links, persons, staff
from desk.rules.zone import day_of


class Repointing:
    """One pass over posts, links and absences, inside one transaction.

    Parameters:
        post: the post that is meant by a person's id, in an office or with a role.
    """

    def __init__(self, tx: Tx, post: Callable[..., int | None], now: datetime) -> None:
        self._tx = tx
        self._post = post
        self._today = day_of(now)

    async def run(self) -> None:
        """Look at everything that is not over."""
        serving = select(staff.c.person_id).where(staff.c.active)
        held_before = select(staff.c.id, persons.c.key).join(persons).where(staff.c.active.is_(False))
        held_before = held_before.where(persons.c.id.in_(serving), persons.c.key.is_not(None))
        former: dict[int, str] = {row.id: row.key for row in await self._tx.execute(held_before)}
        if not former:
            return
        posts = select(staff).where(staff.c.active)
        lasting = select(links).where(links.c.until.is_(None) | (links.c.until >= self._today))
        away = select(absences).where(absences.c.last_day >= self._today)
        await self._column(staff, "deputy_id", posts, former, lambda row: {"office": row.office})
        await self._column(staff, "acts_for", posts, former, lambda row: {"role": "leader"})
        await self._column(links, "staff_id", lasting, former, lambda row: {"role": row.kind})
        await self._column(absences, "deputy_id", away, former, lambda row: {})

    async def _column(
        self,
        table: Table,
        column: str,
        rows: Select[Any],
        former: dict[int, str],
        near: Callable[[Any], dict[str, str]],
    ) -> None:
        found = await self._tx.execute(rows.where(table.c[column].in_(list(former))))
        for row in found.all():
            mine = update(table).where(table.c.id == row.id)
            post = self._post(former[getattr(row, column)], **near(row))
            await self._tx.execute(mine.values({column: post}))

"""The three rates read from the acts in the database: who may see which, for which time, grouped by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select

from db.engine import Tx
from db.schema.matters import events, matters
from db.schema.people import persons, staff
from db.types import from_ms
from desk.people import Person
from desk.refusals import NotYours
from desk.rules.life import Act
from desk.rules.rates import Done, Rates, Record, rates
from desk.rules.zone import at_hour, day_of

SEES_ALL = ("admin", "auditor")
ACCEPT_BY, RATING = "accept_by", "rating"
"""What the acts say besides themselves: the first promise, and how content the cardholder was."""


class By(StrEnum):
    """What the rates are grouped by."""

    OFFICE = "office"
    PERSON = "person"
    CATEGORY = "category"
    MONTH = "month"


class Period(StrEnum):
    """Matters filed in this month, in this and the two before, or ever."""

    MONTH = "month"
    QUARTER = "quarter"
    ALL = "all"


@dataclass(frozen=True)
class Scope:
    """Whose matters somebody may count: those of these offices, or all where none are named."""

    offices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """One group: `key` is the office's or category's id, the month (`2026-11`) or the holder's name."""

    key: str
    rates: Rates


@dataclass(frozen=True)
class Table:
    """The rates of all matters looked at, then of each group: the largest first, months in order."""

    total: Rates
    lines: tuple[Line, ...]


GROUPS: Mapping[By, Callable[[Record], str]] = {
    By.OFFICE: lambda each: each.office,
    By.PERSON: lambda each: str(each.owner),
    By.CATEGORY: lambda each: each.category,
    By.MONTH: lambda each: each.month,
}


def scope_of(person: Person) -> Scope:
    """What this person may count: heads their offices, admins and auditors the district.

    Raises:
        NotYours: neither.
    """
    if person.has_role(*SEES_ALL):
        return Scope()
    headed = frozenset(post.office for post in person.posts if post.role == "head")
    if not headed:
        raise NotYours("stats.not_yours")
    return Scope(headed)


def begins(period: Period, today: date) -> date | None:
    """The first day a period counts from; none for ever."""
    if period is Period.ALL:
        return None
    back = 2 if period is Period.QUARTER else 0
    month = today.year * 12 + today.month - 1 - back
    return date(month // 12, month % 12 + 1, 1)


class Statistics:
    """Counts acts, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now

    async def table(self, scope: Scope, by: By, period: Period) -> Table:
        """The three rates of every matter in scope filed in the period, grouped."""
        records = await self.records(scope, begins(period, day_of(self._now)))
        total = rates(records, lambda _each: "", self._now).get("", Rates())
        grouped = rates(records, GROUPS[by], self._now)
        names = await self._names() if by is By.PERSON else {}
        lines = [Line(names.get(key, key), found) for key, found in grouped.items()]
        if by is By.MONTH:
            return Table(total, tuple(sorted(lines, key=lambda line: line.key)))
        return Table(total, tuple(sorted(lines, key=lambda line: (-line.rates.matters, line.key))))

    async def records(self, scope: Scope, since: date | None) -> list[Record]:
        """Every matter in scope filed since that day, with its acts."""
        query = (
            select(matters.c.id, matters.c.office, matters.c.owner_id, matters.c.category)
            .add_columns(events.c.at, events.c.act, events.c.facts)
            .join(events, events.c.matter_id == matters.c.id)
            .order_by(matters.c.id, events.c.n)
        )
        if scope.offices:
            query = query.where(matters.c.office.in_(scope.offices))
        if since is not None:
            query = query.where(matters.c.filed_at >= at_hour(since, time()))
        found: dict[int, list[Row[Any]]] = {}
        for row in (await self._tx.execute(query)).all():
            found.setdefault(row.id, []).append(row)
        filed = [rows for rows in found.values() if any(row.act == Act.FILE for row in rows)]
        return [_record(rows) for rows in filed]

    async def _names(self) -> dict[str, str]:
        query = select(staff.c.id, persons.c.name).join(persons, persons.c.id == staff.c.person_id)
        return {str(row.id): row.name or f"#{row.id}" for row in (await self._tx.execute(query)).all()}


def _record(rows: list[Row[Any]]) -> Record:
    first = rows[0]
    acts = tuple(_done(row) for row in rows)
    return Record(first.id, first.office, first.owner_id, first.category, acts)


def _done(row: Row[Any]) -> Done:
    promised = row.facts.get(ACCEPT_BY)
    due = from_ms(promised) if promised is not None else None
    return Done(row.id, row.at, Act(row.act), due, row.facts.get(RATING))

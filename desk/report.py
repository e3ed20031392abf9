"""Who saw what and who did what: acts on matters, looks at sensitive ones, the office's own acts, and what was refused.

By person, by matter, by time; the latest first. For the auditor, who is none of those who act.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, select, true

from db.engine import Tx
from db.schema.authority import ledger, refused
from db.schema.matters import events, matters
from db.schema.people import persons
from desk.names import plain_name
from desk.refusals import Refused
from desk.views_seen import looks


class What(StrEnum):
    """The kind of a line."""

    DID = "did"
    SAW = "saw"
    OFFICE = "office"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """One thing that happened. `who` is empty for the service itself or the command line; `act` is its name in code.

    `number` is the matter's, if it is about one; `times` how often on that day, of what was refused.
    """

    at: datetime
    what: What
    who: str
    act: str
    number: str = ""
    times: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What the auditor asks for: of one person, of one matter's number, since a moment; nothing means all."""

    person_id: int | None = None
    number: str | None = None
    since: datetime | None = None


class Report:
    """The report, inside one transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def lines(self, asked: Question, *, limit: int, offset: int = 0) -> list[Line]:
        """The latest lines, of every kind together."""
        most = limit + offset
        kinds = [await self._did(asked, most), await self._saw(asked, most), await self._refused(asked, most)]
        if asked.number is None:
            kinds.append(await self._office(asked, most))
        merged = heapq.merge(*kinds, key=lambda line: line.at, reverse=True)
        return list(merged)[offset:most]

    async def person_named(self, said: str) -> int:
        """The one person of this name or roster key.

        Raises:
            Refused: there is none, or more than one.
        """
        query = select(persons.c.id).where((persons.c.name == said) | (persons.c.key == said))
        found = list((await self._tx.execute(query)).scalars())
        if len(found) != 1:
            raise Refused("report.several" if found else "report.nobody", said=said, n=len(found))
        return int(found[0])

    async def _did(self, asked: Question, most: int) -> Sequence[Line]:
        query = (
            select(events.c.at, events.c.act, events.c.actor_id, persons.c.name, matters.c.number)
            .join(matters, matters.c.id == events.c.matter_id)
            .outerjoin(persons, persons.c.id == events.c.actor_id)
            .where(*_which(asked, events.c.actor_id, events.c.at), _number(asked))
        )
        rows = await self._latest(query, events.c.at, most)
        return [Line(row.at, What.DID, _who(row), row.act, row.number) for row in rows]

    async def _saw(self, asked: Question, most: int) -> Sequence[Line]:
        of = {"number": asked.number, "person_id": asked.person_id, "since": asked.since}
        found = await looks(self._tx, **of, limit=most)  # type: ignore[arg-type]
        return [Line(each.at, What.SAW, each.name, each.what.value, each.number) for each in found]

    async def _office(self, asked: Question, most: int) -> Sequence[Line]:
        query = (
            select(ledger.c.at, ledger.c.act, ledger.c.actor_id, ledger.c.facts, persons.c.name)
            .outerjoin(persons, persons.c.id == ledger.c.actor_id)
            .where(*_which(asked, ledger.c.actor_id, ledger.c.at))
        )
        rows = await self._latest(query, ledger.c.at, most)
        names = await self._names({row.facts["person"] for row in rows if isinstance(row.facts.get("person"), int)})
        return [Line(row.at, What.OFFICE, _who(row), row.act, facts=_named(row.facts, names)) for row in rows]

    async def _names(self, ids: Collection[int]) -> Mapping[int, str]:
        """Whom the facts are about."""
        if not ids:
            return {}
        found = await self._tx.execute(select(persons.c.id, persons.c.name).where(persons.c.id.in_(ids)))
        return {row.id: _name(row.name, row.id) for row in found}

    async def _refused(self, asked: Question, most: int) -> Sequence[Line]:
        query = (
            select(refused.c.last_at, refused.c.act, refused.c.times, persons.c.name, persons.c.id, matters.c.number)
            .join(persons, persons.c.id == refused.c.person_id)
            .outerjoin(matters, matters.c.id == refused.c.matter_id)
            .where(*_which(asked, refused.c.person_id, refused.c.last_at), _number(asked))
        )
        rows = await self._latest(query, refused.c.last_at, most)
        return [
            Line(row.last_at, What.REFUSED, _name(row.name, row.id), row.act, row.number or "", row.times)
            for row in rows
        ]

    async def _latest(self, query: Any, at: ColumnElement[datetime], most: int) -> Sequence[Row[Any]]:
        return (await self._tx.execute(query.order_by(at.desc()).limit(most))).all()


def _who(row: Row[Any]) -> str:
    """Who acted; empty for the service itself and the command line."""
    return _name(row.name, row.actor_id) if row.actor_id is not None else ""


def _name(name: str, person_id: int) -> str:
    """Who never agreed to the notice, or has left the roster long ago, has no name here, only a number."""
    return plain_name(name) or f"#{person_id}"


def _named(facts: Mapping[str, Any], names: Mapping[int, str]) -> Mapping[str, Any]:
    return {**facts, "person": names.get(facts["person"], facts["person"])} if "person" in facts else facts


def _which(asked: Question, person: Any, at: Any) -> Iterable[ColumnElement[bool]]:
    yield person == asked.person_id if asked.person_id is not None else true()
    yield at >= asked.since if asked.since is not None else true()


def _number(asked: Question) -> ColumnElement[bool]:
    return matters.c.number == asked.number if asked.number is not None else true()

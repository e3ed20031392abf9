"""A matter as people look at it: one frozen value with its owner, its people and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from db.engine import Tx
from db.schema.matters import entries, events, matters
from db.schema.people import persons, projects, staff, teams
from desk.filing import Concern
from desk.rules.life import ENDS, Act, Status
from desk.rules.reasons import Name, Reason


@dataclass(frozen=True)
class Happened:
    """One act in a matter's history. `words` are what came with it, empty when they are internal."""

    n: int
    at: datetime
    act: Act
    actor_id: int | None
    actor: str
    words: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """One numbered entry: words or a file, by whom and when; `internal` ones never reach the cardholder."""

    n: int
    at: datetime
    author_id: int
    kind: str
    text: str
    file_id: str | None
    internal: bool


@dataclass(frozen=True)
class Matter:
    """A key small matter as it stands."""

    id: int
    number: str
    category: str
    concern: Concern
    status: Status
    level: int
    person_id: int
    person_name: str
    owner_id: int
    owner_person_id: int
    owner_name: str
    owner_role: str
    office: str
    reason: Reason
    trail: Sequence[Mapping[str, Any]]
    answers: Sequence[Mapping[str, str]]
    wanted: str | None
    result: str | None
    filed_at: datetime
    dispatched_at: datetime
    since: datetime
    promised_at: datetime
    pauses: Sequence[Sequence[int | None]]
    extended_to: datetime | None
    accept_due: datetime
    deliver_due: datetime
    accepted_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    solved: bool | None
    rating: int | None
    papers: int


class Views:
    """Reads matters, inside one transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def matter(self, matter_id: int) -> Matter | None:
        """The matter with this id."""
        row = (await self._tx.execute(_whole().where(matters.c.id == matter_id))).first()
        return _matter(row) if row else None

    async def of_person(self, person_id: int, *, limit: int = 20) -> list[Matter]:
        """A cardholder's matters, the newest first."""
        return await self._many(matters.c.person_id == person_id, limit)

    async def held_by(self, staff_ids: Sequence[int], *, limit: int = 30) -> list[Matter]:
        """The open matters these posts hold, the most pressing first."""
        mine = matters.c.owner_id.in_(staff_ids) & matters.c.status.in_(OPEN)
        rows = await self._tx.execute(_whole().where(mine).order_by(matters.c.deliver_due).limit(limit))
        return [_matter(row) for row in rows.all()]

    async def history(self, matter_id: int) -> list[Happened]:
        """Every act on a matter, in order."""
        query = (
            select(events, persons.c.name, entries.c.text, entries.c.internal)
            .outerjoin(persons, persons.c.id == events.c.actor_id)
            .outerjoin(entries, (entries.c.matter_id == events.c.matter_id) & (entries.c.n == events.c.entry_n))
            .where(events.c.matter_id == matter_id)
            .order_by(events.c.n)
        )
        return [_happened(row) for row in (await self._tx.execute(query)).all()]

    async def last(self, matter_id: int, act: Act) -> Happened | None:
        """The latest event of this act."""
        found = [event for event in await self.history(matter_id) if event.act == act]
        return found[-1] if found else None

    async def words(self, matter_id: int, *, with_internal: bool) -> list[Words]:
        """The words and files of a matter, in order."""
        query = select(entries).where(entries.c.matter_id == matter_id).order_by(entries.c.n)
        if not with_internal:
            query = query.where(entries.c.internal.is_(False))
        return [
            Words(row.n, row.at, row.author_id, row.kind, row.text, row.file_id, bool(row.internal))
            for row in (await self._tx.execute(query)).all()
        ]

    async def _many(self, which: ColumnElement[bool], limit: int) -> list[Matter]:
        rows = await self._tx.execute(_whole().where(which).order_by(matters.c.id.desc()).limit(limit))
        return [_matter(row) for row in rows.all()]


OPEN = tuple(status for status in Status if status not in ENDS and status is not Status.DRAFT)
"""The statuses in which somebody still owes something."""

_holder = persons.alias("holder")
_owner = persons.alias("owner")


_papers = (
    select(func.count())
    .select_from(entries)
    .where(entries.c.matter_id == matters.c.id, entries.c.file_id.is_not(None), entries.c.internal.is_(False))
    .scalar_subquery()
    .label("papers")
)


def _whole() -> Select[Any]:
    return (
        select(
            matters,
            _holder.c.name.label("person_name"),
            _owner.c.id.label("owner_person_id"),
            _owner.c.name.label("owner_name"),
            staff.c.role.label("owner_role"),
            projects.c.name_zh.label("project_zh"),
            projects.c.name_en.label("project_en"),
            teams.c.name_zh.label("team_zh"),
            teams.c.name_en.label("team_en"),
            _papers,
        )
        .join(_holder, _holder.c.id == matters.c.person_id)
        .join(staff, staff.c.id == matters.c.owner_id)
        .join(_owner, _owner.c.id == staff.c.person_id)
        .outerjoin(projects, (matters.c.concern == "project") & (projects.c.id == matters.c.concern_id))
        .outerjoin(teams, (matters.c.concern == "team") & (teams.c.id == matters.c.concern_id))
    )


def _matter(row: Row[Any]) -> Matter:
    zh, en = row.project_zh or row.team_zh, row.project_en or row.team_en
    plain = {name: getattr(row, name) for name in Matter.__dataclass_fields__ if name in row._fields}
    return Matter(
        **{
            **plain,
            "status": Status(row.status),
            "concern": Concern(row.concern, row.concern_id, Name(zh, en or "") if zh else None),
            "reason": Reason.from_plain(row.reason),
        }
    )


def _happened(row: Row[Any]) -> Happened:
    words = "" if row.internal else (row.text or "")
    return Happened(row.n, row.at, Act(row.act), row.actor_id, row.name or "", words, row.facts)

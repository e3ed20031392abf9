"""Reading matters: one, many, their history and their words, inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Label, Row, Select, Table, bindparam, func, select

from db.engine import Tx
from db.schema.co_steps import co_steps
from db.schema.matters import entries, events, matters
from db.schema.people import persons, projects, staff, teams
from db.types import from_ms
from desk.filing import Concern
from desk.matter import CoStep, Extension, Happened, Matter, Words
from desk.names import plain_name
from desk.rules.life import ENDS, Act, Status
from desk.rules.reasons import Name, Reason
from desk.sealing import OF_ENTRY, OF_MATTER, opened
from desk.vault import Vault

__all__ = ["OPEN", "CoStep", "Extension", "Happened", "Matter", "Views", "Words"]


class Views:
    """Reads matters, inside one transaction; what is sealed comes back opened."""

    def __init__(self, tx: Tx, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def matter(self, matter_id: int) -> Matter | None:
        """The matter with this id."""
        found = await self._read(_BY_ID, {"id": matter_id})
        return found[0] if found else None

    async def by_number(self, number: str) -> Matter | None:
        """The matter with this number."""
        found = await self._read(_whole().where(matters.c.number == number))
        return found[0] if found else None

    async def open_of(self, person_id: int) -> list[Matter]:
        """A cardholder's open matters, the newest first."""
        return await self._many((matters.c.person_id == person_id) & matters.c.status.in_(OPEN), 30)

    async def waiting_of(self, person_id: int) -> Mapping[int, str]:
        """The matters of a cardholder that wait for their papers: each one's number, by its id."""
        foreseen: Mapping[int, Mapping[int, str]] = self._tx.foreseen(_FORESEEN)
        if person_id in foreseen:
            return foreseen[person_id]
        rows = await self._tx.execute(_WAITING, {"people": [person_id]})
        return {row.id: row.number for row in rows}

    async def foresee(self, people: Sequence[int]) -> None:
        """Read at once what `waiting_of` will be asked for one after the other."""
        found: dict[int, dict[int, str]] = {person: {} for person in people}
        for row in await self._tx.execute(_WAITING, {"people": list(people)}):
            found[row.person_id][row.id] = row.number
        self._tx.foresee(_FORESEEN, found, {matters.name})

    async def open_held_by(self, staff_id: int) -> list[Matter]:
        """Every open matter whose owner is this post, or that it holds a part of."""
        parts = select(co_steps.c.matter_id).where(co_steps.c.staff_id == staff_id, co_steps.c.done_at.is_(None))
        theirs = (matters.c.owner_id == staff_id) | matters.c.id.in_(parts)
        return await self._read(_whole().where(theirs, matters.c.status.in_(OPEN)).order_by(matters.c.id))

    async def open_elsewhere(self) -> list[Matter]:
        """Every open matter that is not of the office of whoever has it."""
        theirs = matters.c.office == staff.c.office
        return await self._read(_whole().where(~theirs, matters.c.status.in_(OPEN)).order_by(matters.c.id))

    async def open_about(self, concern: str, subject_id: int) -> list[Matter]:
        """Every open matter about this project or team, or of this person's own."""
        column = matters.c.person_id if concern == "person" else matters.c.concern_id
        about = (matters.c.concern == concern) & (column == subject_id)
        return await self._read(_whole().where(about, matters.c.status.in_(OPEN)).order_by(matters.c.id))

    async def of_person(self, person_id: int, *, limit: int = 20) -> list[Matter]:
        """A cardholder's matters, the newest first."""
        return await self._many(matters.c.person_id == person_id, limit)

    async def held_by(self, staff_ids: Sequence[int], *, limit: int = 30, offset: int = 0) -> list[Matter]:
        """The open matters these posts hold, the most pressing first."""
        in_turn = _whole().where(_held(staff_ids)).order_by(matters.c.deliver_due, matters.c.id)
        return await self._read(in_turn.limit(limit).offset(offset))

    async def count_held_by(self, staff_ids: Sequence[int]) -> int:
        """How many open matters these posts hold."""
        return int(await self._tx.scalar(select(func.count()).select_from(matters).where(_held(staff_ids))))

    async def history(self, matter_id: int, *, with_internal: bool = False) -> list[Happened]:
        """Every act on a matter, in order. Without the internal ones it is as if there were none."""
        rows = await self._tx.execute(_WHOLE_HISTORY if with_internal else _HISTORY, {"id": matter_id})
        return [self._happened(row) for row in rows.all()]

    async def last(self, matter_id: int, act: Act) -> Happened | None:
        """The latest event of this act."""
        found = [event for event in await self.history(matter_id, with_internal=True) if event.act == act]
        return found[-1] if found else None

    async def words(self, matter_id: int, *, with_internal: bool) -> list[Words]:
        """The words and files of a matter, in order."""
        whole = select(entries, _office(entries, entries.c.author_id))
        query = whole.where(entries.c.matter_id == matter_id).order_by(entries.c.n)
        if not with_internal:
            query = query.where(entries.c.internal.is_(False))
        return [self._words(row) for row in (await self._tx.execute(query)).all()]

    async def _many(self, which: ColumnElement[bool], limit: int) -> list[Matter]:
        return await self._read(_whole().where(which).order_by(matters.c.id.desc()).limit(limit))

    async def _read(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Matter]:
        """The matters of a query, each with the parts that other departments handle."""
        rows = (await self._tx.execute(query, values)).all()
        parts: dict[int, list[CoStep]] = {}
        if rows:
            for row in (await self._tx.execute(_PARTS, {"ids": [row.id for row in rows]})).all():
                parts.setdefault(row.matter_id, []).append(_part(row))
        return [replace(self._matter(row), steps=tuple(parts.get(row.id, ()))) for row in rows]

    def _matter(self, row: Row[Any]) -> Matter:
        zh, en = row.project_zh or row.team_zh, row.project_en or row.team_en
        plain = {name: row._mapping[name] for name in _columns()}
        return Matter(
            **{
                **plain,
                **opened(self._vault, row, OF_MATTER),
                "sealed": row.sealed is not None,
                "person_name": plain_name(row.person_name),
                "owner_name": plain_name(row.owner_name),
                "status": Status(row.status),
                "concern": Concern(row.concern, row.concern_id, Name(zh, en or "") if zh else None),
                "reason": Reason.from_plain(row.reason),
                "extension": Extension(from_ms(row.extension["to"]), row.extension["by"]) if row.extension else None,
            }
        )

    def _happened(self, row: Row[Any]) -> Happened:
        words = opened(self._vault, row, OF_ENTRY)["text"] if row.kind else ""
        return Happened(
            row.n,
            row.at,
            Act(row.act),
            row.actor_id,
            plain_name(row.name or ""),
            words or "",
            row.facts,
            row.kind or "text",
            row.of_office or "",
        )

    def _words(self, row: Row[Any]) -> Words:
        said = opened(self._vault, row, OF_ENTRY)
        name = plain_name(said["file_name"] or "")
        internal, size, office = bool(row.internal), row.file_size or 0, row.of_office or ""
        return Words(row.n, row.at, row.author_id, row.kind, said["text"], row.file_id, internal, name, size, office)


OPEN = tuple(status for status in Status if status not in ENDS and status is not Status.DRAFT)
"""The statuses in which somebody still owes something."""

_FORESEEN = "waiting by person"
_WAITING = (
    select(matters.c.id, matters.c.number, matters.c.person_id)
    .where(matters.c.person_id.in_(bindparam("people", expanding=True)), matters.c.status == Status.WAITING.value)
    .order_by(matters.c.id.desc())
)

_holder = persons.alias("holder")
_owner = persons.alias("owner")


def _office(table: Table, who: Column[Any]) -> Label[str]:
    """The office of whoever this column names, in whatever office they were first; they may have left it."""
    first = select(staff.c.office).where(staff.c.person_id == who).order_by(staff.c.id).limit(1)
    return first.correlate(table).scalar_subquery().label("of_office")


_papers = (
    select(func.count())
    .select_from(entries)
    .where(entries.c.matter_id == matters.c.id, entries.c.file_id.is_not(None), entries.c.internal.is_(False))
    .scalar_subquery()
    .label("papers")
)


@cache
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


# Built once: building a statement costs several times what running it does, and every act reads its matter again.
_BY_ID = _whole().where(matters.c.id == bindparam("id"))
_PARTS = (
    select(co_steps, persons.c.name, staff.c.office.label("of"))
    .join(staff, staff.c.id == co_steps.c.staff_id)
    .join(persons, persons.c.id == staff.c.person_id)
    .where(co_steps.c.matter_id.in_(bindparam("ids", expanding=True)))
    .order_by(co_steps.c.id)
)
_WHOLE_HISTORY = (
    select(
        events,
        persons.c.name,
        entries.c.text,
        entries.c.file_name,
        entries.c.sealed,
        entries.c.kind,
        _office(events, events.c.actor_id),
    )
    .outerjoin(persons, persons.c.id == events.c.actor_id)
    .outerjoin(entries, (entries.c.matter_id == events.c.matter_id) & (entries.c.n == events.c.entry_n))
    .where(events.c.matter_id == bindparam("id"))
    .order_by(events.c.n)
)
_HISTORY = _WHOLE_HISTORY.where(entries.c.internal.is_not(True), events.c.act != Act.NOTE.value)


def _held(staff_ids: Sequence[int]) -> ColumnElement[bool]:
    """What is open and theirs, as a whole or in part."""
    parts = select(co_steps.c.matter_id).where(co_steps.c.staff_id.in_(staff_ids), co_steps.c.done_at.is_(None))
    return (matters.c.owner_id.in_(staff_ids) | matters.c.id.in_(parts)) & matters.c.status.in_(OPEN)


@cache
def _columns() -> tuple[str, ...]:
    """What a matter takes from its row as it is."""
    selected = {column.name for column in _whole().selected_columns}
    return tuple(name for name in Matter.__dataclass_fields__ if name in selected)


def _part(row: Row[Any]) -> CoStep:
    return CoStep(row.id, row.office, row.staff_id, plain_name(row.name), row.of, row.since, row.taken_at, row.done_at)

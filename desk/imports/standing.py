"""The roster as the database has it, in the rows of a roster file: what exports write and imports compare with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Table, select

from db.engine import Tx
from db.schema.people import (
    absences,
    links,
    persons,
    project_members,
    projects,
    staff,
    talent_cards,
    team_members,
    teams,
)
from desk.imports.forms import FORM, Record
from desk.vault import Vault

Records = dict[str, dict[str, Record]]
"""Rows by sheet and key."""


@dataclass
class Standing:
    """The rows, and the database's own numbers behind the file's ids."""

    records: Records = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    """Keys of posts that are held no more; their rows stay, because matters name them."""
    groups: dict[tuple[str, str], int] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)
    ends: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """The rows at both ends of a link: its subject, and the post where it names one."""
    absences: dict[str, list[int]] = field(default_factory=dict)
    """The rows of an absence: one for each post of who is away."""
    silent: set[str] = field(default_factory=set)
    """Ids of persons who never opened a chat."""

    @property
    def former(self) -> set[str]:
        """Ids of persons who held a post and hold none any more."""
        held = {row["id"] for row in self.records["staff"].values()}
        return {key.split("|")[0] for key in self.retired} - held

    def put(self, form_id: str, record: Record) -> str:
        """Enter a row; its key."""
        key = FORM[form_id].key_of(record)
        self.records.setdefault(form_id, {})[key] = record
        return key


class Census:
    """Takes stock, inside one transaction."""

    def __init__(self, tx: Tx, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault
        self._standing = Standing(records={form_id: {} for form_id in FORM})
        self._keys: dict[int, str] = {}
        self._phones: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._holders: dict[int, str] = {}
        self._serving: dict[int, str] = {}
        """Whose a post is, of everybody who holds any: whoever left stands in for nobody."""

    async def take(self) -> Standing:
        """The whole roster as it stands."""
        await self._people()
        await self._cardholders()
        await self._staff()
        await self._groups("projects", projects, project_members, project_members.c.project_id)
        await self._groups("teams", teams, team_members, team_members.c.team_id)
        await self._links()
        await self._absences()
        return self._standing

    async def _people(self) -> None:
        for row in await self._tx.execute(select(persons).where(persons.c.key.is_not(None))):
            self._keys[row.id] = row.key
            self._names[row.id] = row.name
            self._phones[row.id] = self._vault.open(row.phone_sealed) if row.phone_sealed else ""
            self._standing.persons[row.key] = row.id
            if row.chat_id is None:
                self._standing.silent.add(row.key)

    def _person(self, person_id: int) -> Record:
        return {"id": self._keys[person_id], "name": self._names[person_id], "phone": self._phones[person_id]}

    async def _cardholders(self) -> None:
        for row in await self._tx.execute(select(talent_cards).order_by(talent_cards.c.person_id)):
            if row.person_id in self._keys:
                card = {"number": row.number, "tier": row.tier, "status": row.status}
                days = {"valid_from": _day(row.valid_from), "valid_to": _day(row.valid_to)}
                self._standing.put("cardholders", {**self._person(row.person_id), **card, **days})

    async def _staff(self) -> None:
        rows = (await self._tx.execute(select(staff).order_by(staff.c.active, staff.c.id))).all()
        self._holders = {row.id: self._keys[row.person_id] for row in rows if row.person_id in self._keys}
        serving = {row.person_id for row in rows if row.active}
        self._serving = {row.id: self._holders[row.id] for row in rows if row.person_id in serving & self._keys.keys()}
        for row in rows:
            if row.person_id not in self._keys:
                continue
            record = {
                **self._person(row.person_id),
                "office": row.office,
                "role": row.role,
                "title_zh": row.title_zh,
                "title_en": row.title_en,
                "deputy": self._serving.get(row.deputy_id, ""),
                "acts_for": self._serving.get(row.acts_for, ""),
            }
            key = self._standing.put("staff", record) if row.active else FORM["staff"].key_of(record)
            (self._standing.retired.discard if row.active else self._standing.retired.add)(key)
            self._standing.posts[key] = row.id

    async def _groups(self, form_id: str, table: Table, members: Table, column: Any) -> None:
        who: dict[int, list[str]] = {}
        for row in await self._tx.execute(select(column.label("group_id"), members.c.person_id).order_by(*members.c)):
            if row.person_id in self._keys:
                who.setdefault(row.group_id, []).append(self._keys[row.person_id])
        for row in await self._tx.execute(select(table).order_by(table.c.id)):
            self._standing.groups[form_id, row.key] = row.id
            if row.active:
                names = {"id": row.key, "name_zh": row.name_zh, "name_en": row.name_en}
                self._standing.put(form_id, {**names, "members": ",".join(sorted(who.get(row.id, [])))})

    async def _links(self) -> None:
        subjects = {
            "leader": self._keys,
            "department": {n: key for (kind, key), n in self._standing.groups.items() if kind == "projects"},
            "run_team": {n: key for (kind, key), n in self._standing.groups.items() if kind == "teams"},
        }
        for row in await self._tx.execute(select(links).order_by(links.c.id)):
            record = {
                "kind": row.kind,
                "subject": subjects[row.kind].get(row.subject_id, ""),
                "staff": self._holders.get(row.staff_id, ""),
                "office": row.office or "",
                "since": _day(row.since),
                "until": _day(row.until),
            }
            key = self._standing.put("links", record)
            self._standing.links[key] = row.id
            self._standing.ends[key] = (row.subject_id, row.staff_id)

    async def _absences(self) -> None:
        for row in await self._tx.execute(select(absences).order_by(absences.c.id)):
            record = {
                "staff": self._holders.get(row.staff_id, ""),
                "first": _day(row.first_day),
                "last": _day(row.last_day),
                "deputy": self._serving.get(row.deputy_id, ""),
            }
            self._standing.absences.setdefault(self._standing.put("absences", record), []).append(row.id)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""

"""Writing the changes of a roster into the database, many rows at a time, inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, delete, insert, select, update

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
from desk import serving
from desk.absences import Absences
from desk.imports.forms import Record
from desk.imports.plan import Change
from desk.imports.repointing import Repointing
from desk.imports.standing import Standing
from desk.rules.zone import day_of
from desk.vault import Vault

GROUPS: Mapping[str, tuple[Table, Table, str]] = {
    "projects": (projects, project_members, "project_id"),
    "teams": (teams, team_members, "team_id"),
}


class Applying:
    """One import on its way into the tables.

    1. Persons, with their phones sealed and marked.
    2. Cards; whoever lost theirs keeps their matters.
    3. Posts, then who stands in for whom, once every post is there.
    4. Projects, teams and their members.
    5. The three ones.
    6. What names a post that is held no more names another one of the same person.
    7. Absences, of every post of who is away: now that all is in place, what is open moves.
    """

    def __init__(self, tx: Tx, vault: Vault, standing: Standing, now: datetime, away: Absences) -> None:
        self._tx = tx
        self._vault = vault
        self._standing = standing
        self._now = now
        self._away = away
        self._new: list[tuple[int, Record]] = []

    async def apply(self, changes: Sequence[Change]) -> None:
        """Write these changes; the roster's rows as they were are in `standing`."""
        by_sheet = {name: [each for each in changes if each.sheet == name] for name in {c.sheet for c in changes}}
        await self._persons([*by_sheet.get("cardholders", []), *by_sheet.get("staff", [])])
        await self._cards(by_sheet.get("cardholders", []))
        await self._posts(by_sheet.get("staff", []))
        for form_id in GROUPS:
            await self._groups(form_id, by_sheet.get(form_id, []))
        await self._links(by_sheet.get("links", []))
        await Repointing(self._tx, self._post, self._now).run()
        await self._absences(by_sheet.get("absences", []))
        for post, row in self._new:
            await self._away_too(post, row)

    async def _persons(self, changes: Sequence[Change]) -> None:
        wanted = {change.after["id"]: change.after for change in changes if change.after}
        new = [self._person(row) for key, row in wanted.items() if key not in self._standing.persons]
        old = [
            {"who": self._standing.persons[key], **self._person(row)}
            for key, row in wanted.items()
            if key in self._standing.persons
        ]
        if old:
            names: dict[str, Any] = {column: bindparam(column) for column in ("name", "phone_mark", "phone_sealed")}
            await self._many(update(persons).where(persons.c.id == bindparam("who")).values(**names), old)
        if new:
            await self._many(insert(persons), [{**row, "created_at": self._now} for row in new])
            found = await self._tx.execute(select(persons.c.key, persons.c.id).where(persons.c.key.is_not(None)))
            self._standing.persons.update({row.key: row.id for row in found})

    def _person(self, row: Record) -> dict[str, Any]:
        phone = row["phone"]
        return {
            "key": row["id"],
            "name": row["name"],
            "phone_mark": self._vault.mark("phone", phone) if phone else None,
            "phone_sealed": self._vault.seal(phone) if phone else None,
        }

    async def _cards(self, changes: Sequence[Change]) -> None:
        """Gone and changed cards leave first, so that a number can pass from one row to another.

        Which day their holder was reminded of goes with the holder.
        """
        told = select(talent_cards.c.person_id, talent_cards.c.reminded_for)
        told = told.where(talent_cards.c.reminded_for.is_not(None))
        reminded = {row.person_id: row.reminded_for for row in await self._tx.execute(told)}
        leaving = [{"who": self._standing.persons[c.before["id"]]} for c in changes if c.before]
        if leaving:
            await self._many(delete(talent_cards).where(talent_cards.c.person_id == bindparam("who")), leaving)
        cards = [
            {
                "person_id": self._standing.persons[row["id"]],
                "number": row["number"],
                "tier": row["tier"],
                "status": row["status"],
                "valid_from": _day(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
                "reminded_for": reminded.get(self._standing.persons[row["id"]]),
            }
            for row in (change.after for change in changes)
            if row
        ]
        if cards:
            await self._many(insert(talent_cards), cards)

    async def _posts(self, changes: Sequence[Change]) -> None:
        for change in changes:
            row = change.after
            if row is None:
                await serving.end(self._tx, [self._standing.posts[change.key]])
                self._standing.retired.add(change.key)
                continue
            known = self._standing.posts.pop(change.key, None)
            place = {"office": row["office"], "role": row["role"], "active": True}
            values: dict[str, Any] = {**place, "title_zh": row["title_zh"], "title_en": row["title_en"]}
            if known is not None:  # the same row for a post that goes on as another: what names it stays true
                await self._tx.execute(update(staff).where(staff.c.id == known).values(**values))
            else:
                values["person_id"] = self._standing.persons[row["id"]]
                made = await self._tx.execute(insert(staff).values(**values).returning(staff.c.id))
                known = int(made.scalar_one())
                self._new.append((known, row))
            self._standing.posts[change.new_key] = known
            self._standing.retired.discard(change.new_key)
        if changes:
            await self._stand_ins([change.after for change in changes if change.after])

    async def _stand_ins(self, rows: Sequence[Record]) -> None:
        for row in rows:
            post = self._standing.posts[f"{row['id']}|{row['office']}|{row['role']}"]
            ends = {
                "deputy_id": self._post(row["deputy"], office=row["office"]),
                "acts_for": self._post(row["acts_for"], role="leader"),
            }
            await self._tx.execute(update(staff).where(staff.c.id == post).values(**ends))

    def _post(self, name: str, *, office: str = "", role: str = "") -> int | None:
        """The post meant by a person's id: the one of the role, or in the same office, else their first."""
        if not name:
            return None
        found = {key: n for key, n in self._standing.posts.items() if key.startswith(f"{name}|")}
        in_service = {key: n for key, n in found.items() if key not in self._standing.retired} or found
        fits = [n for key, n in in_service.items() if key.split("|")[1] == office or key.split("|")[2] == role]
        return min(fits or in_service.values(), default=None)

    async def _groups(self, form_id: str, changes: Sequence[Change]) -> None:
        table, members, column = GROUPS[form_id]
        for change in changes:
            row, known = change.after, self._standing.groups.get((form_id, change.key))
            names = {"name_zh": row["name_zh"], "name_en": row["name_en"]} if row else {}
            if known is None:
                made = await self._tx.execute(insert(table).values(key=change.key, **names).returning(table.c.id))
                known = self._standing.groups[form_id, change.key] = int(made.scalar_one())
            else:
                await self._tx.execute(update(table).where(table.c.id == known).values(active=row is not None, **names))
                await self._tx.execute(delete(members).where(members.c[column] == known))
            who = [name for name in (row["members"] if row else "").split(",") if name]
            if who:
                rows = [{column: known, "person_id": self._standing.persons[name]} for name in who]
                await self._many(insert(members), rows)

    async def _links(self, changes: Sequence[Change]) -> None:
        gone = [{"row": self._standing.links[change.key]} for change in changes if change.before]
        if gone:
            await self._many(delete(links).where(links.c.id == bindparam("row")), gone)
        rows = [self._link(change.after) for change in changes if change.after]
        if rows:
            await self._many(insert(links), rows)

    def _link(self, row: Record) -> dict[str, Any]:
        kind = row["kind"]
        subject = (
            self._standing.persons[row["subject"]]
            if kind == "leader"
            else self._standing.groups["projects" if kind == "department" else "teams", row["subject"]]
        )
        return {
            "kind": kind,
            "subject_id": subject,
            "staff_id": self._post(row["staff"], role=kind),
            "office": row["office"] or None,
            "since": _day(row["since"]),
            "until": _day(row["until"]),
        }

    async def _absences(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.before:
                await self._away.struck_out(self._standing.absences[change.key])
            if change.after:
                row = change.after
                first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
                deputy = self._post(row["deputy"])
                for post in await self._held_by(row["staff"]):
                    await self._away.entered(post.id, post.name, first, last, deputy)

    async def _held_by(self, key: str) -> Sequence[Row[Any]]:
        """Every post of somebody; of who has left, the last one."""
        query = select(staff.c.id, staff.c.active, persons.c.name).join(persons).where(persons.c.key == key)
        found = (await self._tx.execute(query.order_by(staff.c.id))).all()
        return [row for row in found if row.active] or found[-1:]

    async def _away_too(self, post: int, row: Record) -> None:
        """Who is away is away from a new post as well."""
        mine = staff.c.person_id == self._standing.persons[row["id"]]
        query = select(absences).join(staff, staff.c.id == absences.c.staff_id).where(mine)
        found = (await self._tx.execute(query.where(absences.c.last_day >= day_of(self._now)))).all()
        marked = {each.first_day for each in found if each.staff_id == post}
        for first, each in {each.first_day: each for each in found}.items():
            if first not in marked:
                await self._away.entered(post, row["name"], first, each.last_day, each.deputy_id)

    async def _many(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._tx.execute(statement, list(rows))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

"""Putting a roster file into an empty database: persons, cards, posts, projects, teams, the three ones, absences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select, update

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
from desk.rosterforms import CardholderEntry, GroupEntry, PostEntry, RosterFile, StaffEntry
from desk.vault import Vault

Chats = Mapping[str, int]


async def seed(tx: Tx, roster: RosterFile, chats: Chats, now: datetime, vault: Vault | None = None) -> bool:
    """Enter a roster into a database that has none.

    Parameters:
        chats: the Telegram account behind each `chat` of the file.
        vault: seals the phone numbers; without one they are not kept.

    Returns:
        whether it was entered; a database with a roster is left as it is.
    """
    if await tx.scalar(select(func.count()).select_from(staff)):
        return False
    await _Seeding(tx, chats, now, vault).enter(roster)
    return True


class _Seeding:
    """One pass over the file, remembering which row each of its ids became."""

    def __init__(self, tx: Tx, chats: Chats, now: datetime, vault: Vault | None) -> None:
        self._tx = tx
        self._vault = vault
        self._chats = chats
        self._now = now
        self._persons: dict[str, int] = {}
        self._posts: dict[tuple[str, int], int] = {}

    async def enter(self, roster: RosterFile) -> None:
        for entry in roster.staff:
            await self._staff(entry)
        for entry in roster.staff:
            await self._stand_ins(entry, roster)
        for holder in roster.cardholders:
            await self._cardholder(holder)
        await self._groups(roster.projects, projects, project_members, "project_id")
        await self._groups(roster.teams, teams, team_members, "team_id")
        await self._links(roster)
        for absence in roster.absences:
            deputy = self._post_of(absence.deputy) if absence.deputy else None
            days = {"first_day": absence.first, "last_day": absence.last}
            await self._add(absences, staff_id=self._post_of(absence.staff), deputy_id=deputy, **days)

    async def _staff(self, entry: StaffEntry) -> None:
        await self._person(entry)
        for n, post in enumerate(entry.posts):
            self._posts[entry.id, n] = await self._add(
                staff,
                person_id=self._persons[entry.id],
                office=post.office,
                role=post.role,
                title_zh=post.title.zh if post.title else "",
                title_en=post.title.en if post.title else "",
            )

    async def _stand_ins(self, entry: StaffEntry, roster: RosterFile) -> None:
        for n, post in enumerate(entry.posts):
            if not post.deputy and not post.acts_for:
                continue
            values = {
                "deputy_id": self._post_of(post.deputy, near=post, roster=roster) if post.deputy else None,
                "acts_for": self._post_of(post.acts_for) if post.acts_for else None,
            }
            await self._tx.execute(update(staff).where(staff.c.id == self._posts[entry.id, n]).values(**values))

    async def _cardholder(self, entry: CardholderEntry) -> None:
        await self._person(entry)
        await self._tx.execute(
            insert(talent_cards).values(person_id=self._persons[entry.id], **entry.card.model_dump())
        )

    async def _groups(self, entries: tuple[GroupEntry, ...], table: Table, members: Table, column: str) -> None:
        for entry in entries:
            row = await self._add(table, key=entry.id, name_zh=entry.name.zh, name_en=entry.name.en)
            self._persons[f"{table.name}:{entry.id}"] = row
            for member in entry.members:
                await self._tx.execute(insert(members).values({column: row, "person_id": self._persons[member]}))

    async def _links(self, roster: RosterFile) -> None:
        for led in roster.links.leader:
            end = {"staff_id": self._post_of(led.staff, role="leader", roster=roster)}
            await self._link("leader", self._persons[led.cardholder], led, end)
        for paired in roster.links.department:
            await self._link(
                "department", self._persons[f"projects:{paired.project}"], paired, {"office": paired.office}
            )
        for followed in roster.links.run_team:
            end = {"staff_id": self._post_of(followed.staff, role="run_team", roster=roster)}
            await self._link("run_team", self._persons[f"teams:{followed.team}"], followed, end)

    async def _link(self, kind: str, subject: int, dated: Any, end: Mapping[str, object]) -> None:
        await self._add(links, kind=kind, subject_id=subject, since=dated.since, until=dated.until, **end)

    async def _person(self, entry: StaffEntry | CardholderEntry) -> None:
        account = self._chats.get(entry.chat or "")
        phone = {}
        if self._vault and entry.phone:
            phone["phone_mark"] = self._vault.mark("phone", entry.phone)
            phone["phone_sealed"] = self._vault.seal(entry.phone)
        known = {"key": entry.id, "name": entry.name, "telegram_id": account, "chat_id": account}
        self._persons[entry.id] = await self._add(persons, **known, **phone, created_at=self._now)

    def _post_of(
        self, name: str, *, near: PostEntry | None = None, role: str | None = None, roster: RosterFile | None = None
    ) -> int:
        """The post meant by a person's name: the one in the same office or of the role, else their first."""
        entry = next((each for each in roster.staff if each.id == name), None) if roster else None
        for n, post in enumerate(entry.posts if entry else ()):
            if (near is not None and post.office == near.office) or post.role == role:
                return self._posts[name, n]
        return self._posts[name, 0]

    async def _add(self, table: Table, **values: object) -> int:
        row = await self._tx.execute(insert(table).values(**values).returning(table.c.id))
        return int(row.scalar_one())

"""What is kept about somebody, shown whole; and forgetting it, where what the law obliges to keep is locked away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select, update

from db.engine import Tx
from db.schema import metadata
from db.schema.binding import binding_requests, consents
from db.schema.keeping import locked_matters
from db.schema.matters import drafts, entries, matters
from db.schema.people import persons, project_members, projects, staff, talent_cards, team_members, teams
from db.schema.queues import inbox
from db.schema.seen import seen
from db.schema.visits import visits
from desk.house import House
from desk.misses import Misses
from desk.people import Person
from desk.personal import HOLDINGS, Forgotten, owned, theirs
from desk.refusals import Refused
from desk.sealing import OF_ENTRY, OF_MATTER, OF_UPDATE, OF_VISIT, opened
from desk.views import OPEN
from words import Listed

Section = tuple[str, list[dict[str, object]]]
"""A kind of data and its rows, each with its fields by name."""


class Privacy:
    """One person's data, inside one transaction."""

    def __init__(self, tx: Tx, house: House, now: datetime) -> None:
        self._tx = tx
        self._vault = house.vault
        self._now = now

    async def agreed(self, person: Person, kind: str, version: str) -> bool:
        """Whether they have agreed to this version of the notice about a sensitive kind of data."""
        mine = (consents.c.person_id == person.id) & (consents.c.kind == kind) & (consents.c.version == version)
        return (await self._tx.execute(select(consents.c.kind).where(mine))).first() is not None

    async def agree(self, person: Person, kind: str, version: str) -> None:
        """Record it."""
        await self._tx.execute(delete(consents).where(consents.c.person_id == person.id, consents.c.kind == kind))
        row = {"person_id": person.id, "kind": kind, "version": version, "at": self._now}
        await self._tx.execute(insert(consents).values(**row))

    async def everything(self, person: Person) -> list[Section]:
        """All that is kept about this person, kind by kind; kinds without rows are left out."""
        found: list[Section] = [
            ("account", await self._account(person)),
            ("card", await self._rows(talent_cards, talent_cards.c.person_id == person.id, _CARD)),
            ("posts", [{"office": post.office, "role": post.role} for post in person.posts]),
            ("groups", await self._groups(person)),
            ("matters", await self._matters(person)),
            ("words", await self._words(person)),
            ("form", await self._form(person)),
            ("requests", await self._requests(person)),
            ("visits", await self._sealed(visits, ("visited_at", "planned_on"), "words", OF_VISIT, person)),
            ("received", await self._sealed(inbox, ("created_at", "state"), "body", OF_UPDATE, person)),
            ("looked_at", await self._looked_at(person)),
            ("locked", await self._locked(person)),
        ]
        for table in metadata.sorted_tables:
            holding = HOLDINGS[table.name]
            if holding.fields:
                found.append((holding.section, await self._plainly(table, holding.fields, theirs(table, person))))
        return [(name, rows) for name, rows in found if rows]

    async def forget(self, person: Person) -> bool:
        """Erase what is kept about this person.

        1. Open matters must be closed or taken back first: somebody is working on them.
        2. Words and answers of closed matters are sealed away until their retention time is over.
        3. Questions, their wordings in the groups of misses, forms, consents, requests, and the messages to and from
           their chat are deleted.
        4. The account is taken off. The roster's own entry stays: it is the talent office's register of cards.

        Returns:
            whether something had to be kept and was locked.

        Raises:
            Refused: there are open matters, or they hold a post.
        """
        await self.may_forget(person)
        locked = await self._lock(person)
        await self._erase(person)
        return locked

    async def may_forget(self, person: Person) -> None:
        """Nothing stands in the way of forgetting them.

        Raises:
            Refused: there are open matters, or they hold a post.
        """
        if person.posts:
            raise Refused("privacy.staff")
        if open_ones := await self._open(person):
            raise Refused("privacy.open_matters", numbers=Listed(open_ones))

    async def unlocked(self, number: str) -> Any:
        """A locked matter's content, for whoever the law entitles to it; `None` when nothing is locked."""
        query = select(locked_matters.c.content).join(matters).where(matters.c.number == number)
        content: str | None = await self._tx.scalar(query)
        return self._vault.unpack(content) if content else None

    async def _open(self, person: Person) -> list[str]:
        mine = (matters.c.person_id == person.id) & matters.c.status.in_([status.value for status in OPEN])
        return list((await self._tx.execute(select(matters.c.number).where(mine))).scalars())

    async def _lock(self, person: Person) -> bool:
        rows = (await self._tx.execute(select(matters).where(matters.c.person_id == person.id))).all()
        sealed = set((await self._tx.execute(select(locked_matters.c.matter_id))).scalars())
        for row in rows:
            if row.id in sealed:
                continue
            of_matter = opened(self._vault, row, OF_MATTER)
            said = (await self._tx.execute(select(entries).where(entries.c.matter_id == row.id))).all()
            words = [_plain({**_said(each), **opened(self._vault, each, OF_ENTRY)}) for each in said]
            content = {"answers": of_matter["answers"], "result": of_matter["result"], "words": words}
            await self._tx.execute(
                insert(locked_matters).values(matter_id=row.id, at=self._now, content=self._vault.pack(content))
            )
            gone = {**OF_ENTRY, "file_id": None, "sealed": None}
            await self._tx.execute(update(entries).where(entries.c.matter_id == row.id).values(**gone))
            await self._tx.execute(update(matters).where(matters.c.id == row.id).values(**OF_MATTER, sealed=None))
        return bool(rows)

    async def _erase(self, person: Person) -> None:
        await Misses(self._tx, self._now).forget(person.id)
        for table in reversed(metadata.sorted_tables):
            if HOLDINGS[table.name].forgotten is Forgotten.ERASED:
                mine = owned(table, person)
                if "done_at" in table.c:  # what is still to be sent is the answer to this very wish
                    mine &= table.c.done_at.is_not(None) & (table.c.done_at < self._now)
                await self._tx.execute(delete(table).where(mine))
        gone: dict[str, object] = {"telegram_id": None, "chat_id": None, "language": None, "app_language": None}
        gone |= {"consent": None, "consent_at": None}
        if person.card is None:
            gone |= {"name": "", "phone_mark": None, "phone_sealed": None}
        await self._tx.execute(update(persons).where(persons.c.id == person.id).values(**gone))

    async def _account(self, person: Person) -> list[dict[str, object]]:
        row = (await self._tx.execute(select(persons).where(persons.c.id == person.id))).one()
        fields = ("name", "key", "telegram_id", "chat_id", "language", "app_language", "consent", "consent_at")
        phone = self._vault.open(row.phone_sealed) if row.phone_sealed else None
        return [{**{name: getattr(row, name) for name in fields}, "phone": phone, "since": row.created_at}]

    async def _groups(self, person: Person) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for table, members, column in ((projects, project_members, "project_id"), (teams, team_members, "team_id")):
            query = select(table.c.name_zh).join(members, members.c[column] == table.c.id)
            names = (await self._tx.execute(query.where(members.c.person_id == person.id))).scalars()
            found += [{"name": name} for name in names]
        return found

    async def _matters(self, person: Person) -> list[dict[str, object]]:
        rows = (await self._tx.execute(select(matters).where(matters.c.person_id == person.id))).all()
        return [self._matter(row, opened(self._vault, row, OF_MATTER)) for row in rows]

    def _matter(self, row: Row[Any], said: Mapping[str, Any]) -> dict[str, object]:
        plain = {
            name: getattr(row, name) for name in ("number", "category", "status", "filed_at", "closed_at", "rating")
        }
        return {**plain, "answers": said["answers"], "wanted": said["wanted"], "result": said["result"]}

    async def _words(self, person: Person) -> list[dict[str, object]]:
        """Everything said in their matters that they may read, and everything they wrote anywhere."""
        query = select(matters.c.number, entries).join(matters, matters.c.id == entries.c.matter_id)
        own = (matters.c.person_id == person.id) & entries.c.internal.is_(False)
        rows = await self._tx.execute(query.where(own | (entries.c.author_id == person.id)).order_by(entries.c.id))
        return [
            {
                "number": row.number,
                "at": row.at,
                "by": "you" if row.author_id == person.id else "other",
                "kind": row.kind,
                **opened(self._vault, row, OF_ENTRY),
            }
            for row in rows.all()
        ]

    async def _form(self, person: Person) -> list[dict[str, object]]:
        rows = (await self._tx.execute(select(drafts).where(drafts.c.person_id == person.id))).all()
        return [
            {
                "updated_at": row.updated_at,
                "journey": row.journey,
                "state": self._vault.unpack(row.sealed) if row.sealed else row.state,
            }
            for row in rows
        ]

    async def _looked_at(self, person: Person) -> list[dict[str, object]]:
        """Who looked at their sensitive matters, by office."""
        office = select(staff.c.office).where(staff.c.person_id == seen.c.person_id).order_by(staff.c.id).limit(1)
        query = (
            select(seen.c.at, matters.c.number, seen.c.what, office.scalar_subquery().label("office"))
            .join(matters, matters.c.id == seen.c.matter_id)
            .where(matters.c.person_id == person.id)
            .order_by(seen.c.id)
        )
        return [dict(row) for row in (await self._tx.execute(query)).mappings()]

    async def _locked(self, person: Person) -> list[dict[str, object]]:
        query = select(matters.c.number, locked_matters.c.at).join(matters).where(matters.c.person_id == person.id)
        return [dict(row) for row in (await self._tx.execute(query)).mappings()]

    async def _sealed(
        self, table: Table, fields: tuple[str, ...], words: str, empty: Mapping[str, Any], person: Person
    ) -> list[dict[str, object]]:
        """Rows that lead to them, with what they say, sealed or not."""
        rows = (await self._tx.execute(select(table).where(theirs(table, person)).order_by(table.c.id))).all()
        return [
            {**{name: getattr(row, name) for name in fields}, words: opened(self._vault, row, empty)[words]}
            for row in rows
        ]

    async def _requests(self, person: Person) -> list[dict[str, object]]:
        rows = await self._tx.execute(select(binding_requests).where(binding_requests.c.asker_id == person.id))
        return [{"at": row.at, "text": self._vault.open(row.said), "status": row.status} for row in rows]

    async def _rows(self, table: Table, mine: Any, fields: tuple[str, ...]) -> list[dict[str, object]]:
        found = await self._tx.execute(select(*(table.c[name] for name in fields)).where(mine))
        return [dict(row) for row in found.mappings()]

    async def _plainly(self, table: Table, fields: tuple[str, ...], mine: Any) -> list[dict[str, object]]:
        """Rows as people can read them: a matter by its number."""
        if "matter_id" not in fields:
            return await self._rows(table, mine, fields)
        columns = [matters.c.number if name == "matter_id" else table.c[name] for name in fields]
        joined = table.outerjoin(matters, matters.c.id == table.c.matter_id)
        found = await self._tx.execute(select(*columns).select_from(joined).where(mine))
        return [dict(row) for row in found.mappings()]


_CARD = ("number", "tier", "valid_from", "valid_to", "status")


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _said(row: Row[Any]) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("n", "at", "file_id")}

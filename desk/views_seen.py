"""Who looked at a sensitive matter: each look at its content by anybody but its cardholder, kept for the auditor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, func, insert, or_, select, true

from db.engine import Tx
from db.schema.matters import entries, matters
from db.schema.people import persons
from db.schema.seen import seen
from desk.house import House
from desk.matter import Matter
from desk.names import plain_name


class Look(StrEnum):
    """What of a matter was looked at."""

    CARD = "card"
    WORDS = "words"
    HISTORY = "history"
    FILES = "files"
    PAGE = "page"
    EXPORT = "export"


@dataclass(frozen=True)
class Seen:
    """One look. `person_id` and `name` are whoever looked, `number` and `category` the matter's."""

    at: datetime
    person_id: int
    name: str
    number: str
    category: str
    what: Look


class Sightings:
    """Records looks, inside one transaction that may write."""

    def __init__(self, tx: Tx, house: House, now: datetime) -> None:
        self._tx = tx
        self._house = house
        self._now = now

    async def look(self, person_id: int, matter: Matter, what: Look) -> None:
        """Somebody looks at this matter now; nothing is kept of one that is not sensitive, nor of the cardholder."""
        if person_id == matter.person_id or not self._house.sensitive(matter.category):
            return
        row = {"at": self._now, "person_id": person_id, "matter_id": matter.id, "what": what.value}
        await self._tx.execute(insert(seen).values(**row))

    async def export(self, person_id: int) -> None:
        """They take away all that is kept about them, and with it what they wrote in sensitive matters of others."""
        sensitive = [each.id for each in self._house.catalogue.categories if each.sensitive != "none"]
        says = or_(entries.c.text != "", entries.c.sealed.is_not(None))
        wrote = select(entries.c.matter_id).where(entries.c.author_id == person_id, says)
        theirs = and_(matters.c.id.in_(wrote), matters.c.person_id != person_id, matters.c.category.in_(sensitive))
        rows = [
            {"at": self._now, "person_id": person_id, "matter_id": matter, "what": Look.EXPORT.value}
            for matter in (await self._tx.execute(select(matters.c.id).where(theirs))).scalars()
        ]
        if rows:
            await self._tx.execute(insert(seen), rows)

    async def first_look(self, person_id: int, matter: Matter, what: Look) -> None:
        """The same for what is brought to somebody again and again, such as the card: the first time counts."""
        before = and_(seen.c.person_id == person_id, seen.c.matter_id == matter.id, seen.c.what == what.value)
        if not await self._tx.scalar(select(func.count()).select_from(seen).where(before)):
            await self.look(person_id, matter, what)


async def looks(
    tx: Tx,
    *,
    number: str | None = None,
    person_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 1000,
) -> Sequence[Seen]:
    """Who looked, the latest first; of one matter, of one person, or within a time, as asked.

    Parameters:
        since: from this moment on. until: before this moment. limit: rows at most.
    """
    which = [
        matters.c.number == number if number is not None else true(),
        seen.c.person_id == person_id if person_id is not None else true(),
        seen.c.at >= since if since is not None else true(),
        seen.c.at < until if until is not None else true(),
    ]
    query = (
        select(seen.c.at, seen.c.person_id, seen.c.what, persons.c.name, matters.c.number, matters.c.category)
        .join(persons, persons.c.id == seen.c.person_id)
        .join(matters, matters.c.id == seen.c.matter_id)
        .where(*which)
        .order_by(seen.c.at.desc(), seen.c.id.desc())
        .limit(limit)
    )
    return [
        Seen(row.at, row.person_id, plain_name(row.name), row.number, row.category, Look(row.what))
        for row in (await tx.execute(query)).all()
    ]

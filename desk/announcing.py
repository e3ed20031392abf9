"""Words to many cardholders at once: written, counted, seconded by another person, then owed to each, never urgent.

What is not about the card itself can be switched off by whoever gets it; a message that is about it reaches them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update

from db.engine import Tx
from db.schema.authority import announcements
from db.schema.matters import matters
from db.schema.people import persons, talent_cards
from desk.ledger import Done, Ledger
from desk.people import Person
from desk.refusals import Refused

LONGEST = 3000
"""UTF-16 units of both languages together, for who approves reads them in one message; Telegram takes 4096."""
BREAK = "---"
"""A line of its own between the Chinese and the English text."""


@dataclass(frozen=True)
class Announcement:
    """What is to be said and to whom: `all`, `tier:A` or `category:school`; `duty` when nobody can switch it off."""

    id: int
    by_id: int
    text_zh: str
    text_en: str
    audience: str
    duty: bool
    status: str

    def text(self, language: str) -> str:
        """The text in this language; the Chinese where there is no other."""
        return self.text_en if language == "en" and self.text_en else self.text_zh


@dataclass(frozen=True)
class Reader:
    """Somebody who gets it."""

    person_id: int
    chat_id: int
    user_id: int
    language: str | None


class Announcing:
    """Announcements, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, ledger: Ledger) -> None:
        self._tx = tx
        self._now = now
        self._ledger = ledger

    async def draft(self, by: Person, said: str, audience: str, *, duty: bool) -> Announcement:
        """Keep what is to be said; nothing is sent yet.

        Raises:
            Refused: there is no text, or too much of it.
        """
        zh, en = self.fits(said)
        row = {"by_id": by.id, "at": self._now, "text_zh": zh, "text_en": en, "audience": audience, "duty": duty}
        made = insert(announcements).values(**row, status="draft").returning(announcements.c.id)
        return Announcement((await self._tx.execute(made)).scalar_one(), by.id, zh, en, audience, duty, "draft")

    def fits(self, said: str) -> tuple[str, str]:
        """The Chinese and the English text. Raises `Refused` when there is none, or it is too long."""
        zh, en = _languages(said)
        if not zh or _units(zh) + _units(en) > LONGEST:
            raise Refused("announce.length", n=LONGEST)
        return zh, en

    async def get(self, announcement_id: int) -> Announcement:
        """The one with this number.

        Raises:
            Refused: there is none.
        """
        found = await self._tx.execute(select(announcements).where(announcements.c.id == announcement_id))
        row = found.first()
        if row is None:
            raise Refused("announce.gone")
        return Announcement(row.id, row.by_id, row.text_zh, row.text_en, row.audience, row.duty, row.status)

    async def send(self, announcement_id: int, by: int) -> tuple[Announcement, Sequence[Reader]]:
        """Mark it as sent, once, and say who gets it.

        Raises:
            Refused: it was sent or dropped before.
        """
        found = await self.get(announcement_id)
        readers = await self.readers(found.audience, duty=found.duty)
        await self._turn(found, "sent", count=len(readers))
        await self._ledger.note(Done.ANNOUNCED, by, found.id, audience=found.audience, n=len(readers), duty=found.duty)
        return found, readers

    async def drop(self, announcement_id: int, by: Person) -> None:
        """Throw away one's own draft. Raises as `send` does."""
        found = await self.get(announcement_id)
        if found.by_id != by.id:
            raise Refused("announce.gone")
        await self._turn(found, "dropped")

    async def readers(self, audience: str, *, duty: bool) -> list[Reader]:
        """The cardholders of this audience who can be written to, without those who want no such messages."""
        here = persons.c.chat_id.is_not(None) & persons.c.telegram_id.is_not(None) & persons.c.reachable
        wants = here if duty else here & ~persons.c.no_news
        query = (
            select(persons.c.id, persons.c.chat_id, persons.c.telegram_id, persons.c.language, persons.c.app_language)
            .join(talent_cards, talent_cards.c.person_id == persons.c.id)
            .where(wants, talent_cards.c.status != "revoked", _audience(audience))
            .order_by(persons.c.id)
        )
        rows = (await self._tx.execute(query)).all()
        return [Reader(row.id, row.chat_id, row.telegram_id, row.language or row.app_language) for row in rows]

    async def tiers(self) -> list[str]:
        """The tiers that cards have."""
        return list((await self._tx.execute(select(talent_cards.c.tier).distinct().order_by("tier"))).scalars())

    async def subscribe(self, person: Person, *, wants: bool) -> None:
        """From now on they want, or do not want, what is not about their card."""
        await self._tx.execute(update(persons).where(persons.c.id == person.id).values(no_news=not wants))

    async def _turn(self, found: Announcement, status: str, **more: object) -> None:
        still = (announcements.c.id == found.id) & (announcements.c.status == "draft")
        if not (await self._tx.execute(update(announcements).where(still).values(status=status, **more))).rowcount:
            raise Refused("announce.gone")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _languages(said: str) -> tuple[str, str]:
    """The two texts; what stands behind a line of dashes is English."""
    lines = said.strip().splitlines()
    at = next((n for n, line in enumerate(lines) if line.strip() == BREAK), len(lines))
    return "\n".join(lines[:at]).strip(), "\n".join(lines[at + 1 :]).strip()


def _audience(audience: str) -> ColumnElement[bool]:
    kind, _, name = audience.partition(":")
    if kind == "tier":
        return talent_cards.c.tier == name
    if kind == "category":
        return persons.c.id.in_(select(matters.c.person_id).where(matters.c.category == name))
    return persons.c.id.is_not(None)

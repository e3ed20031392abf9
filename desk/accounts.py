"""Whose an account is, and whose a card: an account becomes a person's and is nobody's again, a card is found or lost.

The ways to become somebody are `desk.binding` and `desk.vouching`; what follows from each is here, once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from db.engine import Tx
from db.queue import Queue
from db.schema.matters import drafts, matters, questions
from db.schema.people import persons, talent_cards
from db.schema.queues import cards, outbox
from desk.imports.cells import undashed
from desk.ledger import Done, Ledger
from desk.news import Newsroom
from desk.people import People, Person
from desk.refusals import Refused
from desk.rules.authority import Power, holders
from desk.rules.life import ENDS

OUTBOX = Queue(outbox)


class Accounts:
    """Accounts and cards, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, people: People, newsroom: Newsroom, ledger: Ledger) -> None:
        self._tx = tx
        self._now = now
        self._people = people
        self._newsroom = newsroom
        self._ledger = ledger

    async def entry(self, which: ColumnElement[bool]) -> Any:
        """A person of the roster, with the number of their card."""
        query = select(persons, talent_cards.c.number).outerjoin(talent_cards).where(which)
        return (await self._tx.execute(query)).first()

    async def holder(self, number: str) -> Person | None:
        """Whose card this is."""
        row = await self.entry(same_card(number))
        return await self._people.get(row.id) if row else None

    async def officials(self) -> list[Person]:
        """Who may let somebody in, and hears of cards that are lost or move."""
        return await self._people.with_role(*holders(Power.APPROVE_BINDING))

    async def bind(self, asker: Person, person_id: int, *, way: str) -> Person:
        """The account becomes this person's.

        1. An account that is somebody of the roster already stays who it is.
        2. The row that the account had gives it up, and what it carried goes along: language, consent, questions, and
           the matters of whoever is on the roster by another id now.
        3. An account that was bound before is told, and so is the talent office; what was still to be sent there about
           a matter is taken back.
        4. Every matter that goes on comes to the account as its card.

        Parameters:
            way: how they proved who they are, for the ledger.

        Raises:
            Refused: the account is somebody's already, or the person is not in the roster.
        """
        if asker.card is not None or asker.posts:
            raise Refused("binding.somebody_already")
        row = await self.entry(persons.c.id == person_id)
        if row is None:
            raise Refused("binding.link_over")
        await self._tell_former(row)
        await self._take_back(person_id)
        known = (await self._tx.execute(select(persons).where(persons.c.id == asker.id))).one()
        await self._tx.execute(delete(drafts).where(drafts.c.person_id.in_([asker.id, person_id])))
        loose = {"telegram_id": None, "chat_id": None, **({"name": ""} if known.key is None else {})}
        await self._tx.execute(update(persons).where(persons.c.id == asker.id).values(**loose))
        carried = {"language": known.language, "app_language": known.app_language}
        carried |= {"consent": known.consent, "consent_at": known.consent_at, "reachable": True}
        account = {"telegram_id": known.telegram_id, "chat_id": known.chat_id}
        await self._tx.execute(update(persons).where(persons.c.id == person_id).values(**account, **carried))
        await self._tx.execute(update(questions).where(questions.c.asker_id == asker.id).values(asker_id=person_id))
        await self._tx.execute(update(cards).where(cards.c.person_id == asker.id).values(person_id=person_id))
        await self._tx.execute(update(matters).where(matters.c.person_id == asker.id).values(person_id=person_id))
        await self._ledger.note(Done.BOUND, person_id, person_id, way=way)
        self._newsroom.menus[person_id] = None
        theirs = (matters.c.person_id == person_id) & matters.c.status.not_in([status.value for status in ENDS])
        for matter_id in (await self._tx.execute(select(matters.c.id).where(theirs).order_by(matters.c.id))).scalars():
            self._newsroom.bring(matter_id, person_id)
        person = await self._people.get(person_id)
        assert person is not None
        return person

    async def unbind(self, person: Person) -> None:
        """The account is nobody's any more; card, roster entry and open matters stay as they are."""
        await self._take_back(person.id)
        await self._tx.execute(delete(drafts).where(drafts.c.person_id == person.id))
        loose = {"telegram_id": None, "chat_id": None}
        await self._tx.execute(update(persons).where(persons.c.id == person.id).values(**loose))
        await self._ledger.note(Done.UNBOUND, person.id, person.id)

    async def lose(self, person: Person) -> None:
        """The holder says that the card is lost: it is held until the talent office lifts that in the roster.

        Raises:
            Refused: they have no card that is valid.
        """
        mine = (talent_cards.c.person_id == person.id) & (talent_cards.c.status == "active")
        if not (await self._tx.execute(update(talent_cards).where(mine).values(status="lost"))).rowcount:
            raise Refused("binding.not_active")
        await self._ledger.note(Done.CARD_LOST, person.id, person.id)
        row = await self.entry(persons.c.id == person.id)
        for official in await self.officials():
            told = {"name": person.name, "card": row.number, "id": row.key}
            self._newsroom.notify(official, "binding.lost_told", told)

    async def _take_back(self, person_id: int) -> None:
        """What waits to be sent about a matter, such as until the morning, is not for whoever has that phone then."""
        theirs = (outbox.c.person_id == person_id) & outbox.c.matter_id.is_not(None)
        await OUTBOX.supersede(self._tx, theirs, self._now)

    async def _tell_former(self, row: Any) -> None:
        if row.telegram_id is None:
            return
        former = await self._people.get(row.id)
        if former is not None:
            self._newsroom.notify(former, "binding.moved_away", {"name": row.name})
        for official in await self.officials():
            if official.id != row.id:
                self._newsroom.notify(official, "binding.moved_told", {"name": row.name, "id": row.key})


def same_card(number: str) -> ColumnElement[bool]:
    """Whether a card has this number, however its dashes are set."""
    return func.replace(talent_cards.c.number, "-", "") == undashed(number)

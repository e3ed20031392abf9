"""How an account becomes a person's: by a link, or by a card number with one's own phone; `desk.vouching` is the third.

A card number alone never does it. Wrong tries have limits, and every answer to one is the same (`desk.tries`).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from db.engine import Tx
from db.schema.binding import invitations
from db.schema.matters import drafts, questions
from db.schema.people import persons, talent_cards
from desk.imports.cells import could_be_card_number, phone_number, undashed
from desk.ledger import Done, Ledger
from desk.news import Newsroom
from desk.people import People, Person
from desk.refusals import Refused
from desk.rules.authority import Power, holders
from desk.tries import Tries
from desk.vault import Vault

LIVES = {"card": timedelta(hours=72), "staff": timedelta(minutes=15)}
"""How long a link may be used, by its kind."""


@dataclass(frozen=True)
class Shared:
    """A contact that was shared; `own` when Telegram says that it is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True)
class Invitation:
    """A link that may still be used. `wants_phone`: the roster has a number to compare with."""

    id: int
    kind: str
    person_id: int
    wants_phone: bool


class Binding:
    """Binds accounts, inside one transaction."""

    def __init__(self, tx: Tx, vault: Vault, now: datetime, people: People, newsroom: Newsroom, ledger: Ledger) -> None:
        self._tx = tx
        self._vault = vault
        self._now = now
        self._people = people
        self._newsroom = newsroom
        self._ledger = ledger
        self._tries = Tries(tx, now, people, newsroom)

    async def invite(self, person_id: int, kind: str, by: int | None) -> str:
        """A link's payload, single-use; the one made before it for the same person ends.

        Parameters:
            kind: `card` or `staff`.
            by: who made it, `None` for the command line.
        """
        older = (invitations.c.person_id == person_id) & invitations.c.used_at.is_(None)
        await self._tx.execute(update(invitations).where(older).values(used_at=self._now))
        token = f"{kind}-{secrets.token_urlsafe(24)}"
        await self._tx.execute(
            insert(invitations).values(
                kind=kind,
                digest=_digest(token),
                person_id=person_id,
                made_by=by,
                made_at=self._now,
                expires_at=self._now + LIVES[kind],
            )
        )
        await self._ledger.note(Done.INVITED, by, person_id, kind=kind)
        return token

    async def opened(self, token: str) -> Invitation | None:
        """The link behind a payload, if it may still be used."""
        return await self._invitation(invitations.c.digest == _digest(token))

    async def by_link(self, asker: Person, invitation_id: int, shared: Shared | None) -> Person:
        """Bind by a link: with the roster's own number, or for staff without a number by the link alone.

        Raises:
            Refused: the link is used or over, or the contact is not the one of the roster.
        """
        invitation = await self._invitation(invitations.c.id == invitation_id)
        if invitation is None:
            raise Refused("binding.link_over")
        await self._tries.within(asker, None)
        if invitation.wants_phone or invitation.kind == "card":
            row = await self.entry(persons.c.id == invitation.person_id)
            if shared is None or not self._is_theirs(shared, row.phone_mark if row else None):
                await self._tries.wrong(asker, None, row.id if row else None)
        used = (invitations.c.id == invitation.id) & invitations.c.used_at.is_(None)
        if not (await self._tx.execute(update(invitations).where(used).values(used_at=self._now))).rowcount:
            raise Refused("binding.link_over")
        return await self.bind(asker, invitation.person_id, way="link")

    def could_be_card(self, text: str) -> bool:
        """Whether these words may be meant as a card number at all."""
        return could_be_card_number(text)

    async def by_card(self, asker: Person, number: str, shared: Shared) -> Person:
        """Bind by a card number and one's own phone, which must both be the roster's.

        Raises:
            Refused: they do not belong together, or too much was tried.
        """
        mark = self._vault.mark("card", undashed(number))
        await self._tries.within(asker, mark)
        row = await self.entry(same_card(number))
        if not self._is_theirs(shared, row.phone_mark if row else None) or row is None:
            await self._tries.wrong(asker, mark, row.id if row else None)
        return await self.bind(asker, row.id, way="card")

    async def unbind(self, person: Person) -> None:
        """The account is nobody's any more; card, roster entry and open matters stay as they are."""
        await self._tx.execute(delete(drafts).where(drafts.c.person_id == person.id))
        loose = {"telegram_id": None, "chat_id": None}
        await self._tx.execute(update(persons).where(persons.c.id == person.id).values(**loose))
        await self._ledger.note(Done.UNBOUND, person.id, person.id)

    async def lose(self, person: Person) -> None:
        """The holder says that the card is lost: it is held until the talent office lifts that in the roster."""
        mine = (talent_cards.c.person_id == person.id) & (talent_cards.c.status == "active")
        if not (await self._tx.execute(update(talent_cards).where(mine).values(status="lost"))).rowcount:
            raise Refused("binding.not_active")
        await self._ledger.note(Done.CARD_LOST, person.id, person.id)
        for official in await self.officials():
            number = person.card.number if person.card else ""
            self._newsroom.notify(official, "binding.lost_told", {"name": person.name, "card": number})

    async def holder(self, number: str) -> Person | None:
        """Whose card this is."""
        row = await self.entry(same_card(number))
        return await self._people.get(row.id) if row else None

    async def bind(self, asker: Person, person_id: int, *, way: str) -> Person:
        """The account becomes this person's.

        1. An account that is somebody of the roster already stays who it is.
        2. The stranger's row gives up the account, and what it carried goes along: language, consent, questions.
        3. An account that was bound before is told, and so is the talent office.
        """
        if asker.card is not None or asker.posts:
            raise Refused("binding.somebody_already")
        row = await self.entry(persons.c.id == person_id)
        if row is None:
            raise Refused("binding.link_over")
        await self._tell_former(row)
        known = (await self._tx.execute(select(persons).where(persons.c.id == asker.id))).one()
        await self._tx.execute(delete(drafts).where(drafts.c.person_id.in_([asker.id, person_id])))
        await self._tx.execute(
            update(persons).where(persons.c.id == asker.id).values(telegram_id=None, chat_id=None, name="")
        )
        carried = {"language": known.language, "app_language": known.app_language}
        carried |= {"consent": known.consent, "consent_at": known.consent_at, "reachable": True}
        account = {"telegram_id": known.telegram_id, "chat_id": known.chat_id}
        await self._tx.execute(update(persons).where(persons.c.id == person_id).values(**account, **carried))
        await self._tx.execute(update(questions).where(questions.c.asker_id == asker.id).values(asker_id=person_id))
        await self._ledger.note(Done.BOUND, person_id, person_id, way=way)
        self._newsroom.menus[person_id] = None
        person = await self._people.get(person_id)
        assert person is not None
        return person

    async def _tell_former(self, row: Any) -> None:
        if row.telegram_id is None:
            return
        former = await self._people.get(row.id)
        if former is not None:
            self._newsroom.notify(former, "binding.moved_away", {"name": row.name})
        for official in await self.officials():
            if official.id != row.id:
                self._newsroom.notify(official, "binding.moved_told", {"name": row.name})

    def _is_theirs(self, shared: Shared, mark: str | None) -> bool:
        """Compared even when there is nothing to compare with, so that the time it takes tells nothing."""
        phone = phone_number(shared.phone) or ""
        return self._vault.same("phone", phone, mark) and shared.own

    async def officials(self) -> list[Person]:
        """Who may let somebody in, and hears of cards that are lost or move."""
        return await self._people.with_role(*holders(Power.APPROVE_BINDING))

    async def _invitation(self, which: Any) -> Invitation | None:
        alive = which & invitations.c.used_at.is_(None) & (invitations.c.expires_at > self._now)
        query = select(invitations, persons.c.phone_mark).join(persons, persons.c.id == invitations.c.person_id)
        row = (await self._tx.execute(query.where(alive))).first()
        return Invitation(row.id, row.kind, row.person_id, row.phone_mark is not None) if row else None

    async def entry(self, which: ColumnElement[bool]) -> Any:
        """A person of the roster, with the number of their card."""
        query = select(persons, talent_cards.c.number).outerjoin(talent_cards).where(which)
        return (await self._tx.execute(query)).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def same_card(number: str) -> ColumnElement[bool]:
    """Whether a card has this number, however its dashes are set."""
    return func.replace(talent_cards.c.number, "-", "") == undashed(number)

"""How an account becomes a person's: by a link, or by a card number with one's own phone; `desk.vouching` is the third.

A card number alone never does it. Wrong tries have limits, and every answer to one is the same (`desk.tries`). What
follows when the way was good is in `desk.accounts`.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from db.engine import Tx
from db.schema.binding import invitations
from db.schema.people import persons
from desk.accounts import Accounts, same_card
from desk.imports.cells import could_be_card_number, phone_number, undashed
from desk.ledger import Done, Ledger
from desk.people import Person
from desk.refusals import Refused
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
    """Links and card numbers, inside one transaction."""

    def __init__(self, tx: Tx, vault: Vault, now: datetime, accounts: Accounts, tries: Tries, ledger: Ledger) -> None:
        self._tx = tx
        self._vault = vault
        self._now = now
        self._accounts = accounts
        self._tries = tries
        self._ledger = ledger

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
        await self._tries.within(asker)
        if invitation.wants_phone or invitation.kind == "card":
            row = await self._accounts.entry(persons.c.id == invitation.person_id)
            if shared is None or not self._is_theirs(shared, row.phone_mark if row else None):
                await self._tries.wrong(asker, (), row.id if row else None)
        used = (invitations.c.id == invitation.id) & invitations.c.used_at.is_(None)
        if not (await self._tx.execute(update(invitations).where(used).values(used_at=self._now))).rowcount:
            raise Refused("binding.link_over")
        return await self._accounts.bind(asker, invitation.person_id, way="link")

    def could_be_card(self, text: str) -> bool:
        """Whether these words may be meant as a card number at all."""
        return could_be_card_number(text)

    async def by_card(self, asker: Person, number: str, shared: Shared) -> Person:
        """Bind by a card number and one's own phone, which must both be the roster's.

        Raises:
            Refused: they do not belong together, or too much was tried.
        """
        marks = self._vault.marks("card", undashed(number))
        await self._tries.within(asker, marks)
        row = await self._accounts.entry(same_card(number))
        if not self._is_theirs(shared, row.phone_mark if row else None) or row is None:
            await self._tries.wrong(asker, marks, row.id if row else None)
        return await self._accounts.bind(asker, row.id, way="card")

    def _is_theirs(self, shared: Shared, mark: str | None) -> bool:
        """Compared even when there is nothing to compare with, so that the time it takes tells nothing."""
        phone = phone_number(shared.phone) or ""
        return self._vault.same("phone", phone, mark) and shared.own

    async def _invitation(self, which: Any) -> Invitation | None:
        alive = which & invitations.c.used_at.is_(None) & (invitations.c.expires_at > self._now)
        query = select(invitations, persons.c.phone_mark).join(persons, persons.c.id == invitations.c.person_id)
        row = (await self._tx.execute(query.where(alive))).first()
        return Invitation(row.id, row.kind, row.person_id, row.phone_mark is not None) if row else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

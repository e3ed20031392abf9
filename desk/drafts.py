"""Unfinished forms: one per person, kept in the database, so that a restart or a busy day loses nothing.

What is half written may be about a child or an illness before anybody knows: every form is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from db.engine import Tx
from db.schema.matters import drafts
from desk.people import Person
from desk.vault import Vault


@dataclass(frozen=True)
class Draft:
    """A form in the making: which journey it belongs to and what is known so far."""

    journey: str
    state: Mapping[str, Any]


_MINE = select(drafts.c.journey, drafts.c.state, drafts.c.sealed).where(drafts.c.person_id == bindparam("person"))


class Drafts:
    """The drafts table, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, vault: Vault) -> None:
        self._tx = tx
        self._now = now
        self._vault = vault

    async def of(self, person: Person) -> Draft | None:
        """What this person is in the middle of."""
        row = (await self._tx.execute(_MINE, {"person": person.id})).first()
        if row is None:
            return None
        return Draft(row.journey, self._vault.unpack(row.sealed) if row.sealed else row.state)

    async def keep(self, person: Person, journey: str, state: Mapping[str, Any]) -> None:
        """Remember this form, in place of whatever they were in the middle of."""
        values = {"journey": journey, "state": {}, "sealed": self._vault.pack(dict(state)), "updated_at": self._now}
        done = await self._tx.execute(update(drafts).where(drafts.c.person_id == person.id).values(**values))
        if done.rowcount == 0:
            await self._tx.execute(insert(drafts).values(person_id=person.id, **values))

    async def drop(self, person: Person) -> bool:
        """Throw the form away; whether there was one."""
        done = await self._tx.execute(delete(drafts).where(drafts.c.person_id == person.id))
        return bool(done.rowcount)

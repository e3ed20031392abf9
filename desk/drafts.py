"""Unfinished forms: one per person, kept in the database, so that a restart or a busy day loses nothing.

Words that wait for their matter are laid aside while another form is filled in, and lie there again when it is done.
What is half written may be about a child or an illness before anybody knows: every form is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from db.engine import Tx
from db.schema.matters import drafts
from desk.people import Person
from desk.vault import Vault

WAITING = "talk"
"""The journey of words that were sent before it is known which matter they are about."""

_ASIDE = "_aside"


@dataclass(frozen=True)
class Draft:
    """A form in the making: which journey it belongs to and what is known so far.

    `kept_at` is when it was last kept; `aside` are the words that wait for their matter meanwhile.
    """

    journey: str
    state: Mapping[str, Any]
    kept_at: datetime
    aside: Mapping[str, Any] | None = None

    @property
    def waiting(self) -> Mapping[str, Any] | None:
        """The words that wait for their matter, whether it is their turn or not."""
        return self.state if self.journey == WAITING else self.aside


_ALL = select(drafts.c.person_id, drafts.c.journey, drafts.c.state, drafts.c.sealed, drafts.c.updated_at)
_MINE = _ALL.where(drafts.c.person_id == bindparam("person"))
_THEIRS = _ALL.where(drafts.c.person_id.in_(bindparam("people", expanding=True)))
_FORESEEN = "draft by person"


class Drafts:
    """The drafts table, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, vault: Vault) -> None:
        self._tx = tx
        self._now = now
        self._vault = vault

    async def of(self, person: Person) -> Draft | None:
        """What this person is in the middle of."""
        foreseen: Mapping[int, Row[Any] | None] = self._tx.foreseen(_FORESEEN)
        if person.id in foreseen:
            row = foreseen[person.id]
        else:
            row = (await self._tx.execute(_MINE, {"person": person.id})).first()
        if row is None:
            return None
        state = dict(self._vault.unpack(row.sealed) if row.sealed else row.state)
        return Draft(row.journey, state, row.updated_at, state.pop(_ASIDE, None))

    async def foresee(self, people: Sequence[Person]) -> None:
        """Read at once what `of` will be asked for one after the other."""
        numbers = [person.id for person in people]
        rows = {row.person_id: row for row in await self._tx.execute(_THEIRS, {"people": numbers})}
        self._tx.foresee(_FORESEEN, {number: rows.get(number) for number in numbers}, {drafts.name})

    async def keep(self, person: Person, journey: str, state: Mapping[str, Any]) -> None:
        """Remember this form, in place of whatever they were in the middle of; waiting words are laid aside."""
        before = await self.of(person)
        aside = before.waiting if before is not None and journey != WAITING else None
        await self._write(person, journey, {**state, **({_ASIDE: dict(aside)} if aside is not None else {})})

    async def drop(self, person: Person) -> bool:
        """Throw the form away; whether there was one. Words that were laid aside wait again."""
        before = await self.of(person)
        if before is not None and before.aside is not None:
            await self._write(person, WAITING, before.aside)
            return True
        done = await self._tx.execute(delete(drafts).where(drafts.c.person_id == person.id))
        return bool(done.rowcount)

    async def settle_waiting(self, person: Person) -> None:
        """The waiting words have found their matter, or are a matter of their own; a form beside them stays."""
        before = await self.of(person)
        if before is not None and before.aside is not None:
            await self._write(person, before.journey, before.state)
        elif before is not None and before.journey == WAITING:
            await self.drop(person)

    async def _write(self, person: Person, journey: str, state: Mapping[str, Any]) -> None:
        values = {"journey": journey, "state": {}, "sealed": self._vault.pack(dict(state)), "updated_at": self._now}
        done = await self._tx.execute(update(drafts).where(drafts.c.person_id == person.id).values(**values))
        if done.rowcount == 0:
            await self._tx.execute(insert(drafts).values(person_id=person.id, **values))

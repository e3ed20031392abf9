"""Wrong tries to bind: counted per account, per card and over all; nobody learns from them which cards or phones exist.

Every answer to a wrong try is the same, and takes the same statements whatever there is.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import func, insert, select, update

from db.engine import Tx
from db.queue import Queue
from db.schema.binding import binding_tries
from db.schema.people import talent_cards
from db.schema.queues import timers
from desk.imports.cells import undashed
from desk.news import Newsroom
from desk.people import People, Person
from desk.refusals import Refused
from desk.vault import Vault

BUDGETS = {"account": (5, timedelta(days=1)), "card": (5, timedelta(days=1)), "all": (60, timedelta(hours=1))}
"""Wrong tries allowed: how many, within what time."""
TRIED = "tried"
"""The timer that tells the owner of a card of a wrong try."""
QUEUE = Queue(timers)


class Tries:
    """The limits, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, people: People, newsroom: Newsroom) -> None:
        self._tx = tx
        self._now = now
        self._people = people
        self._newsroom = newsroom

    async def within(self, asker: Person, marks: Sequence[str] = ()) -> None:
        """Come back while there may be one more try.

        Parameters:
            marks: of the card number, if there is one: its mark under every key, the newest first.

        Raises:
            Refused: too many were made.
        """
        for kind, names in _scopes(asker, marks).items():
            most, span = BUDGETS[kind]
            if await self._made(names, span) >= most:
                raise Refused("binding.too_many")

    async def wrong(self, asker: Person, marks: Sequence[str], owner: int | None) -> NoReturn:
        """Count a wrong try, tell whoever should know, and say what is always said.

        The owner hears in a transaction of its own, planned for nobody, too, where there is no such card.

        Raises:
            Refused: always.
        """
        scopes = _scopes(asker, marks)
        for kind, names in scopes.items():
            most, span = BUDGETS[kind]
            await self._tx.execute(insert(binding_tries).values(at=self._now, scope=names[0]))
            if await self._made(names, span) == most:
                for official in await self._people.with_role("admin"):
                    self._newsroom.notify(official, "binding.tries_told", {"scope": kind})
        first = not marks or await self._made(scopes["card"], BUDGETS["card"][1]) == 1
        told = owner if first and owner != asker.id else None
        dedupe = f"{TRIED}:{asker.id}:{secrets.token_hex(8)}"
        timer = {"kind": TRIED, "due_at": self._now, "dedupe": dedupe, "body": {"owner": told}}
        await QUEUE.put(self._tx, timer, self._now)
        self._tx.wake(QUEUE.name)
        raise Refused("binding.no_match")

    async def tell(self, body: Mapping[str, Any]) -> None:
        """Somebody tried to bind with this person's card or link: they hear of it."""
        owner = await self._people.get(body["owner"]) if body["owner"] is not None else None
        if owner is not None:
            self._newsroom.notify(owner, "binding.tried_told", {})

    async def _made(self, names: Sequence[str], span: timedelta) -> int:
        recent = binding_tries.c.scope.in_(names) & (binding_tries.c.at > self._now - span)
        return int(await self._tx.scalar(select(func.count()).where(recent)))


async def carry_over(tx: Tx, vault: Vault) -> None:
    """The key changes: what was tried with a card goes on counting, under the card's mark by the newest key.

    A number that is no card's cannot be found by its mark, nor is anything to be had by trying it.
    """
    named = select(binding_tries.c.scope).where(binding_tries.c.scope.startswith("card:")).distinct()
    tried = set((await tx.execute(named)).scalars())
    for number in (await tx.execute(select(talent_cards.c.number))).scalars() if tried else ():
        newest, *older = _of_card(vault.marks("card", undashed(number)))
        if not tried.isdisjoint(older):
            again = update(binding_tries).where(binding_tries.c.scope.in_(older))
            await tx.execute(again.values(scope=newest))


def _scopes(asker: Person, marks: Sequence[str]) -> dict[str, list[str]]:
    """What a try counts for, and the names that it is counted under; it is written down under the first."""
    found = {"account": [f"account:{asker.user_id}"], "all": ["all"]}
    return {**found, "card": _of_card(marks)} if marks else found


def _of_card(marks: Sequence[str]) -> list[str]:
    return [f"card:{mark}" for mark in marks]

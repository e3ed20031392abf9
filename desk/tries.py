"""Wrong tries to bind: counted per account, per card and over all; nobody learns from them which cards or phones exist.

Every answer to a wrong try is the same, and takes the same statements whatever there is.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import func, insert, select

from db.engine import Tx
from db.queue import Queue
from db.schema.binding import binding_tries
from db.schema.queues import timers
from desk.news import Newsroom
from desk.people import People, Person
from desk.refusals import Refused

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

    async def within(self, asker: Person, mark: str | None) -> None:
        """Come back while there may be one more try; `mark` stands for the card number, if there is one.

        Raises:
            Refused: too many were made.
        """
        for scope, (most, span) in _scopes(asker, mark).items():
            if await self._made(scope, span) >= most:
                raise Refused("binding.too_many")

    async def wrong(self, asker: Person, mark: str | None, owner: int | None) -> NoReturn:
        """Count a wrong try, tell whoever should know, and say what is always said.

        The owner hears in a transaction of its own, planned for nobody, too, where there is no such card.

        Raises:
            Refused: always.
        """
        for scope, (most, span) in _scopes(asker, mark).items():
            await self._tx.execute(insert(binding_tries).values(at=self._now, scope=scope))
            if await self._made(scope, span) == most:
                for official in await self._people.with_role("admin"):
                    self._newsroom.notify(official, "binding.tries_told", {"scope": scope.partition(":")[0]})
        first = mark is None or await self._made(f"card:{mark}", BUDGETS["card"][1]) == 1
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

    async def _made(self, scope: str, span: timedelta) -> int:
        recent = (binding_tries.c.scope == scope) & (binding_tries.c.at > self._now - span)
        return int(await self._tx.scalar(select(func.count()).where(recent)))


def _scopes(asker: Person, mark: str | None) -> dict[str, tuple[int, timedelta]]:
    found = {f"account:{asker.user_id}": BUDGETS["account"], "all": BUDGETS["all"]}
    if mark is not None:
        found[f"card:{mark}"] = BUDGETS["card"]
    return found

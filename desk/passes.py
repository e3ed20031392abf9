"""Being let in to the office's own pages: a link that is good once and briefly, and the session it opens.

Links are sent by the bot to the bound account; of link and session only a hash is kept, and both end when the account
is bound to somebody else, or to nobody.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from db.engine import Tx
from db.schema.pages import passes
from desk.people import People, Person

LINK, SESSION = timedelta(minutes=10), timedelta(hours=12)
"""How long a link may be used, and how long somebody stays signed in."""


@dataclass(frozen=True)
class Opened:
    """A session just begun: its token, which is kept nowhere, and the page the link leads to."""

    token: str
    target: str


class Passes:
    """Gives out and takes in passes, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, people: People) -> None:
        self._tx = tx
        self._now = now
        self._people = people

    async def link(self, person: Person, target: str) -> str:
        """A new link's token; an older link of theirs ends.

        Parameters:
            target: the page it leads to, such as a matter's number.
        """
        mine = (passes.c.person_id == person.id) & (passes.c.kind == "link")
        await self._end(mine)
        return await self._make("link", person, target, LINK)

    async def open(self, token: str) -> Opened | None:
        """Use a link; `None` when it was used, is over, or was never given out."""
        row = await self._alive("link", token)
        if row is None or not await self._end(passes.c.id == row.id):
            return None
        person = await self._holder(row)
        if person is None:
            return None
        return Opened(await self._make("session", person, "", SESSION), row.target)

    async def person(self, token: str) -> Person | None:
        """Who is signed in by this session; nobody when it is over or the account is not theirs any more."""
        row = await self._alive("session", token)
        return await self._holder(row) if row is not None else None

    async def close(self, token: str) -> None:
        """Sign out."""
        await self._end(passes.c.digest == _digest(token))

    async def _make(self, kind: str, person: Person, target: str, lives: timedelta) -> str:
        token = secrets.token_urlsafe(32)
        row = {"kind": kind, "digest": _digest(token), "person_id": person.id, "telegram_id": person.user_id}
        row |= {"target": target[:64], "made_at": self._now, "expires_at": self._now + lives}
        await self._tx.execute(insert(passes).values(**row))
        return token

    async def _alive(self, kind: str, token: str) -> Row[Any] | None:
        this = (passes.c.digest == _digest(token)) & (passes.c.kind == kind)
        good = passes.c.ended_at.is_(None) & (passes.c.expires_at > self._now)
        return (await self._tx.execute(select(passes).where(this, good))).first()

    async def _holder(self, row: Row[Any]) -> Person | None:
        person = await self._people.get(row.person_id)
        return person if person is not None and person.user_id == row.telegram_id else None

    async def _end(self, which: ColumnElement[bool]) -> bool:
        ending = update(passes).where(which, passes.c.ended_at.is_(None)).values(ended_at=self._now)
        return bool((await self._tx.execute(ending)).rowcount)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""The office's own acts in one sealed chain: imports, exports, invitations, approvals, words to many; nothing personal.

Beside it what was refused, counted once a day for each person and thing, so that an auditor sees who reached for what.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update

from db.engine import Tx
from db.schema.authority import ledger, refused
from db.schema.matters import counters
from db.types import to_ms

FIRST = "0" * 64
"""What stands before the first row."""
COUNTER = "ledger"


class Done(StrEnum):
    """What is written down."""

    INVITED = "invited"
    BOUND = "bound"
    UNBOUND = "unbound"
    BINDING_GRANTED = "binding_granted"
    BINDING_REFUSED = "binding_refused"
    CARD_LOST = "card_lost"
    LEFT = "left"
    ROSTER_APPLIED = "roster_applied"
    ROSTER_UNDONE = "roster_undone"
    ROSTER_EXPORTED = "roster_exported"
    SECOND_ASKED = "second_asked"
    SECOND_GRANTED = "second_granted"
    SECOND_REFUSED = "second_refused"
    ANNOUNCED = "announced"
    BOOK_CHANGED = "book_changed"
    AUDIT_READ = "audit_read"
    UNLOCKED = "unlocked"


class Ledger:
    """Appends rows, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, today: date) -> None:
        self._tx = tx
        self._now = now
        self._today = today

    async def note(self, act: Done, by: int | None, subject: int | None = None, /, **facts: Any) -> None:
        """Write down that this was done. `by` is nobody for the command line; `facts` are never personal text.

        The counter's row is held until the transaction ends, so that of two writers the second follows the first.
        """
        n = await self._next()
        last = await self._tx.scalar(select(ledger.c.digest).where(ledger.c.n == n - 1)) or FIRST
        row = {"n": n, "at": self._now, "actor_id": by, "act": act.value, "subject": subject, "facts": facts}
        row["previous"] = last
        await self._tx.execute(insert(ledger).values(**row, digest=seal(row)))

    async def refused(self, person_id: int, act: str, matter_id: int, *, press: bool) -> None:
        """Somebody reached for what is not theirs, or does not exist; the same statements for both."""
        same = {"person_id": person_id, "day": self._today, "act": act, "matter_id": matter_id}
        same["way"] = "press" if press else "words"
        mine = [refused.c[name] == value for name, value in same.items()]
        again = update(refused).where(*mine).values(times=refused.c.times + 1, last_at=self._now)
        if not (await self._tx.execute(again)).rowcount:
            await self._tx.execute(insert(refused).values(**same, times=1, last_at=self._now))

    async def _next(self) -> int:
        mine = counters.c.name == COUNTER
        if not (await self._tx.execute(update(counters).where(mine).values(value=counters.c.value + 1))).rowcount:
            await self._tx.execute(insert(counters).values(name=COUNTER, value=1))
        return int(await self._tx.scalar(select(counters.c.value).where(mine)))


def seal(row: Mapping[str, Any]) -> str:
    """The seal of a row: SHA-256 over its fields, the seal before it included."""
    names = ("n", "actor_id", "act", "subject", "facts", "previous")
    sealed = {**{name: row[name] for name in names}, "at": to_ms(row["at"])}
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

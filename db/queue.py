"""One durable queue for updates received, messages owed and timers set, the same on SQLite and PostgreSQL.

A row is due, then done, dead or superseded. Whoever works on it holds a lease for a while: a token that only the
holder knows and that every later statement names, so that a holder who comes back too late changes nothing.

Order: a table whose `key` is never null is a set of lines. Only the oldest undone row of a line can be claimed, and
while it is held, put off or waiting for another try, the line waits with it. Across lines the more urgent goes first.
A table whose `key` may be null has no lines: what was due first goes first.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Update, and_, func, or_, select, text, update

from db.engine import Tx
from db.queue_sql import Statements
from db.schema.queues import DEAD, SUPERSEDED

LONGEST_ERROR = 8_000
TOKEN = 16
"""Letters of a lease behind the name of the process that holds it."""

PLACES = 1024
"""Lines share so many locks: a server has room for a few thousand, and who waits for nothing waits a moment only."""
_LINES = text("SELECT pg_advisory_xact_lock(1818848869, place) FROM unnest(CAST(:places AS int[])) AS place")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in somebody's hands. `attempts` failed before; `claims` counts this time in hand, too."""

    id: int
    key: str | None
    lease: str
    claims: int
    attempts: int
    row: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.row[column]


@dataclass(frozen=True, slots=True)
class Load:
    """What waits: how many rows, and for how long the oldest has been due."""

    waiting: int
    oldest: timedelta


class Queue:
    """The rows of one table as a queue. Statements are built once; every method works in the caller's transaction.

    A method that ends or puts off a claimed row answers whether the lease was still good; if not, nothing changed.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.name = table.name
        self._sql = Statements(table)

    # ---- putting in

    async def keep_order(self, tx: Tx, lines: Iterable[str]) -> None:
        """Let nobody else put anything into these lines until this transaction has ended; before its first `put`.

        On PostgreSQL two that put into one line side by side do not see each other: each would take its own row for
        the first, and both would be in hand at once. SQLite has one that writes.
        """
        if tx.dialect == "postgresql":
            places = sorted({zlib.crc32(line.encode()) % PLACES for line in lines})
            await tx.execute(_LINES, {"places": places})

    async def put(self, tx: Tx, row: Mapping[str, Any], now: datetime) -> int | None:
        """Add one row, due now unless it says when.

        Returns:
            its id, or None when a row of the same name (`update_id`, `dedupe`) was there already.
        """
        filled = self._filled(row, now)
        number: int | None = await tx.scalar(self._sql.put(tx.dialect)[1], filled)
        self._line_up(tx, [filled])
        return number

    async def put_many(self, tx: Tx, rows: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """Add rows in this order; one whose name is there already is left out."""
        filled = [self._filled(row, now) for row in rows]
        if filled:
            await tx.execute(self._sql.put(tx.dialect)[0], filled)
            self._line_up(tx, filled)

    # ---- taking in hand

    async def claim(self, tx: Tx, now: datetime, lease_for: timedelta, limit: int) -> list[Claimed]:
        """Take at most `limit` rows that are due and that nobody holds, for as long as `lease_for`."""
        token = f"{tx.process}.{secrets.token_hex(TOKEN // 2)}"
        values = {"now": now, "until": now + lease_for, "token": token, "most": limit}
        rows = (await tx.execute(self._sql.claim, values)).mappings().all()
        first = ("urgency", "id") if self._sql.in_lines else ("due_at", "id")
        return [
            Claimed(row["id"], row["key"], row["lease"], row["claims"], row["attempts"], dict(row))
            for row in sorted(rows, key=lambda row: tuple(row[name] for name in first))
        ]

    async def next_due(self, tx: Tx, now: datetime) -> datetime | None:
        """When the next row can be claimed, from what is written now; None when nothing waits."""
        values = None if self._sql.in_lines else {"now": now}
        found: datetime | None = await tx.scalar(self._sql.next, values)
        return found

    # ---- ending

    async def complete(self, tx: Tx, claimed: Claimed, now: datetime, **results: Any) -> bool:
        """Done; `results` are columns of the table to be written with it."""
        statement = self._sql.finish_with(tuple(results)) if results else self._sql.finish
        return await self._hit(tx, statement, claimed, at=now, **_got(results))

    async def complete_all(self, tx: Tx, rows: Sequence[Claimed], now: datetime) -> set[int]:
        """These rows of one claim are done; the ids of those whose lease was still good."""
        values = {"ids": [one.id for one in rows], "token": rows[0].lease, "at": now}
        return set((await tx.execute(self._sql.finish_all, values)).scalars())

    async def complete_each(self, tx: Tx, done: Sequence[tuple[Claimed, Mapping[str, Any]]], now: datetime) -> bool:
        """Done, each with results of its own, in the same columns; whether every lease was good, as far as can be told.

        The driver of PostgreSQL does not tell.
        """
        rows = [{"mine": one.id, "token": one.lease, "at": now, **_got(results)} for one, results in done]
        found = await tx.execute(self._sql.finish_with(tuple(done[0][1])), rows)
        return found.rowcount in (len(done), -1)

    async def quarantine(self, tx: Tx, claimed: Claimed, error: str, now: datetime) -> bool:
        """Given up: the row stays, with its error, for a person to look at; its line goes on."""
        return await self._hit(tx, self._sql.end, claimed, at=now, to_state=DEAD, to_error=error[:LONGEST_ERROR])

    async def retry(self, tx: Tx, claimed: Claimed, at: datetime, error: str) -> bool:
        """It failed; try again at `at`. Counts as an attempt."""
        return await self._hit(tx, self._sql.put_off, claimed, at=at, more=1, to_error=error[:LONGEST_ERROR])

    async def hold(self, tx: Tx, claimed: Claimed, until: datetime) -> bool:
        """Not now: put it back until `until`. Not an attempt, for nothing was tried."""
        return await self._hit(tx, self._sql.put_off, claimed, at=until, more=0, to_error=None)

    async def supersede(self, tx: Tx, where: ColumnElement[bool], now: datetime) -> int:
        """Take back the undone rows that match and that nobody has in hand; how many there were."""
        free = or_(self.table.c.lease.is_(None), self.table.c.leased_until <= now)
        return await self._take_back(tx, and_(where, free), now)

    async def cancel(self, tx: Tx, where: ColumnElement[bool], now: datetime) -> int:
        """Take back the undone rows that match, even from who has them in hand; how many there were."""
        return await self._take_back(tx, where, now)

    async def free(self, tx: Tx, living: Select[tuple[str]]) -> int:
        """Give back what is leased to processes that are not among the living; how many rows there were."""
        columns = self.table.c
        holder = func.substr(columns.lease, 1, func.length(columns.lease) - TOKEN - 1)
        orphaned = select(columns.id).where(self._sql.undone, columns.lease.is_not(None), holder.not_in(living))
        locked = orphaned.with_for_update(skip_locked=True, of=self.table)  # a dead one's last statement may still run
        freed = update(self.table).where(columns.id.in_(locked)).values(lease=None, leased_until=None)
        if count := (await tx.execute(freed)).rowcount:
            tx.wake(self.name)
        return count

    # ---- looking

    async def load(self, tx: Tx, now: datetime) -> Load:
        """How much is due by now and not done."""
        since = self.table.c.due_at
        counts = select(func.count().label("waiting"), func.min(since).label("oldest"))
        due = counts.where(self._sql.undone, since <= now)
        found = (await tx.execute(due)).mappings().one()
        return Load(found["waiting"], now - found["oldest"] if found["oldest"] else timedelta())

    async def given_up(self, tx: Tx, most: int = 1_000_000) -> int:
        """How many rows a person has to look at, counted up to `most`."""
        return int(await tx.scalar(self._sql.given_up, {"most": most}) or 0)

    # ---- parts

    def _filled(self, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        filled: dict[str, Any] = dict.fromkeys(self._sql.given)
        filled.update(urgency=0, due_at=now, created_at=now)
        if "body" in filled:
            filled["body"] = {}
        filled.update(row)
        return filled

    def _line_up(self, tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
        if self._sql.in_lines:
            tx.lines_up(self.name, (row["key"] for row in rows))

    async def _hit(self, tx: Tx, statement: Update, claimed: Claimed, **values: Any) -> bool:
        found = await tx.execute(statement, {"mine": claimed.id, "token": claimed.lease, **values})
        return found.rowcount == 1

    async def _take_back(self, tx: Tx, where: ColumnElement[bool], now: datetime) -> int:
        statement = (
            update(self.table)
            .where(self._sql.undone, where)
            .values(state=SUPERSEDED, lease=None, done_at=now, **self._sql.emptied)
        )
        return (await tx.execute(statement)).rowcount


def _got(results: Mapping[str, Any]) -> dict[str, Any]:
    return {f"got_{name}": value for name, value in results.items()}

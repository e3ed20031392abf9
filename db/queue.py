"""One durable queue for updates received, messages owed and timers set, the same on SQLite and PostgreSQL.

A row is due, then done, dead or superseded. Whoever works on it holds a lease for a while: a token that only the
holder knows and that every later statement names, so that a holder who comes back too late changes nothing.

Order: a table whose `key` is never null is a set of lines. Only the oldest undone row of a line can be claimed, and
while it is held, put off or waiting for another try, the line waits with it. Across lines the more urgent goes first.
A table whose `key` may be null has no lines: what was due first goes first.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from db.engine import Tx
from db.schema.queues import DEAD, DONE, DUE, SUPERSEDED
from db.types import Instant

LONGEST_ERROR = 8_000
TOKEN = 16
"""Letters of a lease behind the name of the process that holds it."""
_OURS = frozenset({"id", "state", "lease", "leased_until", "claims", "attempts", "error", "created_at", "done_at"})


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
        columns = table.c
        self._in_lines = not columns.key.nullable
        self._given = [column.name for column in columns if column.name not in _OURS]
        # Written into the text: a partial index is used only where its condition can be seen while planning.
        self._undone: ColumnElement[bool] = columns.state == literal_column(f"'{DUE}'")
        self._once = next((column.name for column in columns if column.unique), None)
        # What people wrote is not kept longer than it takes to deal with it; what was given up stays to be looked at.
        self._emptied = {column.name: column.info["emptied"] for column in columns if "emptied" in column.info}
        self._puts = {"sqlite": self._put(sqlite.insert(table)), "postgresql": self._put(postgresql.insert(table))}
        self._puts_id = {name: statement.returning(columns.id) for name, statement in self._puts.items()}
        self._claim = self._claim_statement()
        self._next = self._next_statement()
        self._end = self._held().values(
            state=bindparam("to_state"), error=bindparam("to_error"), done_at=bindparam("at", type_=Instant), lease=None
        )
        self._finish = self._held().values(
            state=literal_column(f"'{DONE}'"),
            done_at=bindparam("at", type_=Instant),
            lease=None,
            leased_until=None,
            **self._emptied,
        )
        self._later = self._held().values(
            due_at=bindparam("at", type_=Instant),
            attempts=columns.attempts + bindparam("more"),
            error=func.coalesce(bindparam("to_error"), columns.error),
            lease=None,
            leased_until=None,
        )

    # ---- putting in

    async def put(self, tx: Tx, row: Mapping[str, Any], now: datetime) -> int | None:
        """Add one row, due now unless it says when.

        Returns:
            its id, or None when a row of the same name (`update_id`, `dedupe`) was there already.
        """
        number: int | None = await tx.scalar(self._puts_id[tx.dialect], self._filled(row, now))
        return number

    async def put_many(self, tx: Tx, rows: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """Add rows in this order; one whose name is there already is left out."""
        filled = [self._filled(row, now) for row in rows]
        if filled:
            await tx.execute(self._puts[tx.dialect], filled)

    # ---- taking in hand

    async def claim(self, tx: Tx, now: datetime, lease_for: timedelta, limit: int) -> list[Claimed]:
        """Take at most `limit` rows that are due and that nobody holds, for as long as `lease_for`."""
        token = f"{tx.process}.{secrets.token_hex(TOKEN // 2)}"
        values = {"now": now, "until": now + lease_for, "token": token, "most": limit}
        rows = (await tx.execute(self._claim, values)).mappings().all()
        first = ("urgency", "id") if self._in_lines else ("due_at", "id")
        return [
            Claimed(row["id"], row["key"], row["lease"], row["claims"], row["attempts"], dict(row))
            for row in sorted(rows, key=lambda row: tuple(row[name] for name in first))
        ]

    async def next_due(self, tx: Tx) -> datetime | None:
        """When the next row can be claimed, from what is written now; None when nothing waits."""
        found: datetime | None = await tx.scalar(self._next)
        return found

    # ---- ending

    async def complete(self, tx: Tx, claimed: Claimed, now: datetime, **results: Any) -> bool:
        """Done; `results` are columns of the table to be written with it."""
        statement = self._finish.values(**results) if results else self._finish
        return await self._hit(tx, statement, claimed, at=now)

    async def quarantine(self, tx: Tx, claimed: Claimed, error: str, now: datetime) -> bool:
        """Given up: the row stays, with its error, for a person to look at; its line goes on."""
        return await self._hit(tx, self._end, claimed, at=now, to_state=DEAD, to_error=error[:LONGEST_ERROR])

    async def retry(self, tx: Tx, claimed: Claimed, at: datetime, error: str) -> bool:
        """It failed; try again at `at`. Counts as an attempt."""
        return await self._hit(tx, self._later, claimed, at=at, more=1, to_error=error[:LONGEST_ERROR])

    async def hold(self, tx: Tx, claimed: Claimed, until: datetime) -> bool:
        """Not now: put it back until `until`. Not an attempt, for nothing was tried."""
        return await self._hit(tx, self._later, claimed, at=until, more=0, to_error=None)

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
        orphaned = select(columns.id).where(self._undone, columns.lease.is_not(None), holder.not_in(living))
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
        due = counts.where(self._undone, since <= now)
        found = (await tx.execute(due)).mappings().one()
        return Load(found["waiting"], now - found["oldest"] if found["oldest"] else timedelta())

    async def given_up(self, tx: Tx) -> int:
        """How many rows a person has to look at."""
        dead = select(func.count()).where(self.table.c.state == literal_column(f"'{DEAD}'"))
        return int(await tx.scalar(dead) or 0)

    # ---- statements

    def _put(self, statement: Any) -> Insert:
        values: Insert = statement.values({name: bindparam(name) for name in (*self._given, "created_at")})
        if self._once:
            values = values.on_conflict_do_nothing(index_elements=[self._once])  # type: ignore[attr-defined]
        return values

    def _filled(self, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        filled: dict[str, Any] = dict.fromkeys(self._given)
        filled.update(urgency=0, due_at=now, created_at=now)
        if "body" in filled:
            filled["body"] = {}
        filled.update(row)
        return filled

    def _head(self) -> ColumnElement[bool]:
        """True for the oldest undone row of its line; for every row where there are no lines."""
        ahead = self.table.alias("ahead")
        before = and_(
            ahead.c.key == self.table.c.key,
            ahead.c.id < self.table.c.id,
            ahead.c.state == literal_column(f"'{DUE}'"),
        )
        return ~exists(select(literal_column("1")).select_from(ahead).where(before))

    def _heads(self) -> list[ColumnElement[bool]]:
        return [self._undone, self._head()] if self._in_lines else [self._undone]

    def _claim_statement(self) -> Update:
        columns = self.table.c
        now = bindparam("now", type_=Instant)
        order = (columns.urgency, columns.id) if self._in_lines else (columns.due_at, columns.id)
        free = or_(columns.leased_until.is_(None), columns.leased_until <= now)
        picked = (
            select(columns.id)
            .where(*self._heads(), columns.due_at <= now, free)
            .order_by(*order)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True, of=self.table)
            .cte("picked")
        )
        return (
            update(self.table)
            .where(columns.id.in_(select(picked.c.id)))
            .values(
                lease=bindparam("token"),
                leased_until=bindparam("until", type_=Instant),
                claims=columns.claims + 1,
            )
            .returning(*self.table.c)
        )

    def _next_statement(self) -> Select[Any]:
        columns = self.table.c
        free_at = case((columns.leased_until > columns.due_at, columns.leased_until), else_=columns.due_at)
        return select(func.min(free_at, type_=Instant)).where(*self._heads())

    def _held(self) -> Update:
        mine = and_(self.table.c.id == bindparam("mine"), self.table.c.lease == bindparam("token"), self._undone)
        return update(self.table).where(mine)

    async def _hit(self, tx: Tx, statement: Update, claimed: Claimed, **values: Any) -> bool:
        found = await tx.execute(statement, {"mine": claimed.id, "token": claimed.lease, **values})
        return found.rowcount == 1

    async def _take_back(self, tx: Tx, where: ColumnElement[bool], now: datetime) -> int:
        statement = (
            update(self.table)
            .where(self._undone, where)
            .values(state=SUPERSEDED, lease=None, done_at=now, **self._emptied)
        )
        return (await tx.execute(statement)).rowcount

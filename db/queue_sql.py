"""The statements of a queue, built once for each table: building one costs several times what running it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
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
    union_all,
    update,
)

from db.inserting import insert_into
from db.schema.queues import DEAD, DONE, DUE
from db.types import Instant

OURS = frozenset({"id", "state", "lease", "leased_until", "claims", "attempts", "error", "created_at", "done_at"})
"""The columns that the queue itself fills."""


class Statements:
    """What `db.queue` runs on one table; the names of the parameters are the agreement between the two."""

    def __init__(self, table: Table) -> None:
        columns = table.c
        self._table = table
        self.in_lines = not columns.key.nullable
        self.given = [column.name for column in columns if column.name not in OURS]
        self.undone = _undone(table)
        # What people wrote is not kept longer than it takes to deal with it; what was given up stays to be looked at.
        self.emptied = {column.name: column.info["emptied"] for column in columns if "emptied" in column.info}
        self.claim = self._claim()
        self.next = self._next()
        self.end = self._held().values(
            state=bindparam("to_state"), error=bindparam("to_error"), done_at=bindparam("at", type_=Instant), lease=None
        )
        finished: dict[str, Any] = {
            "state": literal_column(f"'{DONE}'"),
            "done_at": bindparam("at", type_=Instant),
            "lease": None,
            "leased_until": None,
            **self.emptied,
        }
        self.finish = self._held().values(finished)
        held = and_(columns.id.in_(bindparam("ids", expanding=True)), columns.lease == bindparam("token"), self.undone)
        self.finish_all = update(table).where(held).values(finished).returning(columns.id)
        self.put_off = self._held().values(
            due_at=bindparam("at", type_=Instant),
            attempts=columns.attempts + bindparam("more"),
            error=func.coalesce(bindparam("to_error"), columns.error),
            lease=None,
            leased_until=None,
        )
        dead = select(columns.id).where(columns.state == literal_column(f"'{DEAD}'")).limit(bindparam("most"))
        self.given_up = select(func.count()).select_from(dead.subquery())
        self._finishes: dict[tuple[str, ...], Update] = {}
        self._puts: dict[str, tuple[Insert, Insert]] = {}

    def finish_with(self, results: Sequence[str]) -> Update:
        """`finish` that also writes these columns, each from a parameter `got_…`."""
        names = tuple(results)
        if names not in self._finishes:
            got = {name: bindparam(f"got_{name}", type_=self._table.c[name].type) for name in names}
            self._finishes[names] = self.finish.values(got)
        return self._finishes[names]

    def put(self, dialect: str) -> tuple[Insert, Insert]:
        """A new row, in this dialect; and the same giving its number."""
        if dialect not in self._puts:
            new = insert_into(self._table, dialect).values({n: bindparam(n) for n in (*self.given, "created_at")})
            once = next((column.name for column in self._table.c if column.unique), None)
            if once:
                new = new.on_conflict_do_nothing(index_elements=[once])
            self._puts[dialect] = new, new.returning(self._table.c.id)
        return self._puts[dialect]

    def _head(self) -> ColumnElement[bool]:
        """True for the oldest undone row of its line; for every row where there are no lines."""
        ahead = self._table.alias("ahead")
        before = and_(
            ahead.c.key == self._table.c.key,
            ahead.c.id < self._table.c.id,
            _undone(ahead),
        )
        return ~exists(select(literal_column("1")).select_from(ahead).where(before))

    def _heads(self) -> list[ColumnElement[bool]]:
        return [self.undone, self._head()] if self.in_lines else [self.undone]

    def _claim(self) -> Update:
        columns = self._table.c
        now = bindparam("now", type_=Instant)
        order = (columns.urgency, columns.id) if self.in_lines else (columns.due_at, columns.id)
        free = or_(columns.leased_until.is_(None), columns.leased_until <= now)
        picked = (
            select(columns.id)
            .where(*self._heads(), columns.due_at <= now, free)
            .order_by(*order)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True, of=self._table)
            .cte("picked")
        )
        return (
            update(self._table)
            .where(columns.id.in_(select(picked.c.id)))
            .values(
                lease=bindparam("token"),
                leased_until=bindparam("until", type_=Instant),
                claims=columns.claims + 1,
            )
            .returning(*self._table.c)
        )

    def _next(self) -> Select[Any]:
        """When the first head of a line is free: one look for each line, however long the lines are."""
        columns = self._table.c
        if not self.in_lines:
            return self._next_by_time()
        free_at = case((columns.leased_until > columns.due_at, columns.leased_until), else_=columns.due_at)
        return select(func.min(free_at, type_=Instant)).where(self.undone, columns.id.in_(self._first_of_each()))

    def _first_of_each(self) -> Select[Any]:
        """The heads of all lines, found by going from each line's key to the next key there is."""
        later, first = self._table.alias("later"), self._table.alias("first")
        lines = select(func.min(self._table.c.key).label("key")).where(self.undone).cte("lines", recursive=True)
        following = select(func.min(later.c.key)).where(_undone(later), later.c.key > lines.c.key)
        lines = lines.union_all(select(following.scalar_subquery()).where(lines.c.key.is_not(None)))
        head = select(func.min(first.c.id)).where(_undone(first), first.c.key == lines.c.key)
        return select(head.scalar_subquery()).select_from(lines).where(lines.c.key.is_not(None))

    def _next_by_time(self) -> Select[Any]:
        """The first that is free, and the leases that end; of what is due some day later, nothing is looked at."""
        columns = self._table.c
        free = select(columns.due_at.label("at")).where(self.undone, columns.lease.is_(None))
        first = free.order_by(columns.due_at, columns.id).limit(1).subquery()
        due = columns.due_at <= bindparam("now", type_=Instant)
        held = select(func.min(columns.leased_until).label("at")).where(self.undone, due, columns.lease.is_not(None))
        both = union_all(select(first.c.at), held).subquery()
        return select(func.min(both.c.at, type_=Instant))

    def _held(self) -> Update:
        mine = and_(self._table.c.id == bindparam("mine"), self._table.c.lease == bindparam("token"), self.undone)
        return update(self._table).where(mine)


def _undone(table: FromClause) -> ColumnElement[bool]:
    # Written into the text: a partial index is used only where its condition can be seen while planning.
    return table.c.state == literal_column(f"'{DUE}'")

"""One open transaction, as all code sees it: statements, what is gathered for the end, and what follows the commit."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, MetaData, Table, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

Params = Mapping[str, Any] | Sequence[Mapping[str, Any]]

LONGEST_STRETCH = 0.005
"""Seconds of statements in a row after which everybody else on the event loop gets a turn."""
_MARK, _KEEP, _UNDO = text("SAVEPOINT part"), text("RELEASE SAVEPOINT part"), text("ROLLBACK TO SAVEPOINT part")
_NUMBERS = select(func.nextval(func.pg_get_serial_sequence(bindparam("table"), "id"))).select_from(
    func.generate_series(1, bindparam("count"))
)


class Tx(ABC):
    """One open transaction. It ends with the `async with` it came from: committed, or undone by an exception."""

    __slots__ = ("_foreseen", "_gathered", "_lines", "_numbers", "dialect", "hooks", "later", "process", "wakes")

    def __init__(self, dialect: str, process: str) -> None:
        self.dialect = dialect
        self.process = process
        self.hooks: list[Callable[[], object]] = []
        self.wakes: set[str] = set()
        self.later: set[str] = set()
        self._lines: dict[str, set[str]] = {}
        self._gathered: dict[str, tuple[Callable[[list[Any]], Awaitable[None]], list[Any]]] = {}
        self._foreseen: dict[str, tuple[Collection[str], Mapping[int, Any]]] = {}
        self._numbers: dict[str, deque[int]] = {}

    async def execute(self, statement: Executable, params: Params | None = None) -> CursorResult[Any]:
        """Run one statement, or once per row when `params` is a list; what was gathered is written before it."""
        if self._gathered:
            await self.write_gathered()
        if self._foreseen and not statement.is_select:
            self._doubt(getattr(statement, "table", None))
        return await self._run(statement, params)

    @abstractmethod
    async def _run(self, statement: Executable, params: Params | None) -> CursorResult[Any]:
        """What `execute` says, by the driver."""

    @abstractmethod
    async def create(self, tables: MetaData) -> None:
        """Make these tables; for tests and scratch databases, the real ones are made by the migrations."""

    async def scalar(self, statement: Executable, params: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None when there is no row."""
        return (await self.execute(statement, params)).scalar()

    def after_commit(self, hook: Callable[[], object]) -> None:
        """Call `hook` once the transaction is committed; never when it is not."""
        self.hooks.append(hook)

    def wake(self, queue: str, *, later: bool = False) -> None:
        """Say that this queue got something to do; `later`: it may not be due yet, so its readers must look when."""
        self.wakes.add(queue)
        if later:
            self.later.add(queue)

    def lines_up(self, queue: str, lines: Iterable[str]) -> None:
        """Note that rows were put into these lines of this queue."""
        self._lines.setdefault(queue, set()).update(lines)

    def overlooked(self, queue: str, taken: Collection[str]) -> bool:
        """Whether somebody has to look at this queue again once we are committed, though only these lines were free.

        Whoever holds another line takes what follows in the transaction that ends what is in hand. Where transactions
        run side by side, that one does not see our row yet, as we do not see its end.
        """
        return self.dialect != "sqlite" and not self._lines.get(queue, set()).issubset(taken)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can be undone without the rest; what it wanted done after the commit is undone with it."""
        hooks, wakes = len(self.hooks), set(self.wakes)
        await self.execute(_MARK)
        try:
            yield
        except Exception:
            del self.hooks[hooks:]
            self.wakes = wakes
            self._gathered.clear()
            await self.execute(_UNDO)
            await self.execute(_KEEP)
            raise
        await self.execute(_KEEP)

    def gather(self, name: str, write: Callable[[list[Any]], Awaitable[None]]) -> list[Any]:
        """A list that `write` is given before any other statement runs, and before the commit at the latest.

        What many parts have to write, one after the other, is one statement then, and nobody can read past it.
        """
        return self._gathered.setdefault(name, (write, []))[1]

    async def reserve(self, table: Table, count: int) -> None:
        """Let `number` know the ids of so many rows of this table that nobody else will write."""
        if self.dialect == "sqlite":  # one transaction writes at a time: the next ids are ours
            last = await self.scalar(select(func.coalesce(func.max(table.c.id), 0)))
            numbers: Iterable[int] = range(last + 1, last + 1 + count)
        else:
            numbers = (await self.execute(_NUMBERS, {"table": table.name, "count": count})).scalars()
        self._numbers[table.name] = deque(numbers)

    def number(self, table: Table) -> int | None:
        """An id that was reserved; None when there is none left."""
        numbers = self._numbers.get(table.name)
        return numbers.popleft() if numbers else None

    def foresee(self, read: str, found: Mapping[int, Any], tables: Collection[str]) -> None:
        """Keep what a read would find, by what it asks for, until this transaction writes to one of these tables.

        What other transactions write meanwhile is not seen: as if it had been read at the time it was.
        """
        self._foreseen[read] = tables, found

    def foreseen(self, read: str) -> Mapping[int, Any]:
        """What was kept of this read and still holds."""
        return self._foreseen[read][1] if read in self._foreseen else {}

    def _doubt(self, written: Any) -> None:
        """Something is written: forget what was read of that table, and everything if nobody knows which it is."""
        name = getattr(written, "name", None)
        self._foreseen = {
            read: kept for read, kept in self._foreseen.items() if name is not None and name not in kept[0]
        }

    async def write_gathered(self) -> None:
        """Write it now."""
        gathered, self._gathered = self._gathered, {}
        for write, rows in gathered.values():
            await write(rows)


class AwaitedTx(Tx):
    """A transaction whose statements are awaited: PostgreSQL's, and those that only read a SQLite file."""

    __slots__ = ("_connection",)

    def __init__(self, connection: AsyncConnection, process: str) -> None:
        super().__init__(connection.dialect.name, process)
        self._connection = connection

    async def _run(self, statement: Executable, params: Params | None) -> CursorResult[Any]:
        result: CursorResult[Any] = await self._connection.execute(statement, params)
        return result

    async def create(self, tables: MetaData) -> None:
        await self._connection.run_sync(tables.create_all)


class DirectTx(Tx):
    """A transaction of SQLite's writer. Its statements run in place: they touch memory, the commit touches the disk."""

    __slots__ = ("_connection", "_since")

    def __init__(self, connection: Connection, process: str) -> None:
        super().__init__("sqlite", process)
        self._connection = connection
        self._since = time.perf_counter()

    async def _run(self, statement: Executable, params: Params | None) -> CursorResult[Any]:
        if time.perf_counter() - self._since > LONGEST_STRETCH:
            await asyncio.sleep(0)
            self._since = time.perf_counter()
        return self._connection.execute(statement, params)

    async def create(self, tables: MetaData) -> None:
        tables.create_all(self._connection)

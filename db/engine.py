"""Opening a database and its transactions: one fair writer in front of readers on SQLite, a pool on PostgreSQL.

Work happens in `async with database.write() as tx`; what should follow a commit is said to the transaction.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import URL, CursorResult, Executable, MetaData, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.onehop import OneHop

QUEUES = ("inbox", "outbox", "timers", "book_jobs")
BUSY_MS = 5_000
STOPPED_MS = 15_000
READERS = 4
OLDEST_SQLITE = (3, 35)
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_PROMISES: Mapping[str, int | str] = MappingProxyType(
    {"busy_timeout": BUSY_MS, "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
)

Params = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class DatabaseError(Exception):
    """The database cannot be used as it is; the message says what to mend."""


def driver_url(url: str) -> URL:
    """The address with the driver we use: people write `sqlite:///file` or `postgresql://user@host/name`.

    Raises:
        DatabaseError: it is neither, or a database in memory.
    """
    try:
        given = make_url(url)
    except ArgumentError as error:
        raise DatabaseError("the database's address begins with sqlite:/// or postgresql://") from error
    kind = given.get_backend_name() if "+" in given.drivername else given.drivername
    if kind not in _DRIVERS:
        raise DatabaseError(f"{kind}: only sqlite:/// and postgresql:// are known")
    if kind == "sqlite" and given.database in (None, "", ":memory:"):
        raise DatabaseError("a database in memory forgets everything; name a file, as in sqlite:///var/desk.db")
    return given.set(drivername=_DRIVERS[kind])


class Tx:
    """One open transaction. It ends with the `async with` it came from: committed, or undone by an exception."""

    __slots__ = ("_connection", "_hooks", "_wakes", "dialect", "process")

    def __init__(self, connection: AsyncConnection, process: str) -> None:
        self._connection = connection
        self.process = process
        self._hooks: list[Callable[[], object]] = []
        self._wakes: set[str] = set()
        self.dialect: str = connection.dialect.name

    async def execute(self, statement: Executable, params: Params | None = None) -> CursorResult[Any]:
        """Run one statement, or once per row when `params` is a list."""
        result: CursorResult[Any] = await self._connection.execute(statement, params)
        return result

    async def scalar(self, statement: Executable, params: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None when there is no row."""
        return (await self.execute(statement, params)).scalar()

    def after_commit(self, hook: Callable[[], object]) -> None:
        """Call `hook` once the transaction is committed; never when it is not."""
        self._hooks.append(hook)

    def wake(self, queue: str) -> None:
        """Wake the reader of this queue once the transaction is committed."""
        self._wakes.add(queue)

    async def create(self, tables: MetaData) -> None:
        """Make these tables; for tests and scratch databases, the real ones are made by the migrations."""
        await self._connection.run_sync(tables.create_all)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can be undone without the rest; what it wanted done after the commit is undone with it."""
        hooks, wakes = len(self._hooks), set(self._wakes)
        try:
            async with self._connection.begin_nested():
                yield
        except BaseException:
            del self._hooks[hooks:]
            self._wakes = wakes
            raise


class Database:
    """A database that is open. `wake` holds one event per queue, set when a commit in this process touched it.

    `ring` is called with the names of those queues, too, for whoever tells the other processes.
    `process` names who opened it: every lease taken through it begins with that name.
    """

    def __init__(self, url: URL, engine: AsyncEngine, readers: AsyncEngine) -> None:
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        self.url = url
        self.process = secrets.token_hex(4)
        self.wake: Mapping[str, asyncio.Event] = MappingProxyType({name: asyncio.Event() for name in QUEUES})
        self.ring: Callable[[Collection[str]], object] = _nobody
        self._engine = engine
        self._readers = readers
        self._turn = asyncio.Lock()
        self._writer: AsyncConnection | None = None

    @classmethod
    async def open(cls, url: str, *, pool: int = 8) -> Database:
        """Open the database and see that it keeps its promises.

        Args:
            url: `sqlite:///file` (its folder is made when missing) or `postgresql://user:password@host/name`.
            pool: connections to PostgreSQL at most; SQLite has one writer and a few readers.

        Raises:
            DatabaseError: it cannot be reached, is too old, or does not take the settings that make it durable.
        """
        address = driver_url(url)
        database = cls(
            address, *(_sqlite(address) if address.get_backend_name() == "sqlite" else _server(address, pool))
        )
        try:
            async with database.read():
                pass
            async with database.write():
                pass
        except (SQLAlchemyError, OSError) as error:
            await database.close()
            raise DatabaseError(f"{address.render_as_string(hide_password=True)}: {_cause(error)}") from error
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A transaction that may write. On SQLite it waits its turn, first come first served."""
        if self.kind == "sqlite":
            async with self._turn:
                tx = Tx(await self._write_connection(), self.process)
                try:
                    async with tx._connection.begin():
                        yield tx
                except Exception:
                    raise
                except BaseException:
                    await self._drop_writer()  # cut off in the middle of a statement, its state is unknown
                    raise
        else:
            async with self._engine.begin() as connection:
                tx = Tx(connection, self.process)
                yield tx
        self._committed(tx)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads, side by side with the writer."""
        async with self._readers.connect() as connection, connection.begin():
            yield Tx(connection, self.process)

    async def close(self) -> None:
        """Give every connection back."""
        await self._drop_writer()
        await self._engine.dispose()
        await self._readers.dispose()

    def _committed(self, tx: Tx) -> None:
        for name in tx._wakes:
            self.wake[name].set()
        if tx._wakes:
            self.ring(tx._wakes)
        for hook in tx._hooks:
            hook()

    async def _write_connection(self) -> AsyncConnection:
        if self._writer is None:
            self._writer = await self._engine.connect()
        return self._writer

    async def _drop_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.invalidate()
            await writer.close()


def engines(address: URL, pool: int = 1) -> tuple[AsyncEngine, AsyncEngine]:
    """The engine that writes and the one that reads, set up to keep our promises; the caller disposes of both."""
    return _sqlite(address) if address.get_backend_name() == "sqlite" else _server(address, pool)


def _server(address: URL, pool: int) -> tuple[AsyncEngine, AsyncEngine]:
    # A process that is stopped in the middle of a transaction must not keep its locks from all others.
    theirs = {
        "idle_in_transaction_session_timeout": str(STOPPED_MS),
        "lock_timeout": str(BUSY_MS),
        "application_name": "talent-desk",
    }
    engine = create_async_engine(
        address,
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=False,
        isolation_level="READ COMMITTED",
        connect_args={"server_settings": theirs},
    )
    return engine, engine


def _sqlite(address: URL) -> tuple[AsyncEngine, AsyncEngine]:
    Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    ours: dict[str, Any] = {"module": OneHop(), "max_overflow": 0, "connect_args": {"isolation_level": None}}
    writer = create_async_engine(address, pool_size=1, **ours)
    readers = create_async_engine(address, pool_size=READERS, **ours)
    for engine in (writer, readers):
        event.listen(engine.sync_engine, "connect", _keep_promises)
    event.listen(readers.sync_engine, "connect", _only_read)
    event.listen(writer.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(readers.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return writer, readers


def _keep_promises(connection: Any, _record: object) -> None:
    """Set what makes SQLite durable, and look that it took it: a file system may refuse silently."""
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0]
        if tuple(map(int, version.split(".")[:2])) < OLDEST_SQLITE:
            raise DatabaseError(f"SQLite {version} is too old; {'.'.join(map(str, OLDEST_SQLITE))} or newer is needed")
        for name, wanted in _PROMISES.items():
            cursor.execute(f"PRAGMA {name} = {wanted}")
            cursor.execute(f"PRAGMA {name}")
            found = cursor.fetchone()[0]
            if found != wanted:
                raise DatabaseError(
                    f"SQLite does not take {name} = {wanted} (it stays {found}); is this a network folder?"
                )
    finally:
        cursor.close()


def _only_read(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = 1")
    cursor.close()


def _nobody(_names: Collection[str]) -> None:
    """Nobody else has to be told."""


def _cause(error: BaseException) -> str:
    original = getattr(error, "orig", None) or error
    return str(original) or type(original).__name__

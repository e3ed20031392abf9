"""Opening a database and its transactions: one fair writer in front of readers on SQLite, a pool on PostgreSQL.

Work happens in `async with database.write() as tx`; what should follow a commit is said to the transaction.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.tx import AwaitedTx, Tx
from db.writer import Writer

__all__ = ["Database", "DatabaseError", "Tx", "driver_url", "engine"]

QUEUES = ("inbox", "outbox", "timers", "book_jobs")
BUSY_MS = 5_000
STOPPED_MS = 15_000
READERS = 4
OLDEST_SQLITE = (3, 35)
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_SILENCE = MappingProxyType({"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 3, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": STOPPED_MS})
"""Seconds, seconds, times and milliseconds, as Linux names them: after a quarter of a minute the line counts as cut."""
_OUR_NAME = MappingProxyType({"sslmode": "ssl"})
"""What SQLAlchemy's way to the driver calls otherwise than everybody else."""
_PROMISES: Mapping[str, int | str] = MappingProxyType(
    {"busy_timeout": BUSY_MS, "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
)


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
    query = {_OUR_NAME.get(name, name): value for name, value in given.query.items()}
    return given.set(drivername=_DRIVERS[kind], query=query)


class Database:
    """A database that is open. `wake` holds one event per queue, set when a commit in this process touched it.

    `takers` holds, per queue, who may take what a transaction makes due in that same transaction: no other one has to
    claim it then. It answers whether nothing due is left; if so, nobody has to be woken.
    `ring` is called with the names of those queues, too, for whoever tells the other processes.
    `process` names who opened it: every lease taken through it begins with that name.
    """

    def __init__(self, url: URL, pool: int = 8) -> None:
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        self.url = url
        self.process = secrets.token_hex(4)
        self.wake: Mapping[str, asyncio.Event] = MappingProxyType({name: asyncio.Event() for name in QUEUES})
        self.takers: dict[str, Callable[[Tx], Awaitable[bool]]] = {}
        self.ring: Callable[[Collection[str]], object] = _nobody
        self._engine = _readers(url) if self.kind == "sqlite" else _server(url, pool, self.process)
        self._writer = Writer(url, _keep_promises, self.process) if self.kind == "sqlite" else None

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
        database = cls(address, pool)
        try:
            async with database.write():
                pass
            async with database.read():
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
        tx: Tx
        if self._writer is not None:
            async with self._writer.transaction() as tx:
                yield tx
                await self._hand_over(tx)
        else:
            async with self._engine.begin() as connection:
                yield (tx := AwaitedTx(connection, self.process))
                await self._hand_over(tx)
        for name in tx.wakes:
            self.wake[name].set()
        if tx.wakes:
            self.ring(tx.wakes)
        for hook in tx.hooks:
            hook()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads, side by side with the writer."""
        async with self._engine.connect() as connection, connection.begin():
            yield AwaitedTx(connection, self.process)

    async def _hand_over(self, tx: Tx) -> None:
        await tx.write_gathered()
        for name in tuple(tx.wakes):
            take = self.takers.get(name)
            if take is not None and await take(tx) and name not in tx.later:
                tx.wakes.discard(name)

    async def close(self) -> None:
        """Give every connection back."""
        if self._writer is not None:
            self._writer.close()
        await self._engine.dispose()


def engine(address: URL) -> AsyncEngine:
    """One connection that may write, set up to keep our promises, for migrations; the caller disposes of it."""
    return (
        _sqlite(address, 1, "BEGIN IMMEDIATE")
        if address.get_backend_name() == "sqlite"
        else _server(address, 1, "migrating")
    )


def session_name(process: str) -> str:
    """What PostgreSQL calls the connections of this process, so that others can end them when it is dead."""
    return f"talent-desk {process}"


def _server(address: URL, pool: int, process: str) -> AsyncEngine:
    # A process that is stopped in the middle of a transaction must not keep its locks from all others.
    theirs = {
        "idle_in_transaction_session_timeout": str(STOPPED_MS),
        "lock_timeout": str(BUSY_MS),
        "application_name": session_name(process),
    }
    made = create_async_engine(
        address,
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=False,
        isolation_level="READ COMMITTED",
        connect_args={"server_settings": theirs},
        hide_parameters=True,
    )
    event.listen(made.sync_engine, "connect", _notice_silence)
    return made


def _notice_silence(connection: Any, _record: object) -> None:
    """A server that is gone together with its machine says nothing; by itself the kernel waits a quarter of an hour."""
    sock = connection.driver_connection._transport.get_extra_info("socket")
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _SILENCE.items():
        if (option := getattr(socket, name, None)) is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _readers(address: URL) -> AsyncEngine:
    made = _sqlite(address, READERS, "BEGIN")
    event.listen(made.sync_engine, "connect", _only_read)
    return made


def _sqlite(address: URL, connections: int, begin: str) -> AsyncEngine:
    Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    ours = {"isolation_level": None}  # the driver begins no transaction by itself
    made = create_async_engine(address, pool_size=connections, max_overflow=0, connect_args=ours, hide_parameters=True)
    event.listen(made.sync_engine, "connect", _keep_promises)
    event.listen(made.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return made


def _keep_promises(connection: Any, _record: object) -> None:
    """Set what makes SQLite durable, and look that it took it: a file system may refuse silently."""
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0]
        if tuple(map(int, version.split(".")[:2])) < OLDEST_SQLITE:
            raise DatabaseError(f"SQLite {version} is too old; {'.'.join(map(str, OLDEST_SQLITE))} or newer is needed")
        cursor.execute("PRAGMA secure_delete = FAST")  # what was erased must not be left in the file's gaps
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

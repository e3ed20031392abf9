"""The one writer of a SQLite file: its statements run in place, its commits in a thread of their own.

A trip to another thread costs more CPU than most of our statements do (0.1 ms and more against 0.02 ms). Only what
waits may not run on the event loop: the commit, which waits for the disk, and a lock that another process holds,
which is asked for again and again.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import OperationalError

from db.tx import DirectTx

LOCK_WAIT = 5.0
"""Seconds to wait for another process's transaction."""
LOOK_AGAIN = 0.004


class Writer:
    """One connection and the transactions on it, one after the other, first come first served.

    Args:
        prepare: sets up a new connection of the driver, and raises when it does not keep its promises.
        process: who writes.
    """

    def __init__(self, address: URL, prepare: Callable[[Any, object], None], process: str) -> None:
        # Transactions are begun and ended here, by hand; SQLAlchemy must not do it beside us.
        self._engine = create_engine(
            address.set(drivername="sqlite"),
            isolation_level="AUTOCOMMIT",
            connect_args={"check_same_thread": False, "factory": _Driver},
            hide_parameters=True,  # what is being written must not come up in an error's message
        )
        event.listen(self._engine, "connect", prepare)
        event.listen(self._engine, "connect", _never_wait)
        self._process = process
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._committer = _Committer()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[DirectTx]:
        """One transaction.

        Raises:
            sqlalchemy.exc.OperationalError: another process kept the lock too long, or the disk failed.
        """
        async with self._turn:
            connection = self._connection = self._connection or self._engine.connect()
            await _begin(connection)
            try:
                yield DirectTx(connection, self._process)
                await self._commit(connection)
            except BaseException:
                connection.connection.rollback()
                raise

    def close(self) -> None:
        """Give the connection back, once nothing is being committed on it any more: that would crash the process."""
        self._committer.stop()
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()

    async def _commit(self, connection: Connection) -> None:
        """Cut off in the meantime, we still wait for its end: the connection is the thread's until then."""
        job = self._committer.commit(connection)
        try:
            await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait([job])
            job.exception()  # nobody else looks at it
            raise


class _Committer:
    """A thread that commits, one transaction after the other; an executor's would take twice the CPU for it."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Connection, asyncio.Future[None]] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="commit", daemon=True)
        self._thread.start()

    def commit(self, connection: Connection) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._jobs.put((connection, done))
        return done

    def stop(self) -> None:
        """After what was asked for."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            connection, done = job
            error: BaseException | None = None
            try:
                connection.exec_driver_sql("COMMIT")
            except BaseException as failed:
                error = failed
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                done.get_loop().call_soon_threadsafe(_tell, done, error)


def _tell(done: asyncio.Future[None], error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


async def _begin(connection: Connection) -> None:
    give_up = time.monotonic() + LOCK_WAIT
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            code = getattr(error.orig, "sqlite_errorcode", 0)
            if code & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        else:
            return
        await asyncio.sleep(LOOK_AGAIN)


def _never_wait(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 0").close()


class _Cursor(sqlite3.Cursor):
    """Reads a statement's rows at once: one left half read would hold on to what it saw beyond the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._found: deque[Any] = deque()

    def execute(self, *given: Any) -> _Cursor:
        super().execute(*given)
        self._found = deque(super().fetchall()) if self.description else deque()
        return self

    def fetchone(self) -> Any:
        return self._found.popleft() if self._found else None

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return [self._found.popleft() for _ in range(min(size or 1, len(self._found)))]

    def fetchall(self) -> list[Any]:
        rows, self._found = list(self._found), deque()
        return rows


class _Driver(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

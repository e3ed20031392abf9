"""PostgreSQL's LISTEN/NOTIFY between the processes of one database: a hint that there is work; polling is the truth.

One connection of its own listens and rings; when it is lost, the processes find their work a little later, by looking.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from db.engine import Database

CHANNEL = "desk"
AGAIN = 1.0
"""Seconds before a lost connection is opened anew."""
GAP = 0.01
"""Seconds between two rings at least: under load one ring stands for many commits."""
LOOK = 30.0
"""Seconds after which a silent connection is asked whether it is still there; a cut wire says nothing by itself."""
PATIENCE = 5.0
_ITS_NAME = {"ssl": "sslmode"}
"""What the driver itself calls otherwise than SQLAlchemy's way to it."""

log = structlog.get_logger(__name__)


class Bell:
    """Tells the other processes which queues a commit touched, and wakes ours when they tell us.

    Args:
        company: whether anybody else serves this database; alone, nobody is told.
        pause: comes back after so many seconds of the process's clock.
    """

    def __init__(
        self, database: Database, company: Callable[[], bool], pause: Callable[[float], Awaitable[None]]
    ) -> None:
        self._database = database
        self.company = company
        self._pause = pause
        self._told: set[str] = set()
        self._something = asyncio.Event()
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Listen and ring until cancelled; on SQLite there is nothing to do."""
        if self._database.kind != "postgresql":
            return
        from asyncpg import InterfaceError, PostgresError  # SQLite does without the whole driver

        self._database.ring = self._tell
        while True:
            try:
                async with self._line() as connection:
                    await self._serve(connection)
            except (OSError, TimeoutError, PostgresError, InterfaceError) as error:
                log.warning("bell.lost", error=type(error).__name__)
            await self._pause(AGAIN)

    def _tell(self, queues: Collection[str]) -> None:
        if self.company():
            self._told.update(queues)
            self._something.set()

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Any]:
        import asyncpg

        query = {_ITS_NAME.get(name, name): value for name, value in self._database.url.query.items()}
        url = self._database.url.set(drivername="postgresql", query=query)
        connection = await asyncpg.connect(
            url.render_as_string(hide_password=False),
            timeout=PATIENCE,
            command_timeout=PATIENCE,
            server_settings={"application_name": "talent-desk-bell"},
        )
        try:
            connection.add_termination_listener(lambda _connection: self._something.set())
            await connection.add_listener(CHANNEL, self._rung)
            self.listening.set()
            for event in self._database.wake.values():  # whatever was told while nobody listened
                event.set()
            yield connection
        finally:
            self.listening.clear()
            connection.terminate()

    async def _serve(self, connection: Any) -> None:
        try:
            while True:
                await self._listen(connection)
                await self._ring(connection)
                await asyncio.sleep(GAP)
        except asyncio.CancelledError:
            with suppress(Exception):  # our last words: what we had in hand and leave to the others
                await self._ring(connection)
            raise

    async def _listen(self, connection: Any) -> None:
        """Come back when there is something to tell, or to see that the line is still there."""
        try:
            async with asyncio.timeout(LOOK):
                await self._something.wait()
        except TimeoutError:
            await connection.execute("SELECT 1")
        self._something.clear()
        if connection.is_closed():
            raise ConnectionResetError

    async def _ring(self, connection: Any) -> None:
        if not self._told:
            return
        told, self._told = self._told, set()
        try:
            said = " ".join((self._database.process, *told))
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, said)
        except BaseException:
            self._told |= told  # by the next line
            self._something.set()
            raise

    def _rung(self, _connection: object, _pid: int, _channel: str, said: object) -> None:
        process, *queues = str(said).split(" ")
        if process != self._database.process:
            for name in queues:
                if name in self._database.wake:
                    self._database.wake[name].set()

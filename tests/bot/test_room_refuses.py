"""Refuse rather than lie: whatever ails the database, 503 and no row or 200 and the row; then on without a restart."""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from databases import Mortal, mortal_server
from room_clock import RoomClock
from sqlalchemy import select, text
from test_room_intake import SECRET, healthy, post
from test_room_worker import INBOX, Desk, running, update, worker

from bot import web
from bot.intake import Intake, Webhook
from db import engine, writer
from db.engine import Database
from db.schema import metadata
from db.schema.queues import inbox

__all__ = ["mortal_server"]

BIG = "长" * 60_000
"""More than one update's worth of pages, so that a database that may not grow cannot take it."""

Ailment = Callable[[Database, Path], AbstractAsyncContextManager[None]]


class Door:
    """A webhook in front of a database, and what it answered to whom."""

    def __init__(self, database: Database, clock: RoomClock) -> None:
        self.database = database
        self.answered: dict[int, int] = {}
        webhook = Webhook(Intake(database, INBOX, clock), SECRET)
        self._server = web.Server(web.create(healthy(database), webhook), "127.0.0.1", 0)

    async def __aenter__(self) -> Door:
        async with self.database.write() as tx:
            await tx.create(metadata)
        self._address = f"http://127.0.0.1:{await self._server.start()}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._server.stop()
        await self.database.close()

    async def knocks(self, count: int) -> list[int]:
        """So many new updates at once; the answers."""
        first = len(self.answered)
        bodies = {n: json.dumps(update(n, n % 3, BIG)).encode() for n in range(first, first + count)}
        answers = await asyncio.gather(*(post(self._address, body) for body in bodies.values()))
        self.answered |= dict(zip(bodies, answers, strict=True))
        return answers

    async def recovers(self) -> None:
        """Until an update is taken again; a connection that died is noticed by the first who wants it."""
        async with asyncio.timeout(20):
            while 200 not in await self.knocks(1):
                pass

    async def is_honest(self) -> None:
        """Exactly what was acknowledged is there."""
        async with self.database.read() as tx:
            kept = set((await tx.execute(select(inbox.c.update_id))).scalars())
        assert set(self.answered.values()) <= {200, 503}
        assert kept == {number for number, status in self.answered.items() if status == 200}


async def _pragma(database: Database, words: str) -> int:
    async with database.write() as tx:
        found = await tx.execute(text(f"PRAGMA {words}"))
        return int(found.scalar() or 0) if found.returns_rows else 0


@asynccontextmanager
async def full(database: Database, _file: Path) -> AsyncIterator[None]:
    """Not one page more."""
    pages = await _pragma(database, "page_count")
    await _pragma(database, f"max_page_count = {pages}")
    yield
    await _pragma(database, "max_page_count = 1000000")


@asynccontextmanager
async def cannot_grow(_database: Database, file: Path) -> AsyncIterator[None]:
    """The operating system refuses to make any file longer than the log is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.with_name(f"{file.name}-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@asynccontextmanager
async def read_only(database: Database, _file: Path) -> AsyncIterator[None]:
    """Nothing may be written."""
    await _pragma(database, "query_only = 1")
    yield
    assert database._writer is not None
    assert database._writer._connection is not None
    database._writer._connection.exec_driver_sql("PRAGMA query_only = 0")  # no transaction can be begun to say it in


@asynccontextmanager
async def locked(database: Database, file: Path) -> AsyncIterator[None]:
    """Another program holds the lock longer than we wait."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.parametrize("ailment", [full, cannot_grow, read_only, locked], ids=lambda ailment: ailment.__name__)
async def test_a_sqlite_file_that_cannot_be_written_is_no_reason_to_lie(
    tmp_path: Path, clock: RoomClock, monkeypatch: pytest.MonkeyPatch, ailment: Ailment
) -> None:
    monkeypatch.setattr(writer, "LOCK_WAIT", 0.05)
    file = tmp_path / "desk.db"
    async with Door(await Database.open(f"sqlite:///{file}"), clock) as door:
        assert set(await door.knocks(3)) == {200}
        async with ailment(door.database, file):
            assert set(await door.knocks(3)) == {503}
            await door.is_honest()
        await door.recovers()
        await door.is_honest()


async def test_a_postgresql_that_is_killed_in_the_middle_loses_nothing_that_was_acknowledged(
    mortal_server: Mortal, clock: RoomClock
) -> None:
    desk = Desk()
    async with Door(await Database.open(mortal_server.url), clock) as door:
        hands = worker(door.database, desk, clock)
        async with running(hands):
            assert set(await door.knocks(6)) == {200}
            storm = asyncio.create_task(door.knocks(12))
            await mortal_server.dies()
            await storm
            assert await door.knocks(2) == [503, 503]
            await mortal_server.starts()
            await door.recovers()
            await _all_done(door, clock)
        await door.is_honest()


async def _all_done(door: Door, clock: RoomClock) -> None:
    """Come back when all that was acknowledged is handled; those who lost the database look again after a while."""
    async with asyncio.timeout(30):
        while await _done(door.database) != [number for number, status in door.answered.items() if status == 200]:
            clock.passes(1)
            await asyncio.sleep(0.01)


async def _done(database: Database) -> list[int]:
    async with database.read() as tx:
        rows = await tx.execute(select(inbox.c.update_id).where(inbox.c.state == "done").order_by(inbox.c.update_id))
        return list(rows.scalars())


@asynccontextmanager
async def table_locked(url: str) -> AsyncIterator[None]:
    other = await asyncpg.connect(url)
    async with other.transaction():
        await other.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        yield
    await other.close()


@asynccontextmanager
async def standing_by(url: str) -> AsyncIterator[None]:
    """As after a switch to a server that only reads."""
    other = await asyncpg.connect(url)
    name = await other.fetchval("SELECT current_database()")
    gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
    await other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await other.execute(gone.replace("$1", f"'{name}'"))
    yield
    await other.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await other.execute(gone.replace("$1", f"'{name}'"))
    await other.close()


@pytest.mark.parametrize("ailment", [table_locked, standing_by], ids=lambda ailment: ailment.__name__)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_postgresql_that_cannot_be_written_is_no_reason_to_lie(
    database_url: str,
    clock: RoomClock,
    monkeypatch: pytest.MonkeyPatch,
    ailment: Callable[[str], AbstractAsyncContextManager[None]],
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 50)
    async with Door(await Database.open(database_url), clock) as door:
        assert set(await door.knocks(3)) == {200}
        async with ailment(database_url):
            assert set(await door.knocks(3)) == {503}
            assert set(await door.knocks(3)) == {503}
        await door.recovers()
        await door.is_honest()

"""A desk moves from SQLite to PostgreSQL and back from a backup, with every row as it was."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from databases import on_server
from machine import HOME, seeded
from sqlalchemy import Table, insert, select

from db import engine, migrate, moving
from db.engine import Database, DatabaseError, Tx
from db.presence import Presence
from db.queue import Queue
from db.schema.people import persons
from db.schema.processes import processes
from db.schema.queues import outbox, rate_buckets

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OUTBOX = Queue(outbox)


@pytest.fixture
async def desk(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/desk.db"
    await seeded(url, {"talent": 1, "liaison": 2})
    await owe(url, 1200)
    database = await Database.open(url)
    async with database.write() as tx:
        keys = ("-100", "42", "bot", "-7", "B", "a", "A")
        await tx.execute(insert(rate_buckets), [{"key": key, "full_at": NOW} for key in keys])
    await database.close()
    return url


async def owe(url: str, count: int) -> None:
    database = await Database.open(url)
    letter = {"key": "1", "chat_id": 1, "method": "sendMessage", "params": {"text": "你好", "n": [1.5, None, True]}}
    async with database.write() as tx:
        await OUTBOX.put_many(tx, [letter] * count, NOW)
    await database.close()


async def test_everything_arrives_in_postgresql_and_new_rows_are_numbered_on(desk: str, postgres_server: str) -> None:
    connection = await asyncpg.connect(postgres_server)
    # Its language puts letters and signs into another order than SQLite does.
    with suppress(asyncpg.InvalidParameterValueError, asyncpg.WrongObjectTypeError):
        # Where the machine knows one: a language that puts letters and signs into another order than SQLite does.
        await connection.execute("CREATE DATABASE moved TEMPLATE template0 LOCALE 'en_US.UTF-8'")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'moved'"):
        await connection.execute("CREATE DATABASE moved")
    url = postgres_server.replace("/postgres?", "/moved?")
    await migrate.upgrade(url)
    source, target = await Database.open(desk), await Database.open(url)
    contents = {each.table: each.rows for each in await moving.move(source, target)}
    assert contents["outbox"] == 1200
    assert contents["persons"] > 0
    async with target.write() as tx:
        assert await OUTBOX.put(tx, {"key": "1", "chat_id": 1, "method": "x", "params": {}}, NOW) == 1201
    with pytest.raises(DatabaseError, match="already holds rows"):
        await moving.move(source, target)
    await source.close()
    await target.close()
    await connection.execute("DROP DATABASE moved WITH (FORCE)")
    await connection.close()


async def test_a_table_that_takes_long_to_read_does_not_cost_the_move_its_connection(
    desk: str, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STOPPED_MS", 50)
    whole = moving.content

    async def slowly(tx: Tx, table: Table) -> moving.Content:
        if tx.dialect == "sqlite" and table is outbox:
            await asyncio.sleep(0.2)
        return await whole(tx, table)

    monkeypatch.setattr(moving, "content", slowly)
    async with on_server(postgres_server) as url:
        await migrate.upgrade(url)
        source, target = await Database.open(desk), await Database.open(url)
        assert {each.table: each.rows for each in await moving.move(source, target)}["outbox"] == 1200
        await source.close()
        await target.close()


async def test_a_desk_that_is_being_served_does_not_move(desk: str, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    await migrate.upgrade(other)
    source, target = await Database.open(desk), await Database.open(other)
    await Presence(source, [OUTBOX]).beat(NOW)
    with pytest.raises(DatabaseError, match="stop them first"):
        await moving.move(source, target)
    await source.close()
    await target.close()


async def test_a_desk_whose_process_was_killed_moves(desk: str, tmp_path: Path) -> None:
    beats = (
        "import asyncio, os, sys; from datetime import UTC, datetime; from db.engine import Database; "
        "from db.presence import Presence\n"
        "async def main():\n"
        "    await Presence(await Database.open(sys.argv[1]), []).beat(datetime.now(UTC))\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())"
    )
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", beats, desk, cwd=HOME)
    assert await killed.wait() == -9
    other = f"sqlite:///{tmp_path}/other.db"
    await migrate.upgrade(other)
    source, target = await Database.open(desk), await Database.open(other)
    async with source.read() as tx:
        assert len((await tx.execute(select(processes))).all()) == 1
    contents = {each.table: each.rows for each in await moving.move(source, target)}
    assert contents["outbox"] == 1200
    async with target.read() as tx:
        assert (await tx.execute(select(processes))).all() == []
    await source.close()
    await target.close()


async def test_a_backup_taken_while_others_write_can_be_served_from(desk: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    _, size = await asyncio.gather(owe(desk, 50), moving.backup(desk, copy))
    assert size == copy.stat().st_size
    restored = await Database.open(f"sqlite:///{copy}")
    async with restored.read() as tx:
        assert (await OUTBOX.load(tx, NOW)).waiting in (1200, 1250)
        assert (await tx.execute(select(persons))).first() is not None
    assert await migrate.check(f"sqlite:///{copy}") == []
    await restored.close()


async def test_what_is_not_there_is_not_copied(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no such file"):
        await moving.backup(f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db")
    with pytest.raises(DatabaseError, match="pg_dump"):
        await moving.backup("postgresql://nobody@localhost/none", tmp_path / "copy.db")

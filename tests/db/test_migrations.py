"""The steps make exactly the tables, up and down, on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from db import migrate
from db.engine import Database, DatabaseError
from db.schema import metadata


async def test_the_steps_make_exactly_the_tables(database_url: str) -> None:
    assert await migrate.current(database_url) is None
    await migrate.upgrade(database_url)
    assert await migrate.current(database_url) == migrate.newest()
    assert await migrate.check(database_url) == []


async def test_every_step_goes_down_and_up_again(database_url: str) -> None:
    await migrate.upgrade(database_url)
    await migrate.downgrade(database_url, "base")
    assert await migrate.current(database_url) is None
    assert len(await migrate.check(database_url)) >= len(metadata.tables)
    await migrate.upgrade(database_url)
    assert await migrate.check(database_url) == []


async def test_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(database_url) for _ in range(3)))
    assert await migrate.check(database_url) == []


async def test_a_migrated_database_is_the_one_we_open(database_url: str) -> None:
    await migrate.upgrade(database_url)
    opened = await Database.open(database_url)
    await opened.close()


async def test_a_database_that_is_away_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="postgresql"):
        await migrate.upgrade(f"postgresql://nobody:secret-word@/none?host={tmp_path}")
    with pytest.raises(DatabaseError) as told:
        await migrate.upgrade(f"postgresql://nobody:secret-word@/none?host={tmp_path}")
    assert "secret-word" not in str(told.value)

"""The steps make exactly the tables, up and down, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from machine import seeded
from sqlalchemy import inspect, text

from db import migrate
from db.engine import Database, DatabaseError, driver_url, engine
from db.schema import metadata
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.house import House
from desk.ledger import Done


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


async def test_a_step_back_keeps_the_rows_of_a_desk_at_work(database_url: str) -> None:
    await seeded(database_url, {"talent": 1, "liaison": 2})
    await with_a_matter(database_url)
    before = await rows(database_url)
    assert {"persons", "staff", "matters", "entries", "events", "timers", "ledger", "visits"} <= before.keys()
    of_later_steps = {"ledger"}
    for step in ("0006", "0003", "0002", "0001"):
        await migrate.downgrade(database_url, step)
        after = await rows(database_url)
        assert {name: after.get(name) for name in before.keys() - of_later_steps}.items() <= before.items()
    await migrate.upgrade(database_url)
    assert await migrate.check(database_url) == []
    await migrate.downgrade(database_url, "base")
    assert await rows(database_url) == {}


async def with_a_matter(url: str) -> None:
    """A cardholder's matter, a visit and a line in the office's book."""
    house, now = House(Catalogue.load(), Workdays.load().calendar()), datetime(2026, 11, 23, 2, tzinfo=UTC)
    database = await Database.open(url)
    async with database.write() as tx:
        desk = Desk(tx, house, now)
        talent = await desk.people.at_chat(1)
        runner = (await desk.people.with_role("run_team"))[0]
        assert talent is not None
        await desk.matters.file(talent, Filing(category="school", concern=Concern("person"), words="孩子要转学"))
        await desk.visits.log((await desk.visits.followed_by(runner))[0], "新车间开工", [])
        await desk.ledger.note(Done.AUDIT_READ, None, None)
    await database.close()


async def rows(url: str) -> dict[str, int]:
    """How many rows each table has that there is and that has some, and that nothing leads nowhere."""
    opened = engine(driver_url(url))
    async with opened.connect() as connection:
        there = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        counts = {name: await connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in there}
        if connection.dialect.name == "sqlite":
            assert (await connection.execute(text("PRAGMA foreign_key_check"))).all() == []
    await opened.dispose()
    return {name: count for name, count in counts.items() if count and name != "alembic_version"}


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

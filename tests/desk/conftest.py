"""The demo district behind the scenes, for tests that act at the desk itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from db.engine import Database
from db.schema.people import persons
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.house import House
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.seeding import seed

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def house() -> House:
    return House(Catalogue.load(), Workdays.load().calendar())


@pytest.fixture
async def seeded(database: Database, house: House) -> Database:
    """The demo district, in which everybody can be reached."""
    async with database.write() as tx:
        await seed(tx, load_roster(DEMO, house.catalogue), {}, NOW)
        await tx.execute(persons.update().values(telegram_id=persons.c.id, chat_id=persons.c.id))
    return database

"""The demo district behind the scenes, for tests that act at the desk itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import KINDS, copied

from db.engine import Database
from db.schema import metadata
from db.schema.people import persons
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.house import House
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.seeding import seed
from desk.vault import Vault

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
VAULT = Vault([b"k" * 32])


@pytest.fixture(scope="module")
def house() -> House:
    return House(Catalogue.load(), Workdays.load().calendar(), vault=VAULT)


async def district(url: str) -> None:
    """The demo district, in which everybody can be reached."""
    database = await Database.open(url)
    async with database.write() as tx:
        await tx.create(metadata)
        await seed(tx, load_roster(DEMO, Catalogue.load()), {}, NOW, VAULT)
        await tx.execute(persons.update().values(telegram_id=persons.c.id, chat_id=persons.c.id))
    await database.close()


@pytest.fixture(params=KINDS)
async def seeded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with the demo district."""
    async with copied(request, tmp_path, district) as url:
        database = await Database.open(url)
        yield database
        await database.close()

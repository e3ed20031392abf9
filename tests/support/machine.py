"""Real processes for the drills: a sandbox of its own, any number of bots, and what the signals do to them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from phones import printed_address

from bot.reading import read_house
from bot.settings import Settings
from db import migrate
from db.engine import Database
from desk.rhythm import DEMO as BY_NIGHT_TOO
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.seeding import seed

HOME = Path(__file__).resolve().parents[2]
FULL = os.environ.get("DESK_DRILLS") == "full"
"""Whether the drills run in their long form, as `make drill` wants them."""
TOKEN = "123456789:drill-token-that-opens-nothing"
DATA_KEY = "a-key-that-nothing-real-is-sealed-with"
_OURS = {"PYTHONDONTWRITEBYTECODE": "1", "DESK_RHYTHM": str(BY_NIGHT_TOO), "DESK_DATA_KEY": DATA_KEY}


@dataclass
class Process:
    """A child of this test."""

    child: asyncio.subprocess.Process
    log: Path

    def kill(self) -> None:
        """kill -9."""
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Any other signal; one who is dead does not mind."""
        with suppress(ProcessLookupError):
            self.child.send_signal(number)

    async def line(self, having: str) -> str:
        """The next line of output that has these words."""
        assert self.child.stdout is not None
        while raw := await self.child.stdout.readline():
            if having in raw.decode():
                return raw.decode()
        raise AssertionError(f"ended before it said {having!r}:\n{self.log.read_text()[-3000:]}")

    async def ends(self) -> int:
        """Its exit code."""
        return await self.child.wait()


def _settings(database: str, sandbox: str) -> dict[str, str]:
    """What a bot is told by its environment."""
    return {
        "DESK_TOKEN": TOKEN,
        "DESK_API_URL": sandbox,
        "DESK_DATABASE": database,
        "DESK_PORT": "0",
        "DESK_RELAY": "full",
        "DESK_LOG_LEVEL": "warning",
    }


@dataclass
class Nursery:
    """Bots forked from one process that has read everything: as mortal as any, and quick to start."""

    parent: Process
    children: set[int] = field(default_factory=set)

    async def bot(self, database: str, sandbox: str, **env: str) -> int:
        """`python -m bot run` without rate limits; its number."""
        ours = {**_settings(database, sandbox), **env}
        stdin, stdout = self.parent.child.stdin, self.parent.child.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(ours).encode() + b"\n")
        await stdin.drain()
        child = int(await stdout.readline())
        self.children.add(child)
        return child

    def kill(self, child: int, number: signal.Signals = signal.SIGKILL) -> None:
        """kill -9, or another signal, to one of ours."""
        if number is signal.SIGKILL:
            self.children.discard(child)
        with suppress(ProcessLookupError):
            os.kill(child, number)


@dataclass
class Machine:
    """Starts processes in a folder, and ends them all when the test ends."""

    folder: Path
    started: list[Process] = field(default_factory=list)
    nurseries: list[Nursery] = field(default_factory=list)

    async def start(self, *words: str, stdin: bool = False, at: Path = HOME, **env: str) -> Process:
        """`python <words>` in this folder, with these variables besides our own."""
        log = self.folder / f"{len(self.started)}.log"
        with log.open("wb") as sink:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *words,
                cwd=at,
                env={**os.environ, **_OURS, **env},
                stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=sink,
            )
        self.started.append(Process(child, log))
        return self.started[-1]

    async def sandbox(self, *options: str) -> str:
        """A sandbox with the demo's people, and its address."""
        people = self.folder / "people.yaml"
        people.write_text(
            "".join(f"- {{key: {key}, first_name: {key}, phone: '{phone}'}}\n" for key, phone in _people())
        )
        words = ("-m", "sandbox", "--port", "0", "--token", TOKEN, "--people", str(people), "--no-limits", *options)
        return printed_address(await (await self.start(*words)).line("chat page"))

    async def bot(self, database: str, sandbox: str, **env: str) -> Process:
        """`python -m bot run`."""
        return await self.start("-m", "bot", "run", **{**_settings(database, sandbox), **env})

    async def nursery(self) -> Nursery:
        """A process that forks bots."""
        parent = await self.start(
            str(HOME / "tests" / "support" / "nursery.py"), stdin=True, PYTHONPATH=str(HOME), DESK_TOKEN=TOKEN
        )
        await parent.line("ready")
        self.nurseries.append(Nursery(parent))
        return self.nurseries[-1]

    async def end(self) -> None:
        """Kill what still runs."""
        for nursery in self.nurseries:
            for child in tuple(nursery.children):
                nursery.kill(child)
        for process in self.started:
            process.kill()
            await process.ends()


@asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    """A machine whose processes do not outlive the test."""
    running = Machine(folder)
    try:
        yield running
    finally:
        await running.end()


def _people() -> list[tuple[str, str]]:
    roster = load_roster(DEMO, read_house(Settings(_env_file=None)).catalogue)
    return [(one.chat, str(one.phone)) for one in (*roster.cardholders, *roster.staff) if one.chat]


async def seeded(url: str, chats: dict[str, int]) -> None:
    """Make the database at this address and enter the demo district, with these accounts."""
    await migrate.upgrade(url)
    database = await Database.open(url)
    roster = load_roster(DEMO, read_house(Settings(_env_file=None)).catalogue)
    async with database.write() as tx:
        await seed(tx, roster, chats, datetime.now(UTC))
    await database.close()

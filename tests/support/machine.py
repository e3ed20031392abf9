"""Real processes for the drills: a sandbox of its own, any number of bots, and what the signals do to them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from phones import printed_address

from bot.assembly import read_house
from bot.settings import Settings
from db import migrate
from db.engine import Database
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.seeding import seed

HOME = Path(__file__).resolve().parents[2]
FULL = os.environ.get("DESK_DRILLS") == "full"
"""Whether the drills run in their long form, as `make drill` wants them."""
TOKEN = "123456789:drill-token-that-opens-nothing"


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


@dataclass
class Machine:
    """Starts processes in a folder, and ends them all when the test ends."""

    folder: Path
    started: list[Process] = field(default_factory=list)

    async def start(self, *words: str, **env: str) -> Process:
        """`python <words>` with these variables besides our own."""
        log = self.folder / f"{len(self.started)}.log"
        with log.open("wb") as sink:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *words,
                cwd=HOME,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **env},
                stdin=asyncio.subprocess.DEVNULL,
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
        ours = {
            "DESK_TOKEN": TOKEN,
            "DESK_API_URL": sandbox,
            "DESK_DATABASE": database,
            "DESK_PORT": "0",
            "DESK_LOG_LEVEL": "warning",
        }
        return await self.start("-m", "bot", "run", **{**ours, **env})

    async def end(self) -> None:
        """Kill what still runs."""
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

"""The power fails at every point of what the bot wrote: what was answered with 200 is there, and nothing is half."""

from __future__ import annotations

import asyncio
import pickle
import random
import signal
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from disk_log import Entry, library
from killed_journeys import ACCEPT, CONSENT, FILE, presses
from machine import FULL, HOME, TOKEN, machine, seeded
from ports import free_port
from power_judge import judge
from reckoning import settled

from sandbox import Person, Sandbox

IMAGES = 100_000 if FULL else 5_000
ROUNDS = 60
PEOPLE = 12

pytestmark = pytest.mark.skipif(library() is None, reason="this Python's SQLite cannot be reached from outside")


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, where there is one."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


@dataclass
class Stage:
    """Where the steps of a journey are done."""

    sandbox: Sandbox
    turn: int = 1

    def person(self, key: str) -> Person:
        return self.sandbox.people[key]


async def recorded(folder: Path, **more: str) -> tuple[Sequence[Entry], list[int]]:
    """What a bot under load wrote, and the chats of those who asked; a matter is filed and accepted in between."""
    url, file, port = f"sqlite:///{folder}/desk.db", folder / "disk.log", free_port()
    dice = random.Random(2)
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(folder) as computer:
        known = {key: sandbox.add_person(key).id for key in ("talent", "liaison")}
        asking = [sandbox.add_person(f"p{n}") for n in range(PEOPLE)]
        await seeded(url, known)
        env = {
            "DESK_DATABASE": url,
            "DESK_API_URL": sandbox.url,
            "DESK_TOKEN": TOKEN,
            "DESK_PORT": str(port),
            "DESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DESK_LOG_LEVEL": "warning",
            "DESK_RELAY": "full",
            "PYTHONPATH": str(HOME),
            **more,
        }
        bot = await computer.start(str(HOME / "tests" / "support" / "power_recorder.py"), str(file), **env)
        for person in (*asking, *map(sandbox.people.__getitem__, known)):
            await person.start()
        await _settles(sandbox, url)
        stage, steps = Stage(sandbox), iter((*CONSENT, *FILE[:2], presses("talent", "单独同意"), *FILE[2:], *ACCEPT))
        for _ in range(ROUNDS):
            for person in dice.sample(asking, dice.randrange(1, 7)):
                await person.says(f"问题 {dice.random()}")
            if step := next(steps, None):
                await step(stage)
            await _settles(sandbox, url)
        assert next(steps, None) is None
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0
        with file.open("rb") as source:
            return pickle.load(source), [person.id for person in asking]


async def _settles(sandbox: Sandbox, url: str) -> None:
    """Everything sent is acknowledged and answered."""
    await sandbox.until(lambda: not sandbox.updates.pending or None, timeout=60)
    while not await settled(url):
        await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=0.05)


async def test_no_power_cut_takes_back_what_was_acknowledged(tmp_path: Path, memory: Path) -> None:
    log, chats = await recorded(tmp_path)
    verdict = judge(log, memory, chats, IMAGES, seed=5)
    print(f"{verdict.images} images over {verdict.commits} committed states of {len(log)} entries")
    assert verdict.images == IMAGES
    assert verdict.commits > ROUNDS * 3
    assert (verdict.missing, verdict.corrupt, verdict.half) == (0, 0, 0), verdict.examples


async def test_with_less_syncing_the_same_drill_finds_what_is_missing(tmp_path: Path, memory: Path) -> None:
    log, chats = await recorded(tmp_path, DRILL_SYNCHRONOUS="1")
    verdict = judge(log, memory, chats, 500, seed=5)
    print(f"with less syncing: {verdict.missing} of {verdict.images} images miss what was acknowledged")
    assert verdict.missing > 50
    assert (verdict.corrupt, verdict.half) == (0, 0), verdict.examples

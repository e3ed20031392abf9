"""Processes die at random under load, calls fail, updates come twice: all that was acknowledged is answered."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from machine import FULL, TOKEN, Nursery, machine, seeded
from reckoning import settled
from sqlalchemy import select

from db.engine import Database
from db.schema.queues import inbox, outbox
from sandbox import Fault, Person, Sandbox

KILLS = 1000 if FULL else 40
PEOPLE = 40
PAUSES = 10 if FULL else 3


@pytest.fixture(params=["sqlite 1", "sqlite 3", "postgresql 3"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """A database and how many processes serve it."""
    kind, count = request.param.split()
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/desk.db", int(count)
        return
    server: str = request.getfixturevalue("postgres_server")
    connection = await asyncpg.connect(server)
    await connection.execute("CREATE DATABASE drill")
    yield server.replace("/postgres?", "/drill?"), int(count)
    await connection.execute("DROP DATABASE drill WITH (FORCE)")
    await connection.close()


class Load:
    """People who ask, each time something new, until they are told to stop."""

    def __init__(self, sandbox: Sandbox, dice: random.Random) -> None:
        self._dice = dice
        self._people: list[Person] = [sandbox.add_person(f"p{n}") for n in range(PEOPLE)]
        self.asked: Counter[int] = Counter()

    async def all_start(self) -> None:
        for person in self._people:
            await person.start()
            self.asked[person.id] += 1

    async def some_ask(self) -> None:
        for person in self._dice.sample(self._people, 5):
            await person.says(f"问题 {self._dice.random()}")
            self.asked[person.id] += 1

    def unanswered(self) -> dict[int, int]:
        """How many answers fewer than questions each person has."""
        missing = {}
        for person in self._people:
            answers = sum(message.from_bot for message in person.messages)
            if answers < self.asked[person.id]:
                missing[person.id] = self.asked[person.id] - answers
        return missing


async def reckon(url: str, sandbox: Sandbox) -> tuple[list[str], int, int]:
    """What was lost, how many messages are there more than once, and how many sends were tried again."""
    database = await Database.open(url)
    async with database.read() as tx:
        undone = [row.id for row in await tx.execute(select(inbox.c.id).where(inbox.c.state != "done"))]
        owed = list(await tx.execute(select(outbox)))
    await database.close()
    there = [(sent.chat, sent.message_id) for sent in sandbox.journal.sent if not sent.is_edit]
    known = {(row.chat_id, row.message_id) for row in owed if row.state == "done"}
    lost = [f"inbox {number}" for number in undone]
    lost += [f"outbox {row.id} {row.state} {row.error}" for row in owed if row.state in ("due", "dead")]
    lost += [f"sent and not there: {one}" for one in known - set(there)]
    return lost, len(set(there) - known), sum(row.claims - 1 for row in owed if row.state == "done")


async def all_answered(url: str, load: Load, sandbox: Sandbox) -> None:
    """Come back when nothing is left to do."""
    async with asyncio.timeout(100):
        while load.unanswered() or sandbox.updates.pending or not await settled(url):
            await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=1)


async def one_dies(nursery: Nursery, url: str, sandbox: Sandbox, dice: random.Random) -> None:
    nursery.kill(dice.choice(sorted(nursery.children)))
    await nursery.bot(url, sandbox.url)


async def test_random_deaths_under_load_lose_nothing(place: tuple[str, int], tmp_path: Path) -> None:
    url, count = place
    dice = random.Random(7)
    await seeded(url, {})
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(tmp_path) as computer:
        load = Load(sandbox, dice)
        sandbox.faults.add(Fault.bad_gateway(), rate=0.04, seed=1)
        sandbox.faults.add(Fault.timeout_after(), rate=0.03, seed=2)
        sandbox.faults.add(Fault.repeated(), rate=0.05, seed=3)
        nursery = await computer.nursery()
        for _ in range(count):
            await nursery.bot(url, sandbox.url)
        await load.all_start()
        for _ in range(KILLS):
            await load.some_ask()
            await asyncio.sleep(dice.uniform(0.05, 0.5))
            await one_dies(nursery, url, sandbox, dice)
        sandbox.faults.clear()
        await all_answered(url, load, sandbox)
        lost, twice, again = await reckon(url, sandbox)
    assert (lost, load.unanswered()) == ([], {})
    assert twice <= again, "a message arrived that was never owed"


async def test_a_process_that_was_stopped_past_its_lease_changes_nothing_when_it_goes_on(
    postgres_server: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(postgres_server)
    await connection.execute("CREATE DATABASE stopped")
    url = postgres_server.replace("/postgres?", "/stopped?")
    dice = random.Random(11)
    await seeded(url, {})
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(tmp_path) as computer:
        load = Load(sandbox, dice)
        nursery = await computer.nursery()
        for _ in range(2):
            await nursery.bot(url, sandbox.url)
        await load.all_start()
        for _ in range(PAUSES):
            await load.some_ask()
            stopped = dice.choice(sorted(nursery.children))
            nursery.kill(stopped, signal.SIGSTOP)
            await load.some_ask()
            await all_answered(url, load, sandbox)  # the other one has taken everything over
            nursery.kill(stopped, signal.SIGCONT)
        await all_answered(url, load, sandbox)
        lost, twice, again = await reckon(url, sandbox)
    await connection.execute("DROP DATABASE stopped WITH (FORCE)")
    await connection.close()
    assert (lost, load.unanswered()) == ([], {})
    assert twice <= again

"""Processes die at random under load, calls fail, updates come twice: all that was acknowledged is answered."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from load import Load, all_answered, in_hand, reckon
from machine import FULL, TOKEN, Nursery, machine, seeded

from db.engine import Database
from sandbox import Fault, Sandbox

KILLS = 1000 if FULL else 40
QUIET_ROUNDS = 10


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


async def one_dies(nursery: Nursery, url: str, database: Database, sandbox: Sandbox, dice: random.Random) -> int:
    """Kill one and start another; how many messages it was sending. They are counted while it is stopped."""
    victim = dice.choice(sorted(nursery.children))
    nursery.kill(victim, signal.SIGSTOP)
    sending = (await in_hand(database, victim))["outbox"]
    nursery.kill(victim)
    await nursery.bot(url, sandbox.url)
    return sending


async def test_random_deaths_under_load_lose_nothing(place: tuple[str, int], tmp_path: Path) -> None:
    url, count = place
    dice = random.Random(7)
    await seeded(url, {})
    database = await Database.open(url)
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(tmp_path) as computer:
        load = Load(sandbox, dice)
        nursery = await computer.nursery()
        for _ in range(count):
            await nursery.bot(url, sandbox.url)
        await load.all_start()
        for _ in range(QUIET_ROUNDS):
            await load.some_ask()
            await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=1)
        await all_answered(url, load, sandbox)
        undisturbed = await reckon(database, sandbox)
        sandbox.faults.add(Fault.bad_gateway(), rate=0.04, seed=1)
        unsure = sandbox.faults.add(Fault.timeout_after(), rate=0.03, seed=2)
        sandbox.faults.add(Fault.repeated(), rate=0.05, seed=3)
        sending = 0
        for _ in range(KILLS):
            await load.some_ask()
            await asyncio.sleep(dice.uniform(0.05, 0.5))
            sending += await one_dies(nursery, url, database, sandbox, dice)
        sandbox.faults.clear()
        await all_answered(url, load, sandbox)
        result = await reckon(database, sandbox)
    await database.close()
    print(f"{KILLS} deaths: {result.twice} messages twice; {sending} were being sent, {unsure.fired} answers were lost")
    assert (undisturbed.lost, undisturbed.twice) == ([], 0)
    assert (result.lost, load.unanswered()) == ([], {})
    assert result.twice <= sending + unsure.fired

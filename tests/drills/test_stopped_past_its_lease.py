"""A process is stopped until the others have taken over, and goes on: what it still writes changes nothing."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from load import Load, all_answered, in_hand, is_listed, reckon
from machine import FULL, TOKEN, machine, seeded
from sqlalchemy import select

from db.engine import Database
from db.schema.queues import inbox, outbox
from sandbox import Sandbox

STOPS = 100 if FULL else 10
BEAT = "0.2"
"""Seconds between two signs of life, so that who is stopped counts as dead after a good second."""


async def rows(database: Database) -> list[tuple[Any, ...]]:
    """Every update and message as it stands."""
    async with database.read() as tx:
        return [tuple(row) for table in (inbox, outbox) for row in await tx.execute(select(table).order_by(table.c.id))]


@pytest.mark.timeout(3600 if FULL else 300)
async def test_a_process_that_was_stopped_past_its_lease_changes_nothing_when_it_goes_on(
    postgres_server: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(postgres_server)
    await connection.execute("CREATE DATABASE stopped")
    url = postgres_server.replace("/postgres?", "/stopped?")
    dice, held, changed = random.Random(11), Counter[str](), 0
    await seeded(url, {})
    database = await Database.open(url)
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(tmp_path) as computer:
        load = Load(sandbox, dice)
        nursery = await computer.nursery()
        for _ in range(2):
            await nursery.bot(url, sandbox.url, DRILL_BEAT=BEAT)
        await load.all_start()
        for _ in range(STOPS):
            await load.some_ask()
            await asyncio.sleep(dice.uniform(0, 0.05))
            stopped = dice.choice(sorted(nursery.children))
            nursery.kill(stopped, signal.SIGSTOP)
            held += await in_hand(database, stopped)
            await load.some_ask()
            await all_answered(url, load, sandbox)  # the other one has taken everything over
            async with asyncio.timeout(60):
                while await is_listed(database, stopped):
                    await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=0.1)
            before = await rows(database)
            nursery.kill(stopped, signal.SIGCONT)
            async with asyncio.timeout(60):
                while not await is_listed(database, stopped):
                    await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=0.1)
            changed += sum(one != other for one, other in zip(before, await rows(database), strict=True))
        await all_answered(url, load, sandbox)
        result = await reckon(database, sandbox)
    await database.close()
    await connection.execute("DROP DATABASE stopped WITH (FORCE)")
    await connection.close()
    print(f"{STOPS} stops with {dict(held)} in hand: {changed} rows changed late, {result.twice} messages twice")
    assert (result.lost, load.unanswered()) == ([], {})
    assert changed == 0
    assert result.twice <= held["outbox"]

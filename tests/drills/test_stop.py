"""SIGTERM: what is in hand is finished within ten seconds, and the process is gone; the rest waits for the next one."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from machine import TOKEN, machine, seeded
from sqlalchemy import select

from bot.loop import GRACE
from db.engine import Database
from db.schema.queues import outbox
from sandbox import Fault, Sandbox

SLOW = 1.5
"""Seconds that Telegram takes for the message in hand."""


async def test_sigterm_finishes_what_is_in_hand_and_leaves_the_rest_for_the_next_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    await seeded(url, {})
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(tmp_path) as computer:
        bot = await computer.bot(url, sandbox.url)
        person = sandbox.add_person("guest")
        slow = sandbox.faults.add(Fault.slow(SLOW), method="sendMessage")
        await person.start()
        await sandbox.until(lambda: slow.fired)
        await person.says("积分落户怎么办")
        bot.send(signal.SIGTERM)
        async with asyncio.timeout(GRACE + 2):
            assert await bot.ends() == 0
        assert [message.from_bot for message in person.messages] == [False, False, True], "what was in hand arrived"
        assert await _states(url) == {"done"}
        await computer.bot(url, sandbox.url)
        await sandbox.until(lambda: len(person.messages) == 4, 30)
        assert [call.method for call in sandbox.journal.of("sendMessage")] == ["sendMessage"] * 2, "and nothing twice"


async def _states(url: str) -> set[str]:
    database = await Database.open(url)
    async with database.read() as tx:
        found = {row.state for row in await tx.execute(select(outbox.c.state))}
    await database.close()
    return found

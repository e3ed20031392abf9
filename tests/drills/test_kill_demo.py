"""The whole service dies by kill -9 in the middle of filing; started again, the journey completes."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from district import PHOTO
from load import in_hand
from machine import FULL, Machine, machine
from phones import Phones, phones, printed_address
from reckoning import reckon, settled

from db.engine import Database

Step = Callable[[Phones], Awaitable[object]]

FILING: tuple[Step, ...] = (
    lambda all_: all_.says("liaison", "/start"),
    lambda all_: all_.says("admin", "/start"),
    lambda all_: all_.says("talent", "/start"),
    lambda all_: all_.says("talent", "娃儿上学咋个办"),
    lambda all_: all_.presses("talent", "帮我办这件事"),
    lambda all_: all_.presses("talent", "同意，继续"),
    lambda all_: all_.hears("talent", "不满十四岁"),
    lambda all_: all_.presses("talent", "单独同意"),
    lambda all_: all_.presses("talent", "小学"),
    lambda all_: all_.presses("talent", "新入学"),
    lambda all_: all_.hears("talent", "什么时候入学"),
    lambda all_: all_.says("talent", "3月1日"),
    lambda all_: all_.hears("talent", "情况"),
    lambda all_: all_.says("talent", "住在登科街道，想就近"),
    lambda all_: all_.hears("talent", "有材料就发"),
    lambda all_: all_.sends_photo("talent", PHOTO),
    lambda all_: all_.hears("talent", "已收到 1 份材料"),
    lambda all_: all_.presses("talent", "材料发完了"),
    lambda all_: all_.presses("talent", "提交"),
    lambda all_: all_.hears("talent", "EY-2026-000001"),
    lambda all_: all_.hears("liaison", "EY-2026-000001"),
    lambda all_: all_.presses("liaison", "接单"),
    lambda all_: all_.hears("talent", "接单了"),
)


class Everything:
    """`python -m bot demo` in a folder, dying and starting again; the phones find it wherever it listens."""

    def __init__(self, machine: Machine, folder: Path, port: int) -> None:
        self._machine = machine
        self._command = ("-m", "bot", "demo", "--port", str(port), "--folder", str(folder))
        self.url = f"sqlite:///{folder}/desk.db"

    async def starts(self) -> str:
        self._process = await self._machine.start(*self._command, DESK_LOG_LEVEL="warning")
        return printed_address(await self._process.line("http://127.0.0.1"))

    async def dies(self) -> int:
        """Kill it; how many messages it was sending. They are counted while it is stopped."""
        database = await Database.open(self.url)
        self._process.send(signal.SIGSTOP)
        sending = (await in_hand(database, self._process.child.pid))["outbox"]
        await database.close()
        self._process.kill()
        await self._process.ends()
        return sending


@pytest.mark.parametrize("seed", range(20 if FULL else 1))
async def test_the_demo_killed_in_the_middle_of_filing_goes_on_where_it_was(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    deaths = sorted(dice.sample(range(2, len(FILING) - 1), 2))
    async with machine(tmp_path) as computer:
        demo = Everything(computer, tmp_path / "demo", 0)
        address = await demo.starts()
        position, sending = 0, 0
        for death in (*deaths, len(FILING)):
            async with phones(address) as everybody:
                for step in FILING[position:death]:
                    await step(everybody)
            position = death
            if death < len(FILING):
                await asyncio.sleep(dice.random() * 0.1)  # somewhere in the handling of what was just done
                sending += await demo.dies()
                address = await demo.starts()
        async with phones(address) as everybody:
            await everybody.until(lambda: settled(demo.url), "everything settles")
            result = await reckon(demo.url, everybody)
    assert (result.lost, result.matters) == ([], 1)
    assert result.twice <= sending

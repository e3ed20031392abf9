"""Ground of the office's pages' tests: a small district whose content does not go by Telegram, and a real Chromium."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from district import MONDAY_MORNING, TOKEN, District, open_district
from playwright.async_api import Browser, async_playwright
from room_clock import RoomClock
from visitor import free_port

from sandbox import Sandbox, VirtualClock

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(
            "The pages were not tested: there is no Chromium on this machine (Debian: apt-get install chromium)."
        )
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def district(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[District]:
    folder: Path = tmp_path_factory.mktemp("pages")
    clock, port = RoomClock(), free_port()
    clock.ticking = VirtualClock(MONDAY_MORNING.timestamp())
    more = {"relay": "minimal", "port": port, "page_url": f"http://127.0.0.1:{port}"}
    async with (
        Sandbox(token=TOKEN, clock=clock.ticking, limits=False) as sandbox,
        open_district(folder, f"sqlite:///{folder}/desk.db", sandbox, clock, **more) as opened,
    ):
        for key in ("talent", "liaison"):
            await sandbox.people[key].start()
        await opened.settles()
        yield opened

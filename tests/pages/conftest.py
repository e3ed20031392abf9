"""Ground of the office's pages' tests: a small district whose content does not go by Telegram, and a real Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from district import MONDAY_MORNING, TOKEN, District, open_district, settled
from ports import free_port
from room_clock import RoomClock

from sandbox import Sandbox, VirtualClock


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def district(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[District]:
    folder: Path = tmp_path_factory.mktemp("pages")
    clock, port = RoomClock(), free_port()
    clock.ticking = VirtualClock(MONDAY_MORNING.timestamp())
    url = f"sqlite:///{folder}/desk.db"
    await settled(url)
    more = {"relay": "minimal", "port": port, "page_url": f"http://127.0.0.1:{port}"}
    async with (
        Sandbox(token=TOKEN, clock=clock.ticking, limits=False) as sandbox,
        open_district(folder, url, sandbox, clock, **more) as opened,
    ):
        await opened.begins("talent", "liaison")
        yield opened

"""Journeys: people who write, press and hear, through the real bot, on both databases."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "db"), str(HERE.parent / "bot")]

from databases import database_url, postgres_server  # noqa: E402
from district import MONDAY_MORNING, TOKEN, District, open_district  # noqa: E402
from room_clock import RoomClock  # noqa: E402

from sandbox import Sandbox, VirtualClock  # noqa: E402

__all__ = ["database_url", "postgres_server"]


@pytest.fixture
def clock() -> RoomClock:
    found = RoomClock()
    found.ticking = VirtualClock(MONDAY_MORNING.timestamp())
    return found


@pytest.fixture
async def sandbox(clock: RoomClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(token=TOKEN, clock=clock.ticking, limits=False) as running:
        yield running


@pytest.fixture
async def district(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> AsyncIterator[District]:
    async with open_district(tmp_path, database_url, sandbox, clock) as opened:
        for key in ("talent", "liaison", "department", "run_team", "admin"):
            await sandbox.people[key].start()
        await opened.settles()
        yield opened

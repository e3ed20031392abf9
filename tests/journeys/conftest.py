"""Journeys: people who write, press and hear, through the real bot, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from databases import KINDS, copied
from district import MONDAY_MORNING, TOKEN, District, open_district, open_minimal, settled
from room_clock import RoomClock
from small_book import write_small_book
from visitor import Visitor, let_in

from sandbox import Sandbox, VirtualClock


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Journeys begin with the demo's people in their places."""
    async with copied(request, tmp_path, settled) as url:
        yield url


@pytest.fixture
def clock() -> RoomClock:
    found = RoomClock()
    found.ticking = VirtualClock(MONDAY_MORNING.timestamp())
    return found


@pytest.fixture
def faq_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small FAQ to be edited, in place of the shipped one."""
    folder = write_small_book(tmp_path / "faq")
    monkeypatch.setenv("DESK_FAQ", str(folder))
    monkeypatch.setenv("DESK_SECOND_PERSON", "off")  # one editor alone; another journey shows the second person
    return folder


@pytest.fixture
async def sandbox(clock: RoomClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(token=TOKEN, clock=clock.ticking, limits=False) as running:
        yield running


@pytest.fixture
async def district(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> AsyncIterator[District]:
    opens = open_minimal if request.node.get_closest_marker("minimal") else open_district
    async with opens(tmp_path, database_url, sandbox, clock) as opened:
        await opened.begins("talent", "liaison", "department", "run_team", "admin")
        yield opened


@pytest.fixture
async def talent(district: District) -> AsyncIterator[Visitor]:
    """The cardholder at the office's pages."""
    async with let_in(district, district.talent) as found:
        yield found


@pytest.fixture
async def liaison(district: District) -> AsyncIterator[Visitor]:
    """The liaison at the office's pages."""
    async with let_in(district, district.liaison) as found:
        yield found

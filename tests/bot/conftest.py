"""The machine room's tests: both databases, the sandbox over real HTTP, and one virtual clock for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from room_clock import RoomClock

from bot.transport import AiohttpRequest, Api
from sandbox import Person, Sandbox


@pytest.fixture
def clock() -> RoomClock:
    return RoomClock()


@pytest.fixture
async def sandbox(clock: RoomClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock.ticking) as running:
        yield running


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest() as opened:
        yield opened


@pytest.fixture
def api(sandbox: Sandbox, request_: AiohttpRequest) -> Api:
    return Api(request_, sandbox.token, sandbox.url)


@pytest.fixture
async def talent(sandbox: Sandbox) -> Person:
    """A person who has started the bot; the update of it is out of the way."""
    person = sandbox.add_person("talent", first_name="杨帆")
    await person.start()
    sandbox.updates.drop_all()
    return person

"""Shared ground of the sandbox's own tests: one sandbox on a virtual clock, a person in it, and a raw caller."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from sandbox_caller import Caller

from sandbox import Person, Sandbox, VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def sandbox(clock: VirtualClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def bot(sandbox: Sandbox, session: aiohttp.ClientSession) -> Caller:
    return Caller(sandbox, session)


@pytest.fixture
async def talent(sandbox: Sandbox) -> Person:
    """A person who has started the bot; the update of it is out of the way."""
    person = sandbox.add_person("talent", first_name="杨帆", phone="+8613800000001")
    await person.start()
    sandbox.updates.drop_all()
    return person

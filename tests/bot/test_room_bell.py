"""A process hears at once of what another has stored, before its next look; deaf, it finds it by looking."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from room_clock import RoomClock
from sqlalchemy import text
from test_room_worker import INBOX, Desk, running, update, worker

from bot.heartbeat import Heartbeat
from bot.intake import Intake
from bot.loop import POLL
from bot.worker import LEASE
from db.bell import AGAIN, CHANNEL, Bell
from db.engine import Database, Tx
from db.presence import Presence, living
from db.schema import metadata

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@asynccontextmanager
async def ringing(database: Database, clock: RoomClock) -> AsyncIterator[Bell]:
    bell = Bell(database, lambda: True, clock.sleep)
    task = asyncio.create_task(bell.run())
    try:
        await bell.listening.wait()
        yield bell
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def two(open_database: Any) -> tuple[Database, Database]:
    first, second = await open_database(), await open_database()
    async with first.write() as tx:
        await tx.create(metadata)
    return first, second


async def handled(desk: Desk, count: int) -> None:
    """Come back when so many updates are handled; time stands still meanwhile, so nobody looks by himself."""
    await _until(lambda: len(desk.seen) >= count)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - what is waited for is in another process's loop
            await asyncio.sleep(0)


async def test_what_one_stores_another_handles_without_waiting_for_its_next_look(
    open_database: Any, clock: RoomClock
) -> None:
    here, there = await two(open_database)
    desk = Desk()
    hands = worker(there, desk, clock)
    async with ringing(here, clock), ringing(there, clock), running(hands):
        await hands.idle()
        await Intake(here, INBOX, clock).accept([update(1, 7, "a")])
        await handled(desk, 1)
        await Intake(here, INBOX, clock).accept([update(2, 7, "b")])
        await handled(desk, 2)
    assert desk.seen == [(7, "a"), (7, "b")]


async def test_what_a_process_gives_back_as_it_leaves_another_handles_at_once(
    open_database: Any, clock: RoomClock
) -> None:
    here, there = await two(open_database)
    desk, leaving = Desk(), Presence(here, [INBOX])
    hands = worker(there, desk, clock)
    async with ringing(there, clock), running(hands):
        await hands.idle()
        async with ringing(here, clock):
            await leaving.beat(clock.now())
            await hands.idle()
            async with here.write() as tx:
                await INBOX.put_many(tx, [{"key": "7", "body": json.dumps(update(1, 7, "a"))}], clock.now())
                assert len(await INBOX.claim(tx, clock.now(), LEASE, 1)) == 1
            await leaving.leave()
        await handled(desk, 1)


async def test_a_process_that_leaves_in_the_middle_of_a_beat_is_not_on_the_list_afterwards(
    open_database: Any, clock: RoomClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = await two(open_database)
    presence, reached, may_go_on = Presence(here, [INBOX], ["poller"]), asyncio.Event(), asyncio.Event()
    heart = Heartbeat(presence, clock)
    await heart.beat()
    sign = presence._sign

    async def slowly(tx: Tx, now: Any) -> None:
        reached.set()
        await may_go_on.wait()
        await sign(tx, now)

    monkeypatch.setattr(presence, "_sign", slowly)
    beating = asyncio.create_task(heart.beat())
    await reached.wait()
    stopping = asyncio.create_task(heart.stop())
    await asyncio.wait({stopping}, timeout=0.2)  # it has to wait; or it has overtaken the beat
    may_go_on.set()
    await asyncio.gather(beating, stopping)
    async with there.read() as tx:
        assert await living(tx) == 0
    assert presence.duties == frozenset()


@pytest.mark.parametrize("safety", ["ssl=prefer", "sslmode=prefer"])
async def test_the_line_is_as_safe_as_the_address_wants_it(database_url: str, clock: RoomClock, safety: str) -> None:
    database = await Database.open(f"{database_url}&{safety}")
    try:
        async with asyncio.timeout(10), ringing(database, clock):
            pass
    finally:
        await database.close()


async def test_a_lost_line_is_opened_anew_and_nothing_waits_for_it_longer_than_for_a_look(
    open_database: Any, clock: RoomClock
) -> None:
    here, there = await two(open_database)
    desk = Desk()
    hands = worker(there, desk, clock)
    async with ringing(here, clock) as one, ringing(there, clock) as other, running(hands):
        await hands.idle()
        async with here.write() as tx:
            await tx.execute(text(_KILL))
        await _until(lambda: not one.listening.is_set() and not other.listening.is_set())
        await Intake(here, INBOX, clock).accept([update(1, 7, "a")])
        clock.passes(POLL.total_seconds())
        await handled(desk, 1)
        clock.passes(AGAIN)
        await _until(lambda: one.listening.is_set() and other.listening.is_set())
        await Intake(here, INBOX, clock).accept([update(2, 7, "b")])
        await handled(desk, 2)


async def test_whoever_is_alone_tells_nobody(open_database: Any, database_url: str, clock: RoomClock) -> None:
    here, _ = await two(open_database)
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(database_url)
    await listener.add_listener(CHANNEL, lambda _c, _pid, _channel, said: heard.put_nowait(str(said)))
    async with ringing(here, clock) as bell:
        bell.company = lambda: False
        await Intake(here, INBOX, clock).accept([update(1, 7, "a")])
        bell.company = lambda: True
        async with here.write() as tx:
            tx.wake("timers")
        assert await heard.get() == f"{here.process} timers"
    await listener.close()


_KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'talent-desk-bell'"

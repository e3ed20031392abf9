"""Two transactions that cannot see each other yet: what follows in a line is found at once, whichever commits last.

On PostgreSQL alone: on SQLite one transaction writes at a time. Time stands still, so nobody looks by himself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sized
from functools import partial
from typing import Any

import pytest
from room_clock import RoomClock
from sqlalchemy import text
from test_room_delivery import letter, texts
from test_room_worker import INBOX, OUTBOX, Desk, read, running, update

from bot.delivery import Delivery
from bot.intake import Intake
from bot.limits import Limits
from bot.loop import Loop
from bot.transport import Api
from bot.worker import Worker
from db.engine import Database, Tx
from db.queue import Claimed
from db.schema import metadata
from sandbox import Person

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
_WAITS = text(
    "SELECT 1 FROM pg_locks JOIN pg_database AS here ON here.oid = database"
    " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
)
LANES = 8
"""Room for a second batch beside the first."""


class Held:
    """A point in somebody's transaction: it is reached, and goes on when it may."""

    def __init__(self) -> None:
        self.reached, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        self.reached.set()
        await self.may_go_on.wait()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for is in the loop of somebody else
            await asyncio.sleep(0)


def _are(found: Sized, count: int) -> bool:
    return len(found) == count


async def _handled(desk: Desk, count: int) -> None:
    await _until(lambda: len(desk.seen) >= count)


async def _has_looked(loop: Loop) -> None:
    """Come back when it has looked and lain down; `idle` would wait for its hands, too."""
    await _until(lambda: not loop._wake.is_set() and not loop._taking)


async def test_what_is_put_while_its_line_is_in_hand_is_found_though_the_hand_ends_first(
    database: Database, clock: RoomClock
) -> None:
    desk, first, second = Desk(), Held(), Held()

    async def handle(tx: Tx, raw: Any, now: Any) -> Any:
        if raw["message"]["text"] == "first":
            await first()
        return await desk.handle(tx, raw, now)

    hands = Worker(database, INBOX, read, handle, desk.on_dead, clock, lanes=LANES)
    async with running(hands):
        await hands.idle()
        take_along = database.takers["inbox"]

        async def slowly(tx: Tx) -> bool:
            alone = await take_along(tx)
            await second()
            return alone

        await Intake(database, INBOX, clock).accept([update(1, 7, "first")])
        await first.reached.wait()
        database.takers["inbox"] = slowly
        storing = asyncio.create_task(Intake(database, INBOX, clock).accept([update(2, 7, "second")]))
        await second.reached.wait()
        first.may_go_on.set()
        await _handled(desk, 1)
        await _has_looked(hands)
        second.may_go_on.set()
        await storing
        await _handled(desk, 2)
    assert desk.seen == [(7, "first"), (7, "second")]


async def test_what_is_put_while_its_line_is_in_hand_is_found_though_the_hand_ends_last(
    database: Database, clock: RoomClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, claiming = Desk(), Held()
    hands = Worker(database, INBOX, read, desk.handle, desk.on_dead, clock, lanes=LANES)
    claim = hands.claim

    async def and_then_wait(tx: Tx, now: Any, limit: int) -> tuple[list[Claimed], bool]:
        found = await claim(tx, now, limit)
        if hands._hands and not claiming.reached.is_set():
            await claiming()
        return found

    async with running(hands):
        await hands.idle()
        monkeypatch.setattr(hands, "claim", and_then_wait)
        await Intake(database, INBOX, clock).accept([update(1, 7, "first")])
        await claiming.reached.wait()
        await Intake(database, INBOX, clock).accept([update(2, 7, "second")])
        await _has_looked(hands)
        claiming.may_go_on.set()
        await _handled(desk, 2)
    assert desk.seen == [(7, "first"), (7, "second")]


async def test_what_is_owed_while_its_chat_is_being_written_to_is_sent_though_that_ends_first(
    database: Database, clock: RoomClock, api: Api, talent: Person
) -> None:
    sending, owing = Held(), Held()

    async def ready(params: Any) -> Any:
        if params["text"] == "first":
            await sending()
        return params

    async def never(*_: object) -> None:
        raise AssertionError

    async def owe(text: str) -> None:
        async with database.write() as tx:
            await OUTBOX.put_many(tx, [letter(talent.id, text)], clock.now())
            tx.wake("outbox")

    delivery = Delivery(database, OUTBOX, api, Limits(), clock, never, never, ready)
    async with running(delivery):
        await delivery.idle()
        take_along = database.takers["outbox"]

        async def slowly(tx: Tx) -> bool:
            alone = await take_along(tx)
            await owing()
            return alone

        await owe("first")
        await sending.reached.wait()
        database.takers["outbox"] = slowly
        second = asyncio.create_task(owe("second"))
        await owing.reached.wait()
        sending.may_go_on.set()
        await _until(lambda: texts(talent) == ["first"] and delivery.settled())
        await _has_looked(delivery)
        owing.may_go_on.set()
        await second
        await _until(lambda: texts(talent) == ["first", "second"])


async def _waits_for_a_line(database: Database) -> bool:
    async with database.read() as tx:
        return bool(await tx.scalar(_WAITS))


async def test_two_processes_never_have_one_chat_in_hand_though_they_store_its_updates_at_the_same_moment(
    open_database: Any, clock: RoomClock
) -> None:
    here, there, looking = await open_database(), await open_database(), await open_database()
    async with here.write() as tx:
        await tx.create(metadata)
    desk, storing = Desk(), Held()
    one, other = (Worker(each, INBOX, read, desk.handle, desk.on_dead, clock) for each in (here, there))
    async with running(one), running(other):
        await one.idle()
        await other.idle()
        take_along = here.takers["inbox"]

        async def slowly(tx: Tx) -> bool:
            alone = await take_along(tx)
            await storing()
            return alone

        here.takers["inbox"] = slowly
        first = asyncio.create_task(Intake(here, INBOX, clock).accept([update(1, 7, "first")]))
        await storing.reached.wait()
        second = asyncio.create_task(
            Intake(there, INBOX, clock).accept([update(2, 7, "second"), update(3, 9, "beside it")])
        )
        async with asyncio.timeout(10):
            while not desk.seen and not await _waits_for_a_line(looking):  # noqa: ASYNC110 - it is asked for in the database
                await asyncio.sleep(0)
        assert desk.seen == []
        storing.may_go_on.set()
        await asyncio.gather(first, second)
        here.wake["inbox"].set()  # no bell is rung between these two
        there.wake["inbox"].set()
        await _handled(desk, 3)
    assert [said for chat, said in desk.seen if chat == 7] == ["first", "second"]


@pytest.mark.parametrize(("lanes", "together"), [(1, 1), (4, 1), (8, 2), (12, 3)])
async def test_every_four_lanes_let_one_transaction_run_as_the_setting_says(
    database: Database, clock: RoomClock, lanes: int, together: int
) -> None:
    desk, gate, inside = Desk(), asyncio.Event(), set()

    async def handle(tx: Tx, raw: Any, now: Any) -> Any:
        inside.add(raw["message"]["text"])
        await gate.wait()
        return await desk.handle(tx, raw, now)

    hands = Worker(database, INBOX, read, handle, desk.on_dead, clock, lanes=lanes)
    async with running(hands):
        await hands.idle()
        for chat in range(1, 5):
            await Intake(database, INBOX, clock).accept([update(chat, chat, str(chat))])
            await _until(partial(_are, inside, min(chat, together)))
        await _has_looked(hands)
        assert len(inside) == together
        gate.set()
        await _handled(desk, 4)

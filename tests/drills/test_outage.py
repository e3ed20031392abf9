"""Telegram is away for six hours while messages pile up; back again, they drain at the allowed rate, urgent first."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from machine import FULL
from room_clock import RoomClock
from sqlalchemy import func, select

from bot.delivery import Delivery
from bot.limits import Limits
from bot.transport import AiohttpRequest, Api
from db.engine import Database, Tx
from db.queue import Claimed, Queue
from db.schema.queues import outbox
from desk.post import Letter, Post
from desk.rules.hears import Urgency
from desk.vault import Vault
from sandbox import Fault, Person, Sandbox

WAITING = 20_000 if FULL else 400
PEOPLE = WAITING // 10
CARDS = WAITING // 40
URGENT_ONE_IN = 20
HOURS = 6
STEP = 0.074
"""Virtual seconds between two looks at the queue."""
KINDS = ["sqlite", "postgresql"] if FULL else ["sqlite"]


class Outage:
    """People, a delivery and the messages owed to them, on one virtual clock."""

    def __init__(self, database: Database, sandbox: Sandbox, api: Api, clock: RoomClock) -> None:
        self.database = database
        self.sandbox = sandbox
        self.clock = clock
        self.people: list[Person] = [sandbox.add_person(f"p{n}") for n in range(PEOPLE)]
        self.delivery = Delivery(database, Queue(outbox), api, Limits(), clock, _nobody, _nobody)

    async def owe(self, letters: list[Letter]) -> None:
        async with self.database.write() as tx:
            await Post(tx, self.clock.now(), Vault([b"0" * 32])).owe(letters)

    async def cards(self, state: int) -> None:
        """Everybody's card shows a new state."""
        letters = []
        for n, person in enumerate(self.people[:CARDS]):
            async with self.database.write() as tx:
                card = await Post(tx, self.clock.now(), Vault([b"0" * 32])).card(n, n, person.id)
            shown = {"chat_id": person.id, "text": f"state {state}"}
            letters.append(Letter(person.id, "card", shown, matter_id=n, card_id=card, replaces=f"card:{card}"))
        await self.owe(letters)

    async def pile_up(self, first: int, count: int) -> None:
        """Words that are urgent, and reminders that are not."""
        letters = []
        for n in range(first, first + count):
            chat, urgent = self.people[n % PEOPLE].id, n % URGENT_ONE_IN == 0
            urgency = Urgency.NOW if urgent else Urgency.SOON
            letters.append(Letter(chat, "sendMessage", {"chat_id": chat, "text": str(n)}, urgency, later=not urgent))
        await self.owe(letters)

    async def drained(self) -> None:
        """Let time pass in small steps until nothing is owed any more."""
        while await self._left():
            for _ in range(20):
                self.clock.passes(STEP)
                await self.delivery.idle()

    async def _left(self) -> int:
        async with self.database.read() as tx:
            return int(await tx.scalar(select(func.count()).where(outbox.c.state == "due")) or 0)

    async def sent(self) -> list[tuple[str, int, datetime]]:
        """Method, urgency and moment of everything that ended after the outage began."""
        async with self.database.read() as tx:
            rows = await tx.execute(select(outbox).where(outbox.c.state == "done").order_by(outbox.c.done_at))
            return [(row.method, row.urgency, row.done_at) for row in rows]


async def _nobody(_tx: Tx, _claimed: Claimed, error: str) -> None:
    raise AssertionError(f"something was given up: {error}")


@asynccontextmanager
async def town(database: Database) -> AsyncIterator[Outage]:
    clock = RoomClock()
    async with Sandbox(clock=clock.ticking) as sandbox, AiohttpRequest() as request:
        outage = Outage(database, sandbox, Api(request, sandbox.token, sandbox.url), clock)
        for person in outage.people:
            await person.start()
        sandbox.updates.drop_all()
        running = asyncio.create_task(outage.delivery.run())
        try:
            yield outage
        finally:
            await outage.delivery.stop()
            await running


@pytest.mark.parametrize("database_url", KINDS, indirect=True)
async def test_what_piled_up_in_six_hours_drains_urgent_first_and_each_card_once(database: Database) -> None:
    async with town(database) as outage:
        await outage.cards(0)
        await outage.drained()
        before = len(await outage.sent())
        gone = outage.sandbox.faults.add(Fault.bad_gateway(), times=10**9)
        each = WAITING // (2 * HOURS)
        for half_hour in range(2 * HOURS):
            await outage.pile_up(half_hour * each, each)
            await outage.cards(half_hour + 1)
            outage.clock.passes(1800)
            await outage.delivery.idle()
        outage.sandbox.faults.remove(gone)
        back, started, made = outage.clock.now(), time.process_time(), len(outage.sandbox.journal.calls)
        await outage.drained()
        sent = (await outage.sent())[before:]
        calls = outage.sandbox.journal.calls[made:]
    took = (sent[-1][2] - sent[0][2]).total_seconds()
    urgent = sorted(at - back for method, urgency, at in sent if urgency == 0 and method != "card")
    late = urgent[int(len(urgent) * 0.95)]
    print(
        f"{len(sent)} sent in {took:.0f} s, {len(sent) / took:.1f}/s; urgent p95 {late.total_seconds():.0f} s; "
        f"first after {(sent[0][2] - back).total_seconds():.1f} s; {time.process_time() - started:.0f} s of CPU"
    )
    assert len(sent) == each * 2 * HOURS + CARDS
    assert Counter(call.status for call in calls) == {200: len(sent)}
    assert [call.method.lower() for call in calls].count("editmessagetext") == CARDS
    assert len(sent) / took >= 25
    assert late <= timedelta(seconds=60)

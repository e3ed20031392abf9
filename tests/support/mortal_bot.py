"""A bot that is killed at a boundary and takes up its work in a fresh process; and the reckoning when it has."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from countdown import Countdown
from district import MONDAY_MORNING, settle_people
from machine import DATA_KEY, TOKEN, Nursery, machine
from ports import free_port
from sqlalchemy import bindparam, exists, func, or_, select

from bot.reading import read_house
from bot.settings import Settings
from db import migrate
from db.engine import Database
from db.schema.book import book_jobs
from db.schema.matters import events
from db.schema.queues import inbox, outbox, timers
from db.types import Instant
from sandbox import Person, Sandbox

_SOON = timedelta(minutes=1)
"""What is put off or tried again comes back within this time."""
_DUE = select(
    or_(
        exists().where(timers.c.state == "due", timers.c.due_at <= bindparam("now", type_=Instant)),
        *(
            exists().where(table.c.state == "due", table.c.due_at <= bindparam("soon", type_=Instant))
            for table in (inbox, outbox, book_jobs)
        ),
    )
)
PATIENCE = 60.0
"""Real seconds for a step, deaths included."""
LOOK = 0.02


class AheadClock:
    """The sandbox's time: the machine's, and as far ahead as the bot's."""

    def __init__(self) -> None:
        self.ahead = (MONDAY_MORNING - datetime.now(UTC)).total_seconds()

    def now(self) -> float:
        return time.time() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Scene:
    """One bot, its people, and how often it died of what."""

    sandbox: Sandbox
    database: Database
    clock: AheadClock
    countdown: Countdown
    nursery: Nursery
    env: dict[str, str]
    turn: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    in_flight: Counter[int] = field(default_factory=Counter)
    """Messages in the hands of a process when it died, by chat: no more than these may arrive twice."""
    known: set[tuple[int, int]] = field(default_factory=set)
    """Messages, by chat and number, that the database knew of when it was looked at: after their time it forgets."""
    spent: float = 0.0
    """Seconds of CPU that the dead took, all together."""
    _child: int = 0

    def person(self, key: str) -> Person:
        """Whose phone it is."""
        return self.sandbox.people[key]

    async def lives(self) -> None:
        """Start a process."""
        self.countdown.starts_anew()
        ahead = {"DRILL_AHEAD": str(self.clock.ahead)}
        self._child = await self.nursery.bot(str(self.env["DESK_DATABASE"]), self.sandbox.url, **self.env, **ahead)

    async def does(self, step: Callable[[Scene], Awaitable[object]]) -> None:
        """Do this step undisturbed, and come back when all is done."""
        await step(self)
        await self.settles()

    async def dies_of(self, boundary: int, step: Callable[[Scene], Awaitable[object]]) -> bool:
        """Do this step while the bot dies at this boundary of it, and come back when all is done all the same.

        Returns:
            whether it died; if not, the step has fewer boundaries.
        """
        before = self.deaths.total()
        self.countdown.arm(boundary)
        await step(self)
        await self.settles()
        self.countdown.disarm()
        await self.settles()
        return self.deaths.total() > before

    async def passes(self, **time: float) -> None:
        """The bot is started again this much later."""
        self.clock.ahead += timedelta(**time).total_seconds()
        left = self.countdown.left
        self.nursery.kill(self._child)
        while self._alive():
            await asyncio.wait({self.sandbox.changes.upcoming()}, timeout=LOOK)
        await self.lives()
        self.countdown.arm(left)

    async def settles(self) -> None:
        """Come back when a living process has nothing left to do."""
        async with asyncio.timeout(PATIENCE):
            while True:
                change = self.sandbox.changes.upcoming()
                if not self._alive():
                    await self._is_succeeded()
                elif self.countdown.ready and not self.sandbox.updates.pending and not await self._waiting():
                    return
                await asyncio.wait({change}, timeout=LOOK)

    async def acts(self) -> list[tuple[str, str]]:
        """What has happened to the newest matter: each act with its facts."""
        newest = select(func.max(events.c.matter_id)).scalar_subquery()
        async with self.database.read() as tx:
            rows = await tx.execute(select(events).where(events.c.matter_id == newest).order_by(events.c.n))
            return [(row.act, str(row.facts)) for row in rows]

    async def remember(self) -> None:
        """Look at what the database knows to be sent, before weeks go by."""
        async with self.database.read() as tx:
            numbers = select(outbox.c.chat_id, outbox.c.message_id)
            sent = await tx.execute(numbers.where(outbox.c.state == "done", outbox.c.message_id.is_not(None)))
            self.known |= {(row.chat_id, row.message_id) for row in sent}

    async def reckon(self) -> tuple[list[str], Counter[int]]:
        """What was lost, and how many messages each chat has that the database knows nothing of."""
        await self.remember()
        async with self.database.read() as tx:
            undone = [row.id for row in await tx.execute(select(inbox.c.id).where(inbox.c.state != "done"))]
            owed = list(await tx.execute(select(outbox)))
        there = {(sent.chat, sent.message_id) for sent in self.sandbox.journal.sent if not sent.is_edit}
        lost = [f"inbox {number}" for number in undone]
        lost += [f"outbox {row.id} {row.state} {row.error}" for row in owed if row.state in ("due", "dead")]
        lost += [f"sent and not there: {one}" for one in self.known - there]
        return lost, Counter(chat for chat, _ in there - self.known)

    def _alive(self) -> bool:
        try:
            os.kill(self._child, 0)
        except ProcessLookupError:
            return False
        return True

    async def _is_succeeded(self) -> None:
        assert self.countdown.died_at, "it died by itself"
        self.deaths[self.countdown.died_at] += 1
        self.spent += self.countdown.spent
        async with self.database.read() as tx:
            held = select(outbox.c.chat_id).where(outbox.c.state == "due", outbox.c.lease.is_not(None))
            self.in_flight.update(row.chat_id for row in await tx.execute(held))
        self.nursery.children.discard(self._child)
        await self.lives()

    async def _waiting(self) -> bool:
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        async with self.database.read() as tx:
            return bool(await tx.scalar(_DUE, {"now": now, "soon": now + _SOON}))


@asynccontextmanager
async def mortal_bot(folder: Path, url: str, **env: str) -> AsyncIterator[Scene]:
    """A bot in the demo district, by webhook, ready for its first death."""
    clock = AheadClock()
    async with Sandbox(token=TOKEN, clock=clock, limits=False) as sandbox, machine(folder) as computer:
        await _seeded(url, sandbox, clock)
        database = await Database.open(url)
        port = free_port()
        env |= {
            "DESK_DATABASE": url,
            "DESK_PORT": str(port),
            "DESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DESK_LOG_LEVEL": "warning",
            "DRILL_COUNTDOWN": str(folder / "countdown"),
        }
        countdown = Countdown(folder / "countdown")
        scene = Scene(sandbox, database, clock, countdown, await computer.nursery(), env)
        try:
            await scene.lives()
            await scene.settles()
            yield scene
        finally:
            await database.close()


async def _seeded(url: str, sandbox: Sandbox, clock: AheadClock) -> None:
    """The demo district; its cardholder agreed to everything before."""
    await migrate.upgrade(url)
    house = read_house(Settings(_env_file=None, data_key=DATA_KEY))
    database = await Database.open(url)
    await settle_people(database, sandbox, house, datetime.fromtimestamp(clock.now(), UTC))
    await database.close()

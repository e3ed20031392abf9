"""Three workers that fire timers as three processes would, with a database connection each; they crash and restart."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clock_model import Office, name_of
from databases import Opener
from jumping_clock import JumpingClock
from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from bot.clock import Timers
from bot.loop import POLL
from db.engine import Database, Tx
from db.queue import Queue
from db.schema.queues import timers
from db.types import Instant
from desk.rules.deadlines import TOP, Kind, Promise
from desk.timers import Timers as Planner

WORKERS = 3

fired = Table(
    "fired",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("matter_id", Integer),
    Column("name", String(64)),
    Column("at", Instant),
)
"""What the workers did, written in the transaction that did it."""


@dataclass
class Crew:
    """Three workers with a database connection each, as three processes have."""

    opener: Opener
    office: Office
    clock: JumpingClock
    rng: random.Random
    hands: list[tuple[Timers, asyncio.Task[None]]] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)

    async def start(self) -> None:
        while len(self.hands) < WORKERS:
            if len(self.databases) < WORKERS:
                self.databases.append(await self.opener())
            database = self.databases[len(self.hands)]
            worker = Timers(database, Queue(timers), self._fire, _never_dead, self.clock)
            self.hands.append((worker, asyncio.create_task(worker.run())))

    async def settles(self) -> None:
        """Everything that is due has been done.

        A worker that saw a row in another's transaction looks again at the next poll, so time must pass for it.
        """
        polled = True
        while polled:
            polled = False
            for worker, _task in self.hands:
                idle = asyncio.create_task(worker.idle())
                while not (await asyncio.wait({idle}, timeout=0.1))[0]:
                    polled = True
                    self.clock.passes(POLL.total_seconds())

    async def stop(self) -> None:
        """As for a new version: what is in hand is finished."""
        await asyncio.gather(*(worker.stop() for worker, _task in self.hands))
        await asyncio.gather(*(task for _worker, task in self.hands))
        self.hands.clear()

    async def crash(self) -> None:
        """In the middle of it: whatever is in hand is lost, its lease stays behind."""
        for worker, _task in self.hands:
            worker._wake.set()
        for _ in range(self.rng.randrange(120)):
            await asyncio.sleep(0)
        lost = [task for worker, task in self.hands for task in (task, *worker._hands)]
        for task in lost:
            task.cancel()
        await asyncio.gather(*lost, return_exceptions=True)
        self.hands.clear()

    async def _fire(self, tx: Tx, kind: str, matter_id: int | None, body: Mapping[str, Any], now: datetime) -> None:
        name = name_of(kind, body)
        await tx.execute(insert(fired).values(matter_id=matter_id, name=name, at=now))
        if kind == Kind.DECIDE or (kind == Kind.ESCALATE and body["step"] >= TOP):
            matter = self.office.matters[matter_id or 0]
            await Planner(tx, self.office.house, now).again(matter, Promise(body["promise"]))


@asynccontextmanager
async def a_crew(opener: Opener, office: Office) -> AsyncIterator[Crew]:
    crew = Crew(opener, office, office.clock, office.rng)
    await crew.start()
    yield crew
    await crew.stop()


async def _never_dead(_tx: Tx, _row: object, error: str) -> None:
    raise AssertionError(error)

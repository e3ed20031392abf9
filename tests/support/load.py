"""People who ask all the time while processes are killed or stopped, and the reckoning afterwards."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass

from reckoning import settled
from sqlalchemy import func, select

from db.engine import Database
from db.schema.processes import duties, processes
from db.schema.queues import inbox, outbox
from sandbox import Person, Sandbox

PEOPLE = 40


class Load:
    """People who ask, each time something new, until they are told to stop."""

    def __init__(self, sandbox: Sandbox, dice: random.Random) -> None:
        self._dice = dice
        self._people: list[Person] = [sandbox.add_person(f"p{n}") for n in range(PEOPLE)]
        self.asked: Counter[int] = Counter()

    async def all_start(self) -> None:
        for person in self._people:
            await person.start()
            self.asked[person.id] += 1

    async def some_ask(self) -> None:
        for person in self._dice.sample(self._people, 5):
            await person.says(f"问题 {self._dice.random()}")
            self.asked[person.id] += 1

    def unanswered(self) -> dict[int, int]:
        """How many answers fewer than questions each person has."""
        missing = {}
        for person in self._people:
            answers = sum(message.from_bot for message in person.messages)
            if answers < self.asked[person.id]:
                missing[person.id] = self.asked[person.id] - answers
        return missing


async def all_answered(url: str, load: Load, sandbox: Sandbox) -> None:
    """Come back when nothing is left to do; AssertionError tells what still stands about."""
    try:
        async with asyncio.timeout(100):
            while load.unanswered() or sandbox.updates.pending or not await settled(url):
                await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=1)
    except TimeoutError:
        pending = len(sandbox.updates.pending)
        raise AssertionError(f"{load.unanswered()} unanswered, {pending} not fetched; {await _standing(url)}") from None


async def _standing(url: str) -> str:
    """What is due, who holds it, who lives and who has which duty."""
    database = await Database.open(url)
    try:
        async with database.read() as tx:
            due = [
                select(*(table.c[name] for name in ("id", "key", "due_at", "lease", "leased_until", "claims", "error")))
                .where(table.c.state == "due")
                .limit(20)
                for table in (inbox, outbox)
            ]
            found = [
                [tuple(row) for row in await tx.execute(each)] for each in (*due, select(processes), select(duties))
            ]
    finally:
        await database.close()
    return "\n".join(map(repr, found))


async def in_hand(database: Database, pid: int) -> Counter[str]:
    """How many rows of each queue the process of this number holds; it is stopped, so that it stays so."""
    held: Counter[str] = Counter()
    async with database.read() as tx:
        names = [row.name for row in await tx.execute(select(processes)) if _pid(row.place) == pid]
        for table in (inbox, outbox):
            for name in names:
                mine = table.c.lease.startswith(f"{name}.", autoescape=True)
                count = await tx.scalar(select(func.count()).where(table.c.state == "due", mine))
                held[table.name] += int(count or 0)
    return held


async def is_listed(database: Database, pid: int) -> bool:
    """Whether the process of this number is among the living."""
    async with database.read() as tx:
        return any(_pid(row.place) == pid for row in await tx.execute(select(processes)))


def _pid(place: str) -> int:
    return int(place.split()[2])


@dataclass(frozen=True)
class Result:
    """`twice`: messages in a chat beyond those that the database knows of."""

    lost: list[str]
    twice: int


async def reckon(database: Database, sandbox: Sandbox) -> Result:
    """Compare the database with the chats. Everything has settled."""
    async with database.read() as tx:
        undone = [row.id for row in await tx.execute(select(inbox.c.id).where(inbox.c.state != "done"))]
        owed = list(await tx.execute(select(outbox)))
    there = {(sent.chat, sent.message_id) for sent in sandbox.journal.sent if not sent.is_edit}
    known = {(row.chat_id, row.message_id) for row in owed if row.state == "done"}
    lost = [f"inbox {number}" for number in undone]
    lost += [f"outbox {row.id} {row.state} {row.error}" for row in owed if row.state in ("due", "dead")]
    lost += [f"sent and not there: {one}" for one in known - there]
    return Result(lost, len(there - known))

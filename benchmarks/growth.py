"""What the busiest ways cost with a thousand matters in the database and with a million, and what they look at.

    python -m benchmarks.growth [matters …]

CPU of this process for each act, the middle of many; then every statement that reads a whole table of those that grow.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, event, select

from benchmarks.growth_fill import FIRST_CHAT, FIRST_MATTER, OPEN, fill
from benchmarks.throughput import DATA_KEY, QUESTION, TOKEN
from benchmarks.throughput_load import Sink
from bot.assembly import Parts, assemble
from bot.settings import Settings
from db import migrate
from db.engine import Database, Tx
from db.queue import Claimed
from db.schema.matters import matters
from db.schema.people import persons, staff
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.inspection import Inspection
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.seeding import seed
from handlers.settle import settle_desk

TIMES = 40
TALENT = 700_001
GROWS = ("inbox", "outbox", "timers", "matters", "events", "entries", "cards", "questions", "persons", "talent_cards")
Act = Callable[[Tx, int], Awaitable[object]]


class Office:
    """The service on one database, its loops not running: every act is done and measured by itself."""

    def __init__(self, parts: Parts, size: int) -> None:
        self.parts = parts
        self._size = size
        self._number = 2_000_000_000

    @property
    def acts(self) -> dict[str, Act]:
        """The busiest ways, each as one transaction; the number counts up."""
        parts = self.parts
        inbox, outbox, timers = parts.worker.queue, parts.delivery.queue, parts.timers.queue
        return {
            "an update stored and claimed": self.receive,
            "a message claimed and sent": self.send,
            "next moment of the outbox": lambda tx, _n: outbox.next_due(tx, parts.clock.now()),
            "next moment of the timers": lambda tx, _n: timers.next_due(tx, parts.clock.now()),
            "nothing to claim": lambda tx, _n: inbox.claim(tx, parts.clock.now(), timedelta(minutes=1), 16),
            "a question": lambda tx, n: self.says(tx, n, QUESTION),
            "/my": lambda tx, n: self.says(tx, n, "/my"),
            "a matter opened": lambda tx, n: self.presses(tx, self.chat(n), "mine.view", self.open(n)),
            "a matter accepted": lambda tx, n: self.presses(tx, self.owner, "act.accept", self.open(n)),
            "a matter filed": self.file,
            "/inbox": lambda tx, n: self.update(tx, self.owner, {"text": "/inbox"}),
            "an office's digest": self.digest,
            "the auditor's look": self.audit,
        }

    def open(self, n: int) -> int:
        """An open matter."""
        return FIRST_MATTER + self._size - n % OPEN

    def chat(self, n: int) -> int:
        """The chat of its cardholder."""
        people = max(self._size // 5, 1)
        return FIRST_CHAT + (self._size - n % OPEN) % people

    async def receive(self, tx: Tx, n: int) -> None:
        inbox, now = self.parts.worker.queue, self.parts.clock.now()
        self._number += 1
        await inbox.put_many(tx, [{"key": str(n), "update_id": self._number, "body": "{}"}], now)
        for claimed in await inbox.claim(tx, now, timedelta(minutes=1), 16):
            await inbox.complete(tx, claimed, now)

    async def send(self, tx: Tx, n: int) -> None:
        outbox, now = self.parts.delivery.queue, self.parts.clock.now()
        chat = self.chat(n)
        await outbox.put_many(tx, [{"key": str(chat), "chat_id": chat, "method": "x", "params": {}}], now)
        done = [(one, {"message_id": n}) for one in await outbox.claim(tx, now, timedelta(minutes=1), 16)]
        await outbox.complete_each(tx, done, now)

    async def says(self, tx: Tx, n: int, text: str) -> None:
        await self.update(tx, self.chat(n), {"text": text})

    async def presses(self, tx: Tx, chat: int, action: str, subject: int) -> None:
        token = self.parts.services.tokens.seal(chat, action, subject)
        message = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}
        press = {"id": "1", "chat_instance": "1", "from": _user(chat), "message": message, "data": token}
        await self._handle(tx, {"callback_query": press})

    async def update(self, tx: Tx, chat: int, content: dict[str, Any]) -> None:
        if content["text"].startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(content["text"])}]
        place = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "from": _user(chat)}
        await self._handle(tx, {"message": {**place, **content}})

    async def _handle(self, tx: Tx, update: dict[str, Any]) -> None:
        self._number += 1
        body = json.dumps({"update_id": self._number, **update})
        await self.parts.worker.act(tx, Claimed(0, "0", "", 1, 0, {"body": body}), self.parts.clock.now())

    async def file(self, tx: Tx, n: int) -> None:
        desk = Desk(tx, self.parts.services.house, self.parts.clock.now())
        person = await desk.people.at_chat(self.chat(n))
        assert person is not None
        await desk.matters.file(person, Filing(category="school", concern=Concern("person"), words="x"))
        await settle_desk(desk, self.parts.services)

    async def digest(self, tx: Tx, _n: int) -> None:
        house, now = self.parts.services.house, self.parts.clock.now()
        opened = house.hours_of(self.office).next_opening(now) + timedelta(minutes=5)
        desk = Desk(tx, house, opened.astimezone(UTC))
        await desk.digests.fire({"office": self.office})
        await settle_desk(desk, self.parts.services)

    async def audit(self, tx: Tx, _n: int) -> None:
        now = self.parts.clock.now()
        look = Inspection(tx, self.parts.services.house, now, now - timedelta(seconds=30))
        await look.whole({self.parts.worker.queue: timedelta(minutes=1)})

    async def begin(self) -> None:
        """The roster, and one of everything."""
        parts, now = self.parts, self.parts.clock.now()
        roster = load_roster(DEMO, parts.services.house.catalogue)
        everybody = [*roster.staff, *roster.cardholders]
        chats = {entry.chat: 800_000 + n for n, entry in enumerate(everybody) if entry.chat}
        async with parts.database.write() as tx:
            await seed(tx, roster, chats, now, parts.services.house.vault)
        async with parts.database.write() as tx:
            await self.receive(tx, 1)
            await self.update(tx, chats["talent"], {"text": QUESTION})
            desk = Desk(tx, parts.services.house, now)
            person = await desk.people.at_chat(chats["talent"])
            assert person is not None
            await desk.matters.file(person, Filing(category="school", concern=Concern("person"), words="x"))
            await settle_desk(desk, parts.services)

    async def end(self) -> None:
        """Close everything."""
        await self.parts.application.shutdown()
        await self.parts.request.shutdown()
        await self.parts.database.close()

    async def meet(self) -> None:
        """Learn whose the open matters are."""
        async with self.parts.database.read() as tx:
            query = select(matters.c.office, persons.c.telegram_id).join(staff, staff.c.id == matters.c.owner_id)
            query = query.join(persons, persons.c.id == staff.c.person_id).where(matters.c.id == self.open(0))
            self.office, self.owner = (await tx.execute(query)).one()


def _user(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "p", "language_code": "zh-hans"}


async def prepare(path: Path, api: str, size: int) -> Office:
    """A database of this size with the demo's roster, and the service on it."""
    url = f"sqlite:///{path}"
    await migrate.upgrade(url)
    settings = Settings(token=SecretStr(TOKEN), data_key=SecretStr(DATA_KEY), database=url, api_url=api, relay="full")
    pattern = Office(assemble(settings, await Database.open(url)), size)
    await pattern.parts.application.initialize()
    await pattern.begin()
    await pattern.end()
    await asyncio.to_thread(fill, str(path), size)
    office = Office(assemble(settings, await Database.open(url)), size)
    await office.parts.application.initialize()
    await office.meet()
    return office


@dataclass
class Said:
    """Hears every statement: `each` with values it was once given, and how many there were."""

    each: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def hear(self, _c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")):
            self.each[statement] = values[0] if many else values
            self.count += 1


async def measure(office: Office, said: Said) -> dict[str, tuple[float, int]]:
    """For each act, milliseconds of CPU and the number of statements."""
    found = {}
    event.listen(Engine, "before_cursor_execute", said.hear)
    for name, act in office.acts.items():
        spent, before = [], said.count
        for n in range(TIMES):
            async with office.parts.database.write() as tx:
                began = time.thread_time()
                await act(tx, n)
                spent.append(time.thread_time() - began)
        found[name] = statistics.median(spent) * 1000, round((said.count - before) / TIMES)
    event.remove(Engine, "before_cursor_execute", said.hear)
    return found


def scans(path: Path, said: Said) -> list[str]:
    """What reads a whole table that grows: the plan's line and the statement it belongs to."""
    base = sqlite3.connect(path)
    found = []
    for statement, values in said.each.items():
        for *_, line in base.execute(f"EXPLAIN QUERY PLAN {statement}", values):
            table = re.match(r"SCAN (\w+)", line)
            if table and table[1] in GROWS and not re.search(r"_(next|line|open|by_purpose)\b", line):
                found.append(f"{line}: {' '.join(statement.split())[:150]}")
    base.close()
    return found


async def main(sizes: list[int]) -> None:
    sink = Sink()
    api = await sink.start()
    table: dict[int, dict[str, tuple[float, int]]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix=".bench-", dir=".") as folder:
            path, said, began = Path(folder) / "desk.db", Said(), time.monotonic()
            office = await prepare(path, api, size)
            print(f"{size:,} matters: {path.stat().st_size / 1e6:.0f} MB, made in {time.monotonic() - began:.0f} s")
            table[size] = await measure(office, said)
            await office.end()
            found = scans(path, said)
            print(f"{len(said.each)} different statements, {len(found)} of them read a whole table that grows")
            print(*found, sep="\n", flush=True)
    await sink.stop()
    print("| act | statements | " + " | ".join(f"{size:,} matters" for size in sizes) + " |")
    print("| --- | --- |" + " --- |" * len(sizes))
    for name, (_, count) in table[sizes[-1]].items():
        print(f"| {name} | {count} | " + " | ".join(f"{table[size][name][0]:.2f}" for size in sizes) + " |")


if __name__ == "__main__":
    asyncio.run(main([int(word) for word in sys.argv[1:]] or [1_000, 1_000_000]))

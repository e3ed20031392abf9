"""A simulated district: for a month people file, handle, are away, leave and block the bot, on a virtual clock.

Everybody files, answers and handles on a phone of the sandbox, through the real bot and over HTTP. Prints the three
rates, and fails when a matter, or a department's part of one, was at any half hour without an owner at work, without
something planned, or late without its escalation. `make simulate`; one seed, one month.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import structlog
from room_clock import RoomClock
from simulated_people import Staffed, a_roster
from sqlalchemy import select

from benchmarks.simulated_month import START, Month, Size
from benchmarks.simulated_proof import Findings
from bot.assembly import assemble
from bot.limits import Limits, Rate, Rates
from bot.service import Service
from bot.settings import Settings
from db import migrate
from db.engine import Database
from db.schema.people import persons
from desk.seeding import seed
from sandbox import Sandbox, VirtualClock

TOKEN = "123456789:simulated-token-that-opens-nothing"
AT_ONCE = Rate(timedelta(microseconds=1), 1_000_000)


@asynccontextmanager
async def _opened(size: Size, folder: Path) -> AsyncIterator[Month]:
    clock = RoomClock()
    clock.ticking = VirtualClock(START.timestamp())
    async with Sandbox(token=TOKEN, clock=clock.ticking, limits=False) as sandbox:
        url = f"sqlite:///{folder / 'desk.db'}"
        settings = Settings(token=TOKEN, data_key=TOKEN, database=url, api_url=sandbox.url, port=0, _env_file=None)  # type: ignore[arg-type]
        await migrate.upgrade(url)
        database = await Database.open(url)
        parts = assemble(settings, database, clock=clock, limits=Limits(Rates(AT_ONCE, AT_ONCE, AT_ONCE)))
        rng = random.Random(size.seed)
        roster = a_roster(size.cardholders, parts.services.house.catalogue, rng)
        chats = {}
        for entry in (*roster.cardholders, *roster.staff):
            if entry.chat:
                chats[entry.chat] = sandbox.add_person(entry.chat, first_name=entry.name, phone=entry.phone).id
        async with database.write() as tx:
            await seed(tx, roster, chats, clock.now(), parts.services.house.vault)
            ids = {row.key: row.id for row in await tx.execute(select(persons.c.key, persons.c.id))}
        service = Service(parts)
        await service.start()
        try:
            yield Month(size, sandbox, parts, clock, Staffed.of(roster, ids), rng)
        finally:
            await service.stop()
            await database.close()


async def simulate(size: Size) -> Findings:
    """One month from the first START to the last check."""
    with tempfile.TemporaryDirectory() as folder:
        async with _opened(size, Path(folder)) as month:
            return await month.run()


def main() -> int:
    """Print what was found; 1 when something was wrong."""
    usual = Size()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("cardholders", "matters", "days", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    size = Size(**vars(parser.parse_args()))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.perf_counter()
    found = asyncio.run(simulate(size))
    print(f"{size}: {time.perf_counter() - began:.0f} s, of them {time.process_time():.0f} s of computing")
    print(", ".join(f"{count} {what}" for what, count in sorted(found.done.items())))
    print(f"\n{'':<18}{'matters':>8}{'response':>20}{'resolution':>20}{'satisfaction':>20}")
    print("\n".join(found.rates))
    print("\n" + ("\n".join(found.wrong[:40]) or "No matter was ever unowned or silently late."))
    return int(bool(found.wrong))


if __name__ == "__main__":
    sys.exit(main())

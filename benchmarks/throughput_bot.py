"""`python -m bot run` for the throughput benchmark, without the rate limits, which would hide everything else."""

from __future__ import annotations

import asyncio
import cProfile
import os
import time
from datetime import timedelta

from bot import logs, memory
from bot.assembly import assemble
from bot.commands.run import serve
from bot.limits import Limits, Rate, Rates
from bot.service import Service
from bot.settings import load
from db import migrate
from db.engine import Database

AT_ONCE = Rate(timedelta(microseconds=1), 1_000_000)


async def run() -> None:
    settings = load()
    logs.setup(settings.log_level)
    memory.keep_large_blocks_apart()
    await migrate.upgrade(settings.database)
    database = await Database.open(settings.database)
    try:
        await serve(Service(assemble(settings, database, limits=Limits(Rates(AT_ONCE, AT_ONCE, AT_ONCE)))))
    finally:
        await database.close()


if __name__ == "__main__":
    if os.environ.get("BENCH_PROFILE"):
        with cProfile.Profile(time.thread_time) as profile:
            asyncio.run(run())
        profile.dump_stats(os.environ["BENCH_PROFILE"])
    else:
        asyncio.run(run())

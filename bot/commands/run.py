"""`python -m bot run`: serves the real bot until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Callable

import structlog

from bot import memory
from bot.assembly import assemble
from bot.commands.command import Command
from bot.keyring import need_fitting_key, need_key
from bot.now import WallClock
from bot.reading import book_to_start_with
from bot.service import Service
from bot.settings import Settings, SettingsError
from db import migrate
from db.engine import Database

CHOOSE = [
    "DESK_RELAY: missing; choose what Telegram carries and write it into the environment or .env:",
    "  DESK_RELAY=full     words, files and answers go through Telegram's servers, outside the district",
    "  DESK_RELAY=minimal  Telegram carries number, stage and a link; content stays on this machine's own pages,",
    "                      which need DESK_PAGE_URL=https://…",
]
"""Nobody should have decided this without knowing."""
LONGEST_END = 20.0
"""Seconds that stopping may take, as in deploy/; who ends by itself has nobody else to cut it off."""

log = structlog.get_logger(__name__)


async def run(settings: Settings, _options: argparse.Namespace) -> int:
    """Check what must be there, start, and stop on SIGTERM or Ctrl-C with everything kept."""
    if not settings.token.get_secret_value():
        raise SettingsError(
            ["DESK_TOKEN: missing; put the token that @BotFather gave you into the environment or .env"]
        )
    if not settings.relay:
        raise SettingsError(CHOOSE)
    need_key(settings)
    memory.keep_large_blocks_apart()
    await migrate.upgrade(settings.database)
    database = await Database.open(settings.database)
    try:
        await need_fitting_key(database, settings)
        book = await book_to_start_with(settings, database, WallClock().now())
        return await serve(Service(assemble(settings, database, book=book)))
    finally:
        await database.close()


async def serve(service: Service, begun: Callable[[], object] = lambda: None) -> int:
    """Start, wait for the signal to stop or for a loop that cannot be kept going, stop.

    Returns:
        0 when it was told to stop and has; 1 when it had to end, so that whoever started it starts it anew.
    """
    loop, over = asyncio.get_running_loop(), service.guard.over
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, over.set)
    await service.start()
    begun()
    memory.spare_the_collector()
    try:
        await over.wait()
    finally:
        in_time = await _stopped(service)
    return 0 if in_time and not service.guard.lost else 1


async def _stopped(service: Service) -> bool:
    try:
        async with asyncio.timeout(LONGEST_END):
            await service.stop()
    except TimeoutError:
        log.error("stop.unfinished", after=LONGEST_END)
        return False
    return True


command = Command("run", "serve the real bot: long polling, or a webhook when DESK_PUBLIC_URL is set", run)

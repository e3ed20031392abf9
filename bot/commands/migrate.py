"""`python -m bot migrate`: brings the database to the shape this version wants."""

from __future__ import annotations

import argparse

from bot.commands.command import Command
from bot.settings import Settings
from db import migrate


async def run(settings: Settings, _options: argparse.Namespace) -> int:
    """Migrate, and say where the database stands."""
    before = await migrate.current(settings.database)
    await migrate.upgrade(settings.database)
    print(f"数据库已就绪 · database ready: {before or 'empty'} → {await migrate.current(settings.database)}")
    return 0


command = Command("migrate", "bring the database to the shape this version wants", run)

"""`python -m bot move --to postgresql://…`: takes a desk from SQLite to PostgreSQL, every row, and proves it."""

from __future__ import annotations

import argparse

from bot.commands.command import Command
from bot.settings import Settings
from db import migrate, moving
from db.engine import Database


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Copy all rows in one transaction, compare counts and hashes, and show them."""
    await migrate.upgrade(settings.database)
    await migrate.upgrade(options.to)
    source, target = await Database.open(settings.database), await Database.open(options.to)
    try:
        for each in await moving.move(source, target):
            print(f"{each.table:24} {each.rows:>9,}  {each.digest[:16]}")
    finally:
        await source.close()
        await target.close()
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, help="the empty database to move into, as postgresql://user@host/name")


command = Command("move", "take everything into another, empty database; the bot is stopped meanwhile", run, _arguments)

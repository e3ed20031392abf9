"""`python -m bot backup FILE`: a whole and checked copy of a SQLite database, while the bot goes on."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.commands.command import Command
from bot.settings import Settings
from db import moving


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Copy, and say how large it is."""
    size = await moving.backup(settings.database, options.file)
    print(f"{options.file}  {size:,} bytes")
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, help="where the copy goes; a file that is there is replaced once it is whole"
    )


command = Command("backup", "copy the SQLite database while the bot goes on", run, _arguments)

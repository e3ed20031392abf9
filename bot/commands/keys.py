"""`python -m bot keys rotate`: seals everything with the newest of the keys in `DESK_DATA_KEY`."""

from __future__ import annotations

import argparse

from bot.commands.command import Command, ended
from bot.reading import read_house
from bot.settings import Settings, SettingsError
from db.engine import Database
from desk.rekeying import rekey
from desk.vault import VaultError
from words import Saying


async def run(settings: Settings, _options: argparse.Namespace) -> int:
    """Seal everything again in one transaction; 1 when something was sealed with a key that is not given."""
    if not settings.data_keys():
        raise SettingsError(["DESK_DATA_KEY: missing; write new,old with a comma between the two"])
    database = await Database.open(settings.database)
    try:
        async with database.write() as tx:
            count = await rekey(tx, read_house(settings))
    except VaultError:
        return ended(1, Saying("roster.wrong_key"))
    finally:
        await database.close()
    return ended(0, Saying("keys.rotated", {"n": count}))


def _arguments(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="task")
    tasks.add_parser("rotate", help="after DESK_DATA_KEY=new,old: from now on the new key alone is enough")


command = Command("keys", "seal personal values with a new key", run, _arguments)

"""`python -m bot keys new | rotate`: makes a key; seals everything with the newest of those in `DESK_DATA_KEY`."""

from __future__ import annotations

import argparse
import secrets

from bot.commands.command import Command, ended
from bot.keyring import need_key
from bot.reading import read_house
from bot.settings import Settings
from db.engine import Database
from desk.rekeying import rekey
from desk.vault import VaultError
from words import Saying


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what was asked; 1 when something was sealed with a key that is not given."""
    return await _TASKS[options.task](settings)


async def _new(settings: Settings) -> int:
    """A line for the settings: a new key in front of those there are, so that what they sealed still opens.

    An empty one before it: the last line of the file it is added to may have no end.
    """
    former = settings.data_key.get_secret_value()
    print(f"\nDESK_DATA_KEY={','.join([secrets.token_urlsafe(32), *([former] if former else [])])}")
    return 0


async def _rotate(settings: Settings) -> int:
    """Seal everything again in one transaction."""
    need_key(settings)
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
    tasks.add_parser("new", help="print DESK_DATA_KEY=… with a new key, in front of the one there is: >> .env")
    tasks.add_parser("rotate", help="after DESK_DATA_KEY=new,old: from now on the new key alone is enough")


_TASKS = {"new": _new, "rotate": _rotate}

command = Command("keys", "make a key for personal values; seal them again with a new one", run, _arguments)

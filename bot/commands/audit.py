"""`python -m bot audit`: whether the record of acts is whole, and what was locked away of somebody forgotten."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from bot.assembly import read_house
from bot.commands.command import Command
from bot.settings import Settings
from db.engine import Database
from desk.audit import verify
from desk.desk import Desk
from words import LANGUAGES, Saying, Words


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what was asked; 1 when the record is broken, or nothing is locked under that number."""
    database = await Database.open(settings.database)
    try:
        return await (_verify(database) if options.task == "verify" else _open(database, settings, options.number))
    finally:
        await database.close()


async def _verify(database: Database) -> int:
    async with database.read() as tx:
        verdict = await verify(tx)
    if verdict.sound:
        return _say(0, Saying("audit.sound", {"n": verdict.looked_at}))
    return _say(1, Saying("audit.broken", {"number": verdict.matter, "at": verdict.n}))


async def _open(database: Database, settings: Settings, number: str) -> int:
    async with database.read() as tx:
        found = await Desk(tx, read_house(settings), datetime.now(UTC)).privacy.unlocked(number)
    if found is None:
        return _say(1, Saying("audit.nothing_locked", {"number": number}))
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


def _say(code: int, saying: Saying) -> int:
    words = Words.load()
    print(*(words.speaker(language).saying(saying, html=False) for language in LANGUAGES), sep="  ")
    return code


def _arguments(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="task")
    tasks.add_parser("verify", help="look through the chain of acts; name the first that was changed")
    opening = tasks.add_parser("open", help="show what was locked away when its cardholder asked to be forgotten")
    opening.add_argument("number", help="the matter's number")


command = Command("audit", "look whether the record of acts is whole", run, _arguments)

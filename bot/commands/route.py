"""`python -m bot route`: the dry run of routing on the command line; nothing is sent and nothing is stored."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from bot.commands.command import Command
from bot.reading import open_services
from bot.settings import Settings
from db.engine import Database, DatabaseError
from desk.desk import Desk
from desk.filing import Concern
from desk.refusals import Refused
from handlers.dry_run import cardholder, category_named, concern_named, explain
from words import LANGUAGES


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Say who would own the matter, and why; 1 when the question cannot be answered."""
    now = datetime.now(UTC)
    services = open_services(settings, now)
    say = services.words.speaker(options.language)
    database = await Database.open(settings.database)
    try:
        async with database.read() as tx:
            desk = Desk(tx, services.house, now)
            person = await cardholder(desk, options.cardholder)
            concern = Concern("person")
            for kind in ("project", "team"):
                if said := getattr(options, kind):
                    concern = await concern_named(desk, person, kind, said)
            category = category_named(services, options.category)
            print("\n".join(await explain(desk, services, say, person, category, concern, options.text)))
        return 0
    except Refused as refusal:
        print(say.plain(refusal.key, **refusal.values))
        return 1
    except DatabaseError as error:
        print(say.plain("check.database", error=str(error)))
        return 1
    finally:
        await database.close()


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cardholder", required=True, help="name, card number or key in the roster")
    parser.add_argument("--category", required=True, help="id or name of a category")
    about = parser.add_mutually_exclusive_group()
    about.add_argument("--project", default="", help="a project of theirs, by name")
    about.add_argument("--team", default="", help="a team of theirs, by name")
    parser.add_argument("--text", default="", help="what they might write, to see which FAQ entry it meets")
    parser.add_argument("--language", default=LANGUAGES[0], choices=LANGUAGES)


command = Command("route", "who would own a matter, and why; nothing is sent", run, _arguments)

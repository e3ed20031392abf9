"""`python -m bot roster`: the roster from a spreadsheet, previewed, applied, undone, and written out again."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.commands.command import Command
from bot.keyring import need_key
from bot.reading import open_services
from bot.settings import Settings
from db import migrate
from db.engine import Database
from desk.desk import Desk
from desk.house import House
from desk.imports.forms import FORMS
from desk.imports.reading import Reading
from desk.imports.slips import FileRefused
from desk.imports.sources import read_any
from desk.imports.telling import preview
from desk.refusals import Refused
from desk.vault import VaultError
from handlers.services import Services
from handlers.settle import settle_desk
from words import Speaker


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what was asked; 1 when something has to be mended first."""
    services = open_services(settings, datetime.now(UTC))
    house, say = services.house, services.words.speaker(options.language)
    if options.task == "export" and options.template:
        from desk.imports import writing

        await asyncio.to_thread(options.file.write_bytes, writing.workbook({}, house.catalogue, say))
        print(say.plain("roster.template_made", file=options.file))
        return 0
    need_key(settings)
    await migrate.upgrade(settings.database)
    database = await Database.open(settings.database)
    try:
        return await _TASKS[options.task](database, services, options, say)
    except Refused as refusal:
        return _complain(say.plain(refusal.key, **refusal.values))
    except FileRefused as refusal:
        return _complain(*(slip.say(say) for slip in refusal.slips))
    except VaultError:
        return _complain(say.plain("roster.wrong_key"))
    finally:
        await database.close()


async def _import(database: Database, services: Services, options: argparse.Namespace, say: Speaker) -> int:
    reading = await _read(options.file, services.house, say)
    async with database.write() as tx:
        desk = Desk(tx, services.house, datetime.now(UTC))
        plan = await desk.imports.plan(reading)
        print("\n".join(preview(plan, reading, say, names=True)))
        if reading.slips:
            return 1
        if not plan.changes or not options.apply:
            print("" if not plan.changes else say.plain("roster.say_apply"))
            return 0
        await desk.imports.apply(await desk.imports.keep(plan, options.file.name, None), None)
        await settle_desk(desk, services)
    print(say.plain("roster.applied"))
    return 0


async def _read(file: Path, house: House, say: Speaker) -> Reading:
    begun = time.monotonic()
    data = await asyncio.to_thread(file.read_bytes)

    def progress(sheet: str, n: int) -> None:
        print(say.plain("roster.reading", sheet=sheet, n=n), flush=True)

    reading = await asyncio.to_thread(read_any, file.name, data, house.catalogue, progress)
    print(say.plain("roster.read_all", seconds=f"{time.monotonic() - begun:.1f}"), flush=True)
    return reading


async def _export(database: Database, services: Services, options: argparse.Namespace, say: Speaker) -> int:
    from desk.imports import writing

    async with database.write() as tx:
        records = await Desk(tx, services.house, datetime.now(UTC)).imports.exported(None, "server")
    house = services.house
    form = next((each for each in FORMS if each.id == options.sheet), None)
    if form is not None:
        data = writing.text(form, records[form.id], house.catalogue, say)
    else:
        data = await asyncio.to_thread(writing.workbook, records, house.catalogue, say)
    await asyncio.to_thread(options.file.write_bytes, data)
    await asyncio.to_thread(options.file.chmod, 0o600)
    print(say.plain("roster.exported", file=options.file))
    return 0


async def _undo(database: Database, services: Services, _options: argparse.Namespace, say: Speaker) -> int:
    async with database.write() as tx:
        desk = Desk(tx, services.house, datetime.now(UTC))
        undone = await desk.imports.undo(None)
        await settle_desk(desk, services)
    print(say.plain("roster.undone", source=undone.source))
    return 0


def _complain(*lines: str) -> int:
    print("\n".join(f"❌  {line}" for line in lines))
    return 1


_TASKS = {"import": _import, "export": _export, "undo": _undo}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="the language of what is said (zh)")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="task")
    taking = tasks.add_parser("import", help="preview a roster (.xlsx, .csv, .yaml); with --apply, take it over")
    taking.add_argument("file", type=Path)
    taking.add_argument("--apply", action="store_true", help="take it over, in one transaction that can be undone")
    giving = tasks.add_parser("export", help="write the roster as a workbook, or one sheet of it as .csv")
    giving.add_argument("file", type=Path)
    giving.add_argument("--template", action="store_true", help="an empty workbook with headings, choices and notes")
    giving.add_argument("--sheet", choices=[form.id for form in FORMS], help="only this sheet, as .csv")
    tasks.add_parser("undo", help="take the last import back")


command = Command("roster", "import, export or undo the roster of cardholders, staff and links", run, _arguments)

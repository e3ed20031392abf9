"""`python -m bot audit`: is the record whole, who saw and did what, what was locked away, and updates given up."""

from __future__ import annotations

import argparse
import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.commands.command import Command, ended
from bot.keyring import need_key
from bot.reading import read_house
from bot.settings import Settings
from db.engine import Database
from db.schema.queues import DEAD, inbox
from desk.audit import verify
from desk.desk import Desk
from desk.ledger import Done
from desk.refusals import Refused
from desk.report import Question
from desk.sealing import OF_UPDATE, opened
from desk.stored import is_ours
from desk.vault import VaultError
from handlers.audit import line_of
from words import LANGUAGES, Saying, Words


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what was asked; 1 when the record is broken, or nothing is locked under that number."""
    if options.task in _OPENING:
        need_key(settings)
    database = await Database.open(settings.database)
    try:
        return await _TASKS[options.task](database, settings, options)
    except Refused as refusal:
        return ended(1, Saying(refusal.key, refusal.values))
    except VaultError:
        return ended(1, Saying("roster.wrong_key"))
    finally:
        await database.close()


async def _verify(database: Database, _settings: Settings, _options: argparse.Namespace) -> int:
    async with database.read() as tx:
        verdict = await verify(tx)
    if verdict.sound:
        return ended(0, Saying("audit.sound", {"n": verdict.looked_at}))
    if verdict.of_office:
        return ended(1, Saying("audit.broken_ledger", {"at": verdict.n}))
    return ended(1, Saying("audit.broken", {"number": verdict.matter, "at": verdict.n}))


async def _report(database: Database, settings: Settings, options: argparse.Namespace) -> int:
    """Who saw and who did what, the latest first; that it was read is written down."""
    now = datetime.now(UTC)
    since = now - timedelta(days=options.days) if options.days else None
    async with database.write() as tx:
        desk = Desk(tx, read_house(settings), now)
        person = await desk.report.person_named(options.person) if options.person else None
        lines = await desk.report.lines(Question(person, options.matter or None, since), limit=options.limit)
        await desk.ledger.note(Done.AUDIT_READ, None, None, person=person, number=options.matter, days=options.days)
    say = Words.load().speaker(options.language)
    print("\n".join(line_of(say, line) for line in lines) or say.plain("report.nothing"))
    return 0


async def _open(database: Database, settings: Settings, options: argparse.Namespace) -> int:
    number = options.number
    async with database.write() as tx:
        desk = Desk(tx, read_house(settings), datetime.now(UTC))
        found = await desk.privacy.unlocked(number)
        files = await _files(desk, found) if found is not None and options.folder else {}
        await desk.ledger.note(Done.UNLOCKED, None, None, number=number, found=found is not None)
    if found is None:
        return ended(1, Saying("audit.nothing_locked", {"number": number}))
    print(json.dumps(found, ensure_ascii=False, indent=2))
    for name, content in files.items():
        await asyncio.to_thread(_write, options.folder / name, content)
    return 0


async def _given_up(database: Database, settings: Settings, options: argparse.Namespace) -> int:
    """The updates that could not be handled, the latest first; one of them whole, which is written down."""
    dead = select(inbox).where(inbox.c.state == DEAD).order_by(inbox.c.id.desc())
    house = read_house(settings)
    async with database.write() as tx:
        rows = (await tx.execute(dead.where(inbox.c.id == options.row) if options.row else dead)).all()
        if options.row and rows:
            await Desk(tx, house, datetime.now(UTC)).ledger.note(Done.UNLOCKED, None, None, update=options.row)
    if not rows:
        return ended(int(bool(options.row)), Saying("audit.nothing_given_up"))
    if options.row:
        print(opened(house.vault, rows[0], OF_UPDATE)["body"])
    else:
        for row in rows:
            print(row.id, f"{row.done_at:%Y-%m-%d %H:%M} UTC", (row.error or "").strip().rpartition("\n")[2])
    return 0


async def _files(desk: Desk, found: Any) -> dict[str, bytes]:
    """What was left on the office's pages, by the number of its entry and its name; Telegram's own it keeps itself."""
    kept = {each["n"]: each for each in found["words"] if is_ours(each["file_id"])}
    stored = {n: await desk.files.find(each["file_id"]) for n, each in kept.items()}
    return {
        f"{n}-{Path(kept[n]['file_name'] or 'file').name}": await desk.files.read(file)
        for n, file in stored.items()
        if file is not None
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)


def _arguments(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="task")
    tasks.add_parser("verify", help="look through the chain of acts; name the first that was changed")
    report = tasks.add_parser("report", help="who saw what and who did what, the latest first")
    report.add_argument("--person", default="", help="only of this person: a name, or the roster's id")
    report.add_argument("--matter", default="", help="only of this matter: its number")
    report.add_argument("--days", type=int, default=0, help="only of the last days")
    report.add_argument("--limit", type=int, default=200, help="lines at most (200)")
    report.add_argument("--language", choices=LANGUAGES, default="zh", help="the language of what is said (zh)")
    opening = tasks.add_parser("open", help="show what was locked away when its cardholder asked to be forgotten")
    opening.add_argument("number", help="the matter's number")
    opening.add_argument("--folder", type=Path, help="put the files that were left on the office's pages here")
    dead = tasks.add_parser("given-up", help="list the updates that could not be handled; with a number, show that one")
    dead.add_argument("row", nargs="?", type=int, default=0, help="the number, as the admins were told it")


_OPENING = frozenset({"open", "given-up"})
"""What shows something sealed."""
_TASKS = {"verify": _verify, "report": _report, "open": _open, "given-up": _given_up}

command = Command("audit", "whether the record is whole, and who saw and did what", run, _arguments)

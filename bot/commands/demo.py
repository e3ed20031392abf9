"""`python -m bot demo`: the whole service on this machine, with a pretended Telegram and a pretended district."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.assembly import Parts, assemble
from bot.commands.command import Command
from bot.commands.run import serve
from bot.now import WallClock
from bot.service import Service
from bot.settings import HOME, Settings
from db import migrate
from db.engine import Database
from desk.rhythm import DEMO as DEMO_RHYTHM
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.rosterforms import CardholderEntry, RosterFile, StaffEntry
from desk.rules.zone import ZONE
from desk.seeding import seed
from faq.editor_schema import PATH as SCHEMA

if TYPE_CHECKING:
    from sandbox import Sandbox

TOKEN = "123456789:demo-token-that-opens-nothing"  # noqa: S105
SHIPPED_FAQ: Path = Settings.model_fields["faq"].default
ROLES = {
    "talent": "持卡人才 · cardholder",
    "liaison": "区领导联络员 · leader's liaison",
    "department": "教育部门 · department",
    "run_team": "跑团成员 · run-team",
    "admin": "人才办 · talent office",
    "director": "人才办主任（第二人）· talent office, the second person",
    "auditor": "审计员 · auditor",
}
GUEST, GUEST_PHONE = "还没绑定的人，卡号 DEMO-0008 · not bound yet, card DEMO-0008", "13800000058"
"""The guest can bind with this card: the roster has the same number."""
READY = """
  恩阳英才卡服务台已启动 · The talent desk is running

  在浏览器打开 · open in a browser:  {url}

  {relay}{time}

  问答文件，改了存盘就生效 · the FAQ's files, live when saved:  {faq}

  Ctrl-C 停止，内容都会保留 · Ctrl-C stops it, everything is kept
"""

TAKEN = """
  端口 {port} 已被别的程序占用，也许演示已经开着。换一个端口：
  Port {port} is taken by another program; perhaps the demo is open already. Another port:

  .venv/bin/python -m bot demo --port 0
"""

TIME = "\n\n  演示的时钟拨到了 · the demo's clock says  {time}"
_SPAN = re.compile(r"(\d{1,4})(min|h|d)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days"}

RELAYS = {
    "full": "内容经 Telegram 传送（full） · content goes by Telegram (full); the other way: --relay minimal",
    "minimal": "Telegram 只传编号、进度和链接（minimal） · Telegram carries number, stage and a link (minimal)",
}


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Start the sandbox and the bot against it, print one address, stop on Ctrl-C; everything is kept."""
    from sandbox import RealClock, Sandbox  # no other command needs it

    ahead = moved_on(options.folder, options.ahead)
    sandbox = Sandbox(token=TOKEN, store=options.folder / "telegram", clock=RealClock(ahead.total_seconds()))
    try:
        await sandbox.start(port=options.port)
    except OSError:
        print(TAKEN.format(port=options.port), file=sys.stderr)
        return 1
    try:
        parts = await open_demo(settings, sandbox, options.folder, options.relay, _port(options), ahead)
        try:
            time = _time(parts) if ahead else ""
            ready = READY.format(url=sandbox.url, relay=RELAYS[options.relay], time=time, faq=parts.settings.faq)
            return await serve(Service(parts), lambda: print(ready, flush=True))
        finally:
            await parts.database.close()
    finally:
        await sandbox.stop()


async def open_demo(
    settings: Settings,
    sandbox: Sandbox,
    folder: Path,
    relay: str = "full",
    port: int = 0,
    ahead: timedelta = timedelta(),
) -> Parts:
    """The bot assembled against the sandbox, its database migrated and the demo district in it."""
    mine = settings.model_copy(
        update={
            "token": SecretStr(TOKEN),
            "data_key": settings.data_key if settings.data_keys() else SecretStr(TOKEN),  # nothing of it is secret
            "database": f"sqlite:///{folder / 'desk.db'}",
            "api_url": sandbox.url,
            "public_url": "",
            "host": "127.0.0.1",
            "relay": relay,
            "port": port,
            "page_url": f"http://127.0.0.1:{port}" if port else "",
            "faq": own_faq(folder / "faq") if settings.faq == SHIPPED_FAQ else settings.faq,
            "rhythm": DEMO_RHYTHM,  # whoever looks at it in the evening sees every message at once
        }
    )
    await migrate.upgrade(mine.database)
    database = await Database.open(mine.database)
    try:
        parts = assemble(mine, database, clock=WallClock(ahead))
    except BaseException:  # a slip in the files ends the start
        await database.close()
        raise
    roster = load_roster(DEMO, parts.services.house.catalogue)
    chats = _people(sandbox, roster, parts)
    async with parts.database.write() as tx:
        await seed(tx, roster, chats, parts.clock.now(), parts.services.house.vault)
    return parts


def own_faq(folder: Path) -> Path:
    """The demo's copy of the shipped FAQ, made at its first start: what is tried in it must not change ours."""
    if not folder.exists():
        unfinished = folder.with_name("faq.unfinished")  # whoever is cut off in the middle starts again
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(SHIPPED_FAQ, unfinished / SHIPPED_FAQ.name)
        shutil.copy(SCHEMA, unfinished)
        unfinished.rename(folder)
    return folder / SHIPPED_FAQ.name


def moved_on(folder: Path, further: timedelta) -> timedelta:
    """How far the demo's clock is ahead, moved on by so much; time does not run backwards at the next start."""
    note = folder / "ahead"
    before = timedelta(seconds=float(note.read_text("utf-8"))) if note.exists() else timedelta()
    if further:
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(str((before + further).total_seconds()), "utf-8")
    return before + further


def _span(said: str) -> timedelta:
    found = _SPAN.fullmatch(said)
    if found is None:
        raise argparse.ArgumentTypeError("30min, 22h, 3d …")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _time(parts: Parts) -> str:
    """What the demo's clock says, in the district's time."""
    return TIME.format(time=f"{parts.clock.now().astimezone(ZONE):%Y-%m-%d %H:%M}")


def _port(options: argparse.Namespace) -> int:
    """The office's own pages have an address that links can name; without pages any free port will do."""
    return int(options.pages) if options.relay == "minimal" else 0


def _people(sandbox: Sandbox, roster: RosterFile, parts: Parts) -> dict[str, int]:
    """A phone in the sandbox for everybody of the roster who has one, and for a guest; their accounts."""
    entries: list[CardholderEntry | StaffEntry] = [*roster.cardholders, *roster.staff]
    phones = {entry.chat: entry for entry in entries if entry.chat is not None}
    found = {}
    for chat, role in ROLES.items():
        entry = phones[chat]
        found[chat] = sandbox.add_person(chat, first_name=entry.name, phone=entry.phone, role=role).id
    sandbox.add_person("guest", first_name="Alex", language_code="en", phone=GUEST_PHONE, role=GUEST)
    return found


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8090, help="the page's port (8090); 0 takes a free one")
    parser.add_argument("--relay", choices=tuple(RELAYS), default="full", help="what Telegram carries (full)")
    parser.add_argument("--pages", type=int, default=8091, help="the port of the office's own pages (8091)")
    parser.add_argument(
        "--ahead",
        type=_span,
        default=timedelta(),
        help="move its clock on by 30min, 22h, 3d … and leave it so: digests, reminders and steps up the ladder come",
    )
    parser.add_argument("--folder", type=Path, default=HOME / "var" / "demo", help="where the demo keeps everything")


command = Command(
    "demo", "run everything on this machine: sandbox, bot and a made-up district; no token", run, _arguments
)

"""`python -m bot cards letter`: single-use links for the letters that go out with the cards."""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from bot.commands.command import Command
from bot.keyring import need_key
from bot.reading import open_services
from bot.settings import Settings, SettingsError
from bot.transport import AiohttpRequest, Api
from db import migrate
from db.engine import Database
from desk.desk import Desk
from desk.people import Person
from words import LANGUAGES

HEAD = ("姓名 · name", "卡号 · card", "链接，72 小时内有效 · link, good for 72 hours")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Make the links; a link made before for the same card ends. 1 when a card number is not in the roster."""
    need_key(settings)
    services = open_services(settings, datetime.now(UTC))
    name = options.bot or await _name(settings)
    await migrate.upgrade(settings.database)
    database = await Database.open(settings.database)
    try:
        async with database.write() as tx:
            desk = Desk(tx, services.house, datetime.now(UTC))
            holders = {number: await desk.accounts.holder(number) for number in options.number}
            if options.unbound:
                holders |= {each.card.number: each for each in await desk.people.unbound_holders() if each.card}
            missing = [number for number, holder in holders.items() if holder is None]
            rows = [await _row(desk, number, holder, name) for number, holder in holders.items() if holder]
    finally:
        await database.close()
    await _write(rows, options.out)
    for number in missing:
        print(*(services.words.speaker(each).plain("invite.no_card") + f" ({number})" for each in LANGUAGES), sep="  ")
    return int(bool(missing))


async def _row(desk: Desk, number: str, holder: Person, name: str) -> tuple[str, str, str]:
    return holder.name, number, f"https://t.me/{name}?start={await desk.binding.invite(holder.id, 'card', None)}"


async def _write(rows: list[tuple[str, str, str]], out: Path | None) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEAD, *rows])
    if out is None:
        print(text.getvalue(), end="")
        return
    await asyncio.to_thread(out.write_bytes, b"\xef\xbb\xbf" + text.getvalue().encode())
    await asyncio.to_thread(out.chmod, 0o600)
    print(f"{len(rows)} → {out}")


async def _name(settings: Settings) -> str:
    """The bot's own name, as Telegram knows it."""
    if not settings.token.get_secret_value():
        raise SettingsError(["DESK_TOKEN: missing; or name the bot with --bot"])
    request = AiohttpRequest()
    await request.initialize()
    try:
        me = await Api(request, settings.token.get_secret_value(), settings.api_url).call("getMe")
        return str(me["username"])
    finally:
        await request.shutdown()


def _arguments(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="task")
    letter = tasks.add_parser("letter", help="make the single-use link of each card, for its letter")
    letter.add_argument("number", nargs="*", help="card numbers")
    letter.add_argument("--unbound", action="store_true", help="every card that is not bound yet")
    letter.add_argument("--bot", help="the bot's name, when Telegram cannot be asked")
    letter.add_argument("--out", type=Path, help="write a table here instead of showing the links")


command = Command("cards", "make the single-use links that go out with the cards", run, _arguments)

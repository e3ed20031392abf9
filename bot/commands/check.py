"""`python -m bot check`: looks at everything `run` needs; each line is ok, or says what to mend."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from telegram.error import InvalidToken, TelegramError

from bot.commands.command import Command
from bot.keyring import trouble_with_key
from bot.reading import read_book, read_house
from bot.settings import Settings
from bot.transport import AiohttpRequest, Api
from db import migrate
from db.engine import Database, DatabaseError, Tx
from desk.calendar import Workdays
from desk.house import House
from desk.people import People
from desk.rekeying import tried
from desk.vault import Vault
from sheets import SheetError
from words import LANGUAGES, Listed, Saying, Words

OK, MEND, NOTE = "✅", "❌", "ℹ️"
Line = tuple[str, Saying]


async def run(settings: Settings, _options: argparse.Namespace) -> int:
    """Look at each part in turn; 1 when something has to be mended before `run`."""
    words = Words.load()
    wrong = False
    async for mark, saying in _lines(settings):
        wrong = wrong or mark == MEND
        print(mark, *(words.speaker(language).saying(saying, html=False) for language in LANGUAGES), sep="  ")
    return int(wrong)


async def _lines(settings: Settings) -> AsyncIterator[Line]:
    yield OK, Saying("check.settings")
    if trouble := trouble_with_key(settings):
        yield MEND, trouble
    house: House | None = None
    try:
        house = read_house(settings)
        yield OK, Saying("check.house", {"n": len(house.catalogue.categories), "offices": len(house.catalogue.offices)})
        for warning in Workdays.load(settings.holidays).warnings(datetime.now(UTC).date()):
            yield NOTE, warning
        book = read_book(settings, house, datetime.now(UTC))
        yield OK, Saying("check.faq", {"n": len(book.entries)})
    except SheetError as error:
        for problem in error.problems:
            place = {"file": problem.file, "line": problem.line, "what": problem.saying}
            yield MEND, Saying("check.sheet", place)
    async for line in _database(settings):
        yield line
    async for line in _telegram(settings):
        yield line


async def _database(settings: Settings) -> AsyncIterator[Line]:
    try:
        at = await migrate.current(settings.database)
        if at != migrate.newest():
            yield MEND, Saying("check.migrate", {"at": at or "-", "newest": migrate.newest()})
            return
        database = await Database.open(settings.database)
    except (DatabaseError, OSError) as error:
        yield MEND, Saying("check.database", {"error": str(error)})
        return
    try:
        yield OK, Saying("check.database_ok", {"kind": database.kind})
        async with database.read() as tx:
            people = People(tx, datetime.now(UTC))
            known, admins = await people.with_card(), await people.with_role("admin", "dispatcher")
            if keys := settings.data_keys():
                yield await _key(tx, Vault(keys))
        yield (OK if admins else MEND), Saying("check.roster" if admins else "check.no_roster", {"n": known})
    finally:
        await database.close()


async def _key(tx: Tx, vault: Vault) -> Line:
    """Whether something is sealed that the key does not open."""
    closed = {table: None async for table, opens in tried(tx, vault) if not opens}
    return (MEND, Saying("key.closed", {"tables": Listed(closed)})) if closed else (OK, Saying("key.fits"))


async def _telegram(settings: Settings) -> AsyncIterator[Line]:
    if not settings.token.get_secret_value():
        yield MEND, Saying("check.no_token")
        return
    request = AiohttpRequest()
    await request.initialize()
    try:
        api = Api(request, settings.token.get_secret_value(), settings.api_url)
        me = await api.call("getMe")
        yield OK, Saying("check.token", {"name": me["username"]})
        hook = await api.call("getWebhookInfo")
        yield _webhook(settings, hook["url"])
    except InvalidToken:
        yield MEND, Saying("check.bad_token")
    except TelegramError as error:
        yield MEND, Saying("check.telegram_away", {"error": type(error).__name__})
    finally:
        await request.shutdown()


def _webhook(settings: Settings, url: str) -> Line:
    if settings.public_url:
        return OK, Saying("check.webhook_will", {"url": settings.public_url})
    return (NOTE, Saying("check.webhook_removed")) if url else (OK, Saying("check.polling"))


command = Command("check", "look at settings, database, files, roster, token and webhook; say what to mend", run)

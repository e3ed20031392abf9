"""A district in a test: the real bot over real HTTP against the sandbox, with the demo's people, on a virtual clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from machine import DATA_KEY
from ports import free_port
from room_clock import RoomClock

from bot.assembly import Parts, assemble
from bot.limits import Limits, Rate, Rates
from bot.reading import read_book, read_house
from bot.service import Service
from bot.settings import Settings
from db import migrate
from db.engine import Database
from desk.desk import Desk
from desk.house import House
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.seeding import seed
from faq import Book
from sandbox import Person, Sandbox

TOKEN = "123456789:journey-token-that-opens-nothing"
MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Enyang
AT_ONCE = Rate(timedelta(microseconds=1), 1_000_000)
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf00000201010079b6e2"
    "0a0000000049454e44ae426082"
)


@dataclass
class District:
    """Everybody of the demo roster, each with a phone, and the service they write to."""

    sandbox: Sandbox
    service: Service
    clock: RoomClock

    @property
    def parts(self) -> Parts:
        return self.service.parts

    def __getattr__(self, key: str) -> Person:
        """A person by the key of their phone: `district.talent`, `district.department` …"""
        try:
            return self.sandbox.people[key]
        except KeyError:
            raise AttributeError(key) from None

    async def begins(self, *keys: str) -> None:
        """These people open the bot for the first time."""
        for key in keys:
            await self.sandbox.people[key].start()
        await self.settles()

    async def settles(self) -> None:
        """Come back when everything sent has been handled, and everything owed has arrived."""
        await self.sandbox.until(lambda: not self.sandbox.updates.pending)
        await self.parts.worker.idle()
        await self.parts.timers.idle()
        await self.parts.editing.idle()
        await self.parts.bookkeeper.idle()
        await self.parts.delivery.idle()

    async def passes(self, **time: float) -> None:
        """Let time pass, and everything happen that is due by then."""
        self.clock.passes(timedelta(**time).total_seconds())
        await self.settles()


async def settle_people(database: Database, sandbox: Sandbox, house: House, now: datetime) -> None:
    """The demo's roster in the database, and a phone for each account in it.

    The cardholder agreed to the sensitive kinds earlier; a journey of its own shows the asking.
    """
    roster = load_roster(DEMO, house.catalogue)
    entries = [(entry.chat, entry) for entry in (*roster.cardholders, *roster.staff) if entry.chat]
    phones = {key: sandbox.add_person(key, first_name=e.name, phone=e.phone).id for key, e in entries}
    async with database.write() as tx:
        if not await seed(tx, roster, phones, now, house.vault):
            return
        desk = Desk(tx, house, now)
        talent = await desk.people.meet(phones["talent"], phones["talent"], None)
        for kind in ("child", "money", "health"):
            await desk.privacy.agree(talent, kind, "1")


async def settled(database_url: str) -> None:
    """Make this database what every district begins with; the phones have the numbers that a new sandbox gives them."""
    await migrate.upgrade(database_url)
    database = await Database.open(database_url)
    house = read_house(Settings(_env_file=None, data_key=DATA_KEY))
    await settle_people(database, Sandbox(token=TOKEN), house, MONDAY_MORNING)
    await database.close()


def _shipped_book(settings: Settings, now: datetime) -> Book | None:
    """The shipped FAQ, read once for all tests; a folder that a test made for itself is read each time."""
    if settings.faq != Settings.model_fields["faq"].default:
        return None
    if not _BOOKS:
        _BOOKS.append(read_book(settings, read_house(settings), now))
    return _BOOKS[0]


_BOOKS: list[Book] = []


@asynccontextmanager
async def open_district(
    folder: Path, database_url: str, sandbox: Sandbox, clock: RoomClock, **more: object
) -> AsyncIterator[District]:
    """The demo district, running; entered again on the same database, it is what a restart is.

    `database_url`: one that has every migration; the people are entered where there are none.
    `more`: further settings, such as the port and the public address of a webhook.
    """
    given = {"token": TOKEN, "data_key": DATA_KEY, "database": database_url, "api_url": sandbox.url, "port": 0, **more}
    settings = Settings(_env_file=None, **given)
    database = await Database.open(database_url)
    limits = Limits(Rates(AT_ONCE, AT_ONCE, AT_ONCE))
    parts = assemble(settings, database, clock=clock, limits=limits, book=_shipped_book(settings, clock.now()))
    await settle_people(database, sandbox, parts.services.house, clock.now())
    sandbox.add_person("guest", first_name="Alex", language_code="en", phone="13800000058")
    service = Service(parts)
    await service.start()
    try:
        yield District(sandbox, service, clock)
    finally:
        await service.stop()
        await database.close()


@asynccontextmanager
async def open_minimal(folder: Path, database_url: str, sandbox: Sandbox, clock: RoomClock) -> AsyncIterator[District]:
    """The same, with nothing of a matter's content in Telegram and pages of its own."""
    port = free_port()
    more = {"relay": "minimal", "port": port, "page_url": f"http://127.0.0.1:{port}"}
    async with open_district(folder, database_url, sandbox, clock, **more) as opened:
        yield opened

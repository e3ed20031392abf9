"""What the files say that the settings name, as values: the house rules, the FAQ with its encoder, the services."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.settings import Settings, SettingsError
from db.engine import Database
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.desk import Desk
from desk.house import House
from desk.rhythm import Tempo
from desk.vault import Vault
from faq import Book, neural
from faq.sense import Encoder
from handlers.journeys import ACTIONS
from handlers.knowledge import Knowledge
from handlers.services import Services
from handlers.token import Tokens
from sheets import SheetError
from words import Words


def read_house(settings: Settings) -> House:
    """The house rules from the files the settings name.

    Raises:
        SheetError: a file has a slip; nothing is taken over.
    """
    catalogue = Catalogue.load(settings.categories, settings.offices)
    calendar = Workdays.load(settings.holidays).calendar()
    keys = settings.data_keys()
    tempo = Tempo.load(settings.rhythm)
    return House(catalogue, calendar, tempo, Vault(keys)) if keys else House(catalogue, calendar, tempo)


def read_book(settings: Settings, house: House, now: datetime) -> Book:
    """The FAQ from the folder the settings name, checked against the offices and categories.

    Raises:
        SheetError: an entry has a slip, or fails its own tests.
        SettingsError: the encoder cannot be used.
    """
    return Book.load(
        settings.faq,
        today=now.date(),
        offices={office.id for office in house.catalogue.offices},
        categories={category.id for category in house.catalogue.categories},
        encoder=read_encoder(settings),
    )


def read_encoder(settings: Settings) -> Encoder | None:
    """The sentence encoder that the settings name.

    Raises:
        SettingsError: it cannot be used.
    """
    try:
        return neural.encoder(settings.faq_encoder)
    except neural.EncoderError as error:
        raise SettingsError([f"DESK_FAQ_ENCODER: {error}"]) from None


async def book_to_start_with(settings: Settings, database: Database, now: datetime) -> Book:
    """The folder's book; while that cannot be used, the one that was live last, so that a slip never stops a start.

    Raises:
        SheetError: the folder has a slip and no book was ever live.
    """
    house = read_house(settings)
    try:
        return await asyncio.to_thread(read_book, settings, house, now)
    except SheetError:
        async with database.read() as tx:
            shelf = Desk(tx, house, now).bookshelf
            last = await shelf.latest()
            files = await shelf.texts(last.files) if last else {}
        if not files:
            raise
        return await asyncio.to_thread(Book.of, files, today=now.date(), prove=False, encoder=read_encoder(settings))


def open_services(
    settings: Settings, now: datetime, book: Book | None = None, asked: Callable[[str], object] = lambda _outcome: None
) -> Services:
    """What every journey uses, read from the files the settings name; `book` in place of the folder's.

    `asked` is called with the outcome of each question.

    Raises:
        SheetError: a file has a slip.
    """
    house = read_house(settings)
    return Services(
        words=Words.load(),
        house=house,
        knowledge=Knowledge(book or read_book(settings, house, now)),
        tokens=Tokens(settings.secret("buttons"), ACTIONS),
        asked=asked,
        second_person=settings.second_person == "on",
        pages=settings.pages,
    )

"""Putting the parts together: the one place that knows them all, and that tests call with other parts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram.ext import Application, ApplicationBuilder

from bot.auditor import AUDITOR, Auditor
from bot.bookkeeper import Bookkeeper
from bot.clock import Timers
from bot.delivery import LEASE as SENDING
from bot.delivery import Delivery
from bot.editing import Editing
from bot.heartbeat import Heartbeat
from bot.intake import DUTY, Intake, Poller, Webhook
from bot.library import Library
from bot.limits import Limits
from bot.metrics import Metrics
from bot.now import Clock, WallClock
from bot.settings import Settings, SettingsError
from bot.transport import AiohttpRequest, Api
from bot.trouble import Trouble, noted
from bot.worker import LEASE, Worker
from db.bell import Bell
from db.engine import Database
from db.presence import Presence
from db.queue import Queue
from db.schema.book import book_jobs
from db.schema.queues import inbox, outbox, timers
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.desk import Desk
from desk.house import House
from desk.rhythm import Tempo
from desk.vault import Vault
from faq import Book, neural
from faq.sense import Encoder
from handlers import doorway
from handlers.conversation import talk
from handlers.journeys import ACTIONS, FEATURES
from handlers.knowledge import Knowledge
from handlers.makings import Makings
from handlers.services import Services
from handlers.settle import settle_desk
from handlers.switchboard import Switchboard
from handlers.token import Tokens
from handlers.workshop import Workshop
from sheets import SheetError
from words import Words

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update we ask Telegram for."""


@dataclass(frozen=True)
class Parts:
    """Everything that runs, assembled and not yet started."""

    settings: Settings
    clock: Clock
    database: Database
    services: Services
    application: Application[Any, Any, Any, Any, Any, Any]
    request: AiohttpRequest
    api: Api
    intake: Intake
    poller: Poller
    webhook: Webhook
    worker: Worker
    delivery: Delivery
    timers: Timers
    heartbeat: Heartbeat
    metrics: Metrics
    bookkeeper: Bookkeeper
    editing: Editing
    bell: Bell
    auditor: Auditor


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


def assemble(
    settings: Settings,
    database: Database,
    *,
    clock: Clock | None = None,
    limits: Limits | None = None,
    book: Book | None = None,
) -> Parts:
    """All parts for one process. The database is open and migrated; nothing runs and nothing is sent yet.

    `book`: the FAQ to begin with; the folder's when none is given.
    """
    clock = clock or WallClock()
    token = settings.token.get_secret_value()
    received, owed, planned, jobs = queues = [Queue(inbox), Queue(outbox), Queue(timers), Queue(book_jobs)]
    metrics = Metrics(database, queues, clock)
    services = open_services(settings, clock.now(), book, metrics.asked)
    request = AiohttpRequest()
    api = Api(request, token, settings.api_url)
    application = _application(token, settings.api_url, request)
    workshop = Workshop(database, services, clock.now, api.fetch, settle_desk)
    features, speak = (doorway.instead(FEATURES), doorway.talk) if services.pages else (FEATURES, talk)
    switchboard = Switchboard(application, services, features, speak, workshop)
    trouble = Trouble(services, clock)
    intake = Intake(database, received, clock)
    duties = (AUDITOR,) if settings.public_url else (AUDITOR, DUTY)
    presence = Presence(database, queues, duties)
    heartbeat = Heartbeat(presence, clock, metrics.beat)
    library = Library(settings.faq, services.knowledge, services.house)
    return Parts(
        settings=settings,
        clock=clock,
        database=database,
        services=services,
        application=application,
        request=request,
        api=api,
        intake=intake,
        poller=Poller(intake, api, clock, UPDATES, heartbeat),
        webhook=Webhook(intake, settings.secret("webhook").hex()),
        worker=Worker(
            database,
            received,
            switchboard.read,
            metrics.timed(switchboard.handle),
            noted(received, clock, trouble.update_dead),
            clock,
            foresee=switchboard.foresee,
            lanes=settings.lanes,
        ),
        delivery=Delivery(
            database,
            owed,
            api,
            limits or Limits(),
            clock,
            noted(owed, clock, trouble.unreachable),
            noted(owed, clock, trouble.letter_dead),
            Makings(services.house.vault).ready,
            metrics.delivered,
        ),
        timers=Timers(database, planned, switchboard.fire, noted(planned, clock, trouble.timer_dead), clock),
        heartbeat=heartbeat,
        metrics=metrics,
        bookkeeper=Bookkeeper(library, database, services, clock),
        editing=Editing(database, jobs, library, services, api.fetch, clock),
        bell=Bell(database, lambda: presence.others > 0, clock.sleep),
        auditor=Auditor(database, presence, services, {**dict.fromkeys(queues, LEASE), owed: SENDING}, clock),
    )


def _application(token: str, api_url: str, request: AiohttpRequest) -> Application[Any, Any, Any, Any, Any, Any]:
    """python-telegram-bot for its types, filters and handlers; it neither polls, nor listens, nor keeps a queue."""
    built: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(request)
        .get_updates_request(request)
        .updater(None)
        .job_queue(None)
        .build()
    )
    return built

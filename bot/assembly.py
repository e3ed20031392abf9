"""Putting the parts together: the one place that knows them all, and that tests call with other parts."""

from __future__ import annotations

from dataclasses import dataclass, field
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
from bot.reading import open_services
from bot.settings import Settings
from bot.transport import AiohttpRequest, Api
from bot.trouble import Trouble, noted
from bot.worker import LEASE, Worker
from db.bell import Bell
from db.engine import Database
from db.presence import Presence
from db.queue import Queue
from db.schema.book import book_jobs
from db.schema.queues import inbox, outbox, timers
from faq import Book
from handlers import doorway
from handlers.conversation import talk
from handlers.journeys import FEATURES
from handlers.makings import Makings
from handlers.services import Services
from handlers.settle import settle_desk
from handlers.switchboard import Switchboard
from handlers.workshop import Workshop

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
    queues = Queues()
    metrics = Metrics(database, queues.all, clock)
    services = open_services(settings, clock.now(), book, metrics.asked)
    request = AiohttpRequest()
    api = Api(request, settings.token.get_secret_value(), settings.api_url)
    base = _Base(settings, clock, database, queues, services, api, metrics, Trouble(services, clock))
    application = _application(settings, request)
    switchboard = _switchboard(base, application)
    presence = Presence(database, queues.all, (AUDITOR,) if settings.public_url else (AUDITOR, DUTY))
    heartbeat = Heartbeat(presence, clock, metrics.beat)
    intake = Intake(database, queues.received, clock)
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
        worker=_worker(base, switchboard),
        delivery=_delivery(base, limits or Limits()),
        timers=_timers(base, switchboard),
        heartbeat=heartbeat,
        metrics=metrics,
        bookkeeper=Bookkeeper(library, database, services, clock),
        editing=Editing(database, queues.jobs, library, services, api.fetch, clock),
        bell=Bell(database, lambda: presence.others > 0, clock.sleep),
        auditor=_auditor(base, presence),
    )


@dataclass(frozen=True)
class Queues:
    """The durable queues: updates received, messages owed, what is planned for later, and edits of the book."""

    received: Queue = field(default_factory=lambda: Queue(inbox))
    owed: Queue = field(default_factory=lambda: Queue(outbox))
    planned: Queue = field(default_factory=lambda: Queue(timers))
    jobs: Queue = field(default_factory=lambda: Queue(book_jobs))

    @property
    def all(self) -> list[Queue]:
        """Every one of them."""
        return [self.received, self.owed, self.planned, self.jobs]


@dataclass(frozen=True)
class _Base:
    """What the loops are built on."""

    settings: Settings
    clock: Clock
    database: Database
    queues: Queues
    services: Services
    api: Api
    metrics: Metrics
    trouble: Trouble


def _switchboard(base: _Base, application: Application[Any, Any, Any, Any, Any, Any]) -> Switchboard:
    """The journeys; where the office has pages of its own, Telegram carries only the way there."""
    services = base.services
    workshop = Workshop(base.database, services, base.clock.now, base.api.fetch, settle_desk)
    features, speak = (doorway.instead(FEATURES), doorway.talk) if services.pages else (FEATURES, talk)
    return Switchboard(application, services, features, speak, workshop)


def _worker(base: _Base, switchboard: Switchboard) -> Worker:
    """Takes what was received to the journeys."""
    received = base.queues.received
    return Worker(
        base.database,
        received,
        switchboard.read,
        base.metrics.timed(switchboard.handle),
        noted(received, base.clock, base.trouble.updates_dead),
        base.clock,
        foresee=switchboard.foresee,
        lanes=base.settings.lanes,
    )


def _delivery(base: _Base, limits: Limits) -> Delivery:
    """Sends what is owed."""
    owed = base.queues.owed
    return Delivery(
        base.database,
        owed,
        base.api,
        limits,
        base.clock,
        noted(owed, base.clock, base.trouble.unreachable),
        noted(owed, base.clock, base.trouble.letters_dead),
        Makings(base.services.house.vault).ready,
        base.metrics.delivered,
    )


def _timers(base: _Base, switchboard: Switchboard) -> Timers:
    """Does what was planned, when its time has come."""
    planned = base.queues.planned
    return Timers(
        base.database, planned, switchboard.fire, noted(planned, base.clock, base.trouble.timers_dead), base.clock
    )


def _auditor(base: _Base, presence: Presence) -> Auditor:
    """Looks for what the others left lying."""
    hands = {**dict.fromkeys(base.queues.all, LEASE), base.queues.owed: SENDING}
    return Auditor(base.database, presence, base.services, hands, base.clock)


def _application(settings: Settings, request: AiohttpRequest) -> Application[Any, Any, Any, Any, Any, Any]:
    """python-telegram-bot for its types, filters and handlers; it neither polls, nor listens, nor keeps a queue."""
    built: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder()
        .token(settings.token.get_secret_value())
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(request)
        .get_updates_request(request)
        .updater(None)
        .job_queue(None)
        .build()
    )
    return built

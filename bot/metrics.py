"""What `/metrics` shows Prometheus: the desk as the database has it when asked, the rest as this process counted it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.auditor import AUDITOR
from bot.now import Clock
from bot.refusals import Verdict
from db.engine import Database, Tx
from db.presence import last_finished, living
from db.queue import Queue
from desk.alarms import Alarms
from desk.lateness import lateness

DAY = timedelta(days=1)
ALARMS = ("stuck_inbox", "stuck_outbox", "stuck_timers", "stuck_book_jobs", "untimed", "spent", "untold")
LOOPS = (
    "heartbeat", "auditor", "bell", "delivery", "timers", "editing", "bookkeeper", "contact", "worker", "poller",
)  # fmt: skip
FAQ = ("answer", "choices", "unknown", "browsed")
HANDLING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
WAITING = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 21600)
"""The bounds of the two histograms, in seconds."""

Handle = Callable[[Tx, Any, datetime], Awaitable[Any]]


class Metrics:
    """The numbers of this process, in a registry of their own."""

    def __init__(self, database: Database, queues: Sequence[Queue], clock: Clock) -> None:
        self._database = database
        self._queues = queues
        self._clock = clock
        self._registry = ours = CollectorRegistry()
        self._waiting = Gauge("desk_queue_waiting", "Rows due and not done", ["queue"], registry=ours)
        self._oldest = Gauge(
            "desk_queue_oldest_seconds", "How long the oldest row has been due", ["queue"], registry=ours
        )
        self._dead = Gauge("desk_queue_dead", "Rows given up", ["queue"], registry=ours)
        self._open = Gauge("desk_matters_open", "Matters that somebody still owes something for", registry=ours)
        self._late = Gauge("desk_matters_late", "Open matters past a promise", ["promise"], registry=ours)
        self._alarms = Gauge("desk_alarms", "Alarms of the auditor that stand", ["kind"], registry=ours)
        self._audit = Gauge("desk_auditor_heartbeat_seconds", "When any process last audited", registry=ours)
        self._processes = Gauge("desk_processes", "Processes that serve this database", registry=ours)
        self._beat = Gauge("desk_heartbeat_seconds", "The last sign of life of this process", registry=ours)
        self._sent = Counter("desk_delivery", "Messages by what became of them", ["outcome"], registry=ours)
        self._waited = Histogram(
            "desk_delivery_wait_seconds",
            "From a message being owed to its being sent; what waits for the end of quiet hours is left out",
            buckets=WAITING,
            registry=ours,
        )
        self._handling = Histogram("desk_update_seconds", "Handling one update", buckets=HANDLING, registry=ours)
        self._asked = Counter("desk_faq_questions", "Questions by what was made of them", ["outcome"], registry=ours)
        self._ends = Counter("desk_loop_ends", "Unforeseen ends of loops", ["loop"], registry=ours)
        for name in LOOPS:
            self._ends.labels(name)
        for outcome in FAQ:  # what has not happened yet is 0, not missing
            self._asked.labels(outcome)
        for outcome in ("sent", *(verdict.name.lower() for verdict in Verdict)):
            self._sent.labels(outcome)

    def beat(self) -> None:
        """This process gave a sign of life."""
        self._beat.set(self._clock.now().timestamp())

    def loop_ended(self, name: str) -> None:
        """A loop of this process ended unforeseen."""
        self._ends.labels(name).inc()

    def delivered(self, outcome: str, waited: timedelta | None) -> None:
        """A message was sent after it had waited so long, or met this verdict."""
        self._sent.labels(outcome).inc()
        if waited is not None:
            self._waited.observe(waited.total_seconds())

    def asked(self, outcome: str) -> None:
        """A question was answered, asked back, not known, or an entry was opened."""
        self._asked.labels(outcome).inc()

    def timed(self, handle: Handle) -> Handle:
        """The same, measured."""

        async def measured(tx: Tx, update: Any, now: datetime) -> Any:
            with self._handling.time():
                return await handle(tx, update, now)

        return measured

    async def page(self) -> bytes:
        """Everything, in Prometheus' own format."""
        now = self._clock.now()
        async with self._database.read() as tx:
            for queue in self._queues:
                load = await queue.load(tx, now)
                self._waiting.labels(queue.name).set(load.waiting)
                self._oldest.labels(queue.name).set(load.oldest.total_seconds())
                self._dead.labels(queue.name).set(await queue.given_up(tx))
            await self._desk(tx, now)
        return generate_latest(self._registry)

    async def _desk(self, tx: Tx, now: datetime) -> None:
        found = await lateness(tx, now)
        self._open.set(found.open)
        self._late.labels("accept").set(found.late_to_accept)
        self._late.labels("deliver").set(found.late_to_deliver)
        standing = await Alarms(tx, now).count(now - DAY)
        for kind in ALARMS:
            self._alarms.labels(kind).set(standing.get(kind, 0))
        last = await last_finished(tx, AUDITOR)
        self._audit.set(last.timestamp() if last else 0)
        self._processes.set(await living(tx))

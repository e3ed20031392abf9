"""What `/metrics` shows Prometheus: the queues as the database has them when asked, the rest as counted here."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from bot.now import Clock
from db.engine import Database
from db.queue import Queue


class Metrics:
    """The numbers of this process, in a registry of their own."""

    def __init__(self, database: Database, queues: Sequence[Queue], clock: Clock) -> None:
        self._database = database
        self._queues = queues
        self._clock = clock
        self._registry = CollectorRegistry()
        self._waiting = Gauge("desk_queue_waiting", "Rows due and not done", ["queue"], registry=self._registry)
        self._oldest = Gauge(
            "desk_queue_oldest_seconds", "How long the oldest row has been due", ["queue"], registry=self._registry
        )
        self._dead = Gauge("desk_queue_dead", "Rows given up", ["queue"], registry=self._registry)
        self._beat = Gauge("desk_heartbeat_seconds", "The last sign of life of this process", registry=self._registry)
        self._sent = Counter("desk_delivery", "Messages by what became of them", ["outcome"], registry=self._registry)

    def beat(self) -> None:
        """This process gave a sign of life."""
        self._beat.set(self._clock.now().timestamp())

    def delivered(self, outcome: str) -> None:
        """A message was sent, or met this verdict."""
        self._sent.labels(outcome).inc()

    async def page(self) -> bytes:
        """Everything, in Prometheus' own format."""
        now = self._clock.now()
        async with self._database.read() as tx:
            for queue in self._queues:
                load = await queue.load(tx, now)
                self._waiting.labels(queue.name).set(load.waiting)
                self._oldest.labels(queue.name).set(load.oldest.total_seconds())
                self._dead.labels(queue.name).set(await queue.given_up(tx))
        return generate_latest(self._registry)

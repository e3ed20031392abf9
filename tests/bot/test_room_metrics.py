"""What Prometheus sees: how much waits and for how long, what was given up, what was sent, and that we live."""

from __future__ import annotations

from room_clock import RoomClock
from test_room_worker import INBOX, OUTBOX, update

from bot.intake import Intake
from bot.metrics import Metrics
from db.engine import Database


async def test_the_page_has_the_queues_as_they_are_and_the_counts_of_this_process(
    database: Database, clock: RoomClock
) -> None:
    await Intake(database, INBOX, clock).accept([update(1, 7), update(2, 8)])
    clock.passes(90)
    metrics = Metrics(database, [INBOX, OUTBOX], clock)
    metrics.beat()
    metrics.delivered("sent", None)
    page = (await metrics.page()).decode()
    assert 'desk_queue_waiting{queue="inbox"} 2.0' in page
    assert 'desk_queue_oldest_seconds{queue="inbox"} 90.0' in page
    assert 'desk_queue_waiting{queue="outbox"} 0.0' in page
    assert 'desk_delivery_total{outcome="sent"} 1.0' in page
    assert "desk_heartbeat_seconds 1.79" in page

"""What Prometheus sees: how much waits and for how long, what was given up, what was sent, and that we live."""

from __future__ import annotations

from datetime import timedelta

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
    metrics.delivered("sent")
    page = (await metrics.page()).decode()
    assert 'desk_queue_waiting{queue="inbox"} 2.0' in page
    assert 'desk_queue_oldest_seconds{queue="inbox"} 90.0' in page
    assert 'desk_queue_waiting{queue="outbox"} 0.0' in page
    assert 'desk_delivery_total{outcome="sent"} 1.0' in page
    assert "desk_heartbeat_seconds 1.79" in page


async def test_what_ended_long_ago_is_forgotten_and_what_was_given_up_stays(
    database: Database, clock: RoomClock
) -> None:
    await Intake(database, INBOX, clock).accept([update(n, n) for n in range(4)])
    async with database.write() as tx:
        done, dead, recent, _ = await INBOX.claim(tx, clock.now(), timedelta(minutes=1), 4)
        await INBOX.complete(tx, done, clock.now())
        await INBOX.quarantine(tx, dead, "broken", clock.now())
        clock.passes(3600)
        await INBOX.complete(tx, recent, clock.now())
        assert await INBOX.forget(tx, clock.now(), 10) == 1
        assert await INBOX.given_up(tx) == 1

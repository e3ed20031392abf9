"""Of several processes one audits; when it goes another takes over, and what was told is not told again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from room_clock import RoomClock
from small_book import write_small_book
from sqlalchemy import insert, select
from test_room_worker import INBOX, OUTBOX

from bot.auditor import AUDITOR, EVERY, Auditor
from bot.reading import open_services
from bot.settings import Settings
from db.engine import Database
from db.presence import Presence, last_finished
from db.schema import metadata
from db.schema.people import persons, staff
from db.schema.queues import inbox, outbox

LEASE = timedelta(seconds=60)


async def one_waits_for_ever(database: Database, clock: RoomClock) -> None:
    """An admin, and an update that is overdue."""
    now = clock.now()
    async with database.write() as tx:
        await tx.create(metadata)
        known = {"id": 1, "telegram_id": 7, "chat_id": 7, "name": "管理员", "created_at": now}
        await tx.execute(insert(persons).values(known))
        await tx.execute(insert(staff).values(id=1, person_id=1, office="talent", role="admin"))
        await tx.execute(insert(inbox).values(key="9", body="{}", due_at=now, created_at=now))


async def told(database: Database) -> list[str]:
    async with database.read() as tx:
        return [row.params["text"] for row in await tx.execute(select(outbox.c.params))]


async def test_one_process_audits_and_another_takes_over(
    open_database: Callable[[], Awaitable[Database]], clock: RoomClock, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, faq=write_small_book(tmp_path / "faq"))
    services = open_services(settings, clock.now())
    databases = [await open_database() for _ in range(2)]
    await one_waits_for_ever(databases[0], clock)
    present = [Presence(database, [INBOX, OUTBOX], (AUDITOR,)) for database in databases]
    both = [
        Auditor(database, here, services, {INBOX: LEASE}, clock)
        for database, here in zip(databases, present, strict=True)
    ]
    for here in present:
        await here.beat(clock.now())
    assert [AUDITOR in here.duties for here in present] == [True, False]
    clock.passes(2 * LEASE.total_seconds())
    for _ in range(3):
        for auditor in both:
            await auditor.look()
        clock.passes(EVERY)
    [alarm] = await told(databases[0])
    assert "1 条收到的消息" in alarm
    await present[0].leave()
    await present[1].beat(clock.now())
    for _ in range(2):
        await both[1].look()
        clock.passes(EVERY)
    assert await told(databases[1]) == [alarm], "told once, whoever looks"
    async with databases[1].read() as tx:
        assert await last_finished(tx, AUDITOR) == clock.now() - timedelta(seconds=EVERY)

"""What every queue promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.queue import Claimed, Queue
from db.schema.queues import inbox, outbox, timers

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
INBOX, OUTBOX, TIMERS = Queue(inbox), Queue(outbox), Queue(timers)


def letter(chat: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {"key": str(chat), "chat_id": chat, "method": "sendMessage", "params": {"text": text}, **more}


async def owe(database: Database, *letters: dict[str, Any]) -> None:
    async with database.write() as tx:
        await OUTBOX.put_many(tx, letters, NOW)


async def claim(database: Database, at: datetime = NOW, limit: int = 10, queue: Queue = OUTBOX) -> list[Claimed]:
    async with database.write() as tx:
        return await queue.claim(tx, at, LEASE, limit)


async def complete(database: Database, claimed: Claimed, **results: Any) -> bool:
    async with database.write() as tx:
        return await OUTBOX.complete(tx, claimed, NOW, **results)


def texts(claimed: list[Claimed]) -> list[str]:
    return [one["params"]["text"] for one in claimed]


async def state(database: Database, number: int) -> Any:
    async with database.read() as tx:
        return (await tx.execute(select(outbox).where(outbox.c.id == number))).one()


async def test_only_the_oldest_row_of_a_line_can_be_claimed(database: Database) -> None:
    await owe(database, letter(1, "a"), letter(1, "b"), letter(2, "c"))
    first = await claim(database)
    assert texts(first) == ["a", "c"]
    assert await claim(database) == []
    assert await complete(database, first[0])
    assert texts(await claim(database)) == ["b"]


async def test_the_more_urgent_goes_first_across_lines(database: Database) -> None:
    await owe(database, letter(1, "later", urgency=2), letter(2, "soon", urgency=1), letter(3, "now"))
    assert texts(await claim(database, limit=2)) == ["now", "soon"]


async def test_what_is_not_due_waits_and_its_line_with_it(database: Database) -> None:
    await owe(database, letter(1, "a", due_at=NOW + timedelta(minutes=1)), letter(1, "b"), letter(2, "c"))
    assert texts(await claim(database)) == ["c"]
    assert texts(await claim(database, NOW + timedelta(minutes=1))) == ["a", "c"]


async def test_a_lease_that_ran_out_is_claimed_anew_and_the_late_holder_changes_nothing(database: Database) -> None:
    await owe(database, letter(1, "a"))
    [late] = await claim(database)
    [again] = await claim(database, NOW + LEASE)
    assert again.claims == 2
    assert not await complete(database, late)
    async with database.write() as tx:
        assert not await OUTBOX.retry(tx, late, NOW, "late")
        assert not await OUTBOX.hold(tx, late, NOW)
        assert not await OUTBOX.quarantine(tx, late, "late", NOW)
        assert await OUTBOX.complete_all(tx, [late], NOW) == set()
    assert await complete(database, again, message_id=7)
    assert not await complete(database, again)
    row = await state(database, again.id)
    assert (row.state, row.message_id, row.done_at, row.attempts, row.error) == ("done", 7, NOW, 0, None)


async def test_a_retry_counts_and_a_hold_does_not(database: Database) -> None:
    await owe(database, letter(1, "a"))
    later = NOW + timedelta(seconds=5)
    [one] = await claim(database)
    async with database.write() as tx:
        assert await OUTBOX.hold(tx, one, later)
    assert await claim(database) == []
    [one] = await claim(database, later)
    assert one.attempts == 0
    async with database.write() as tx:
        assert await OUTBOX.retry(tx, one, later, "no route")
    [one] = await claim(database, later)
    assert (one.attempts, one.claims, one["error"]) == (1, 3, "no route")


async def test_a_quarantined_row_keeps_its_error_and_lets_its_line_go_on(database: Database) -> None:
    await owe(database, letter(1, "a"), letter(1, "b"))
    [bad] = await claim(database)
    async with database.write() as tx:
        assert await OUTBOX.quarantine(tx, bad, "x" * 20_000, NOW)
    row = await state(database, bad.id)
    assert (row.state, len(row.error)) == ("dead", 8_000)
    assert texts(await claim(database)) == ["b"]


async def test_superseding_spares_what_is_in_hand_and_cancelling_does_not(database: Database) -> None:
    await owe(database, letter(1, "a", purpose="reminder"), letter(1, "b", purpose="reminder"), letter(2, "c"))
    [held] = [one for one in await claim(database) if one["chat_id"] == 1]
    async with database.write() as tx:
        assert await OUTBOX.supersede(tx, outbox.c.purpose == "reminder", NOW) == 1
        assert await OUTBOX.cancel(tx, outbox.c.purpose == "reminder", NOW) == 1
    assert not await complete(database, held)


async def test_an_update_that_comes_twice_is_kept_once(database: Database) -> None:
    row = {"key": "1", "update_id": 5, "body": "{}"}
    async with database.write() as tx:
        first = await INBOX.put(tx, row, NOW)
        assert first is not None
        assert await INBOX.put(tx, row, NOW) is None
        await INBOX.put_many(tx, [row, {**row, "update_id": 6}, {**row, "update_id": None}], NOW)
    async with database.read() as tx:
        assert (await INBOX.load(tx, NOW)).waiting == 3


async def test_timers_have_no_lines_and_the_earliest_goes_first(database: Database) -> None:
    async with database.write() as tx:
        for minutes in (2, 1, 3):
            row = {"kind": "remind", "due_at": NOW + timedelta(minutes=minutes), "key": None, "matter_id": minutes}
            await TIMERS.put(tx, {**row, "dedupe": f"m{minutes}"}, NOW)
            assert await TIMERS.put(tx, {**row, "dedupe": f"m{minutes}"}, NOW) is None
        assert await TIMERS.next_due(tx, NOW) == NOW + timedelta(minutes=1)
    due = await claim(database, NOW + timedelta(minutes=2), queue=TIMERS)
    assert [one["matter_id"] for one in due] == [1, 2]
    async with database.read() as tx:
        assert await TIMERS.next_due(tx, NOW + timedelta(minutes=2)) == NOW + timedelta(minutes=2) + LEASE
    assert due[0]["body"] == {}


async def test_the_next_due_moment_counts_leases_and_skips_what_stands_behind(database: Database) -> None:
    async with database.write() as tx:
        assert await OUTBOX.next_due(tx, NOW) is None
    await owe(database, letter(1, "a"), letter(1, "b"), letter(2, "c", due_at=NOW + timedelta(hours=1)))
    async with database.read() as tx:
        assert await OUTBOX.next_due(tx, NOW) == NOW
    await claim(database)
    async with database.read() as tx:
        assert await OUTBOX.next_due(tx, NOW) == NOW + LEASE


async def test_a_transaction_that_fails_leaves_the_row_claimed_and_undone(database: Database) -> None:
    await owe(database, letter(1, "a"))
    [one] = await claim(database)

    async def fail() -> None:
        async with database.write() as tx:
            assert await OUTBOX.complete(tx, one, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await complete(database, one)


async def test_many_hands_in_several_processes_never_share_a_row_nor_break_a_line(open_database: Any) -> None:
    databases = [await open_database() for _ in range(3)]
    async with databases[0].write() as tx:
        await tx.create(outbox.metadata)
    await owe(databases[0], *(letter(chat, str(n)) for n in range(8) for chat in range(6)))
    seen: dict[int, list[int]] = defaultdict(list)

    async def hand(database: Database) -> None:
        while sum(map(len, seen.values())) < 48:
            for one in await claim(database, limit=2):
                seen[one["chat_id"]].append(int(one["params"]["text"]))
                assert await complete(database, one)

    async with asyncio.timeout(60):
        await asyncio.gather(*(hand(database) for database in databases for _ in range(2)))
    assert seen == {chat: list(range(8)) for chat in range(6)}

"""Every update is handled once, in its chat's order, in one transaction with what it owes; timers likewise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from room_clock import RoomClock
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.clock import Timers
from bot.intake import Intake
from bot.loop import Dead, Loop
from bot.worker import PAUSES, TRIES, After, Worker
from db.engine import READERS, Database, Tx, driver_url
from db.faults import passing
from db.queue import Queue
from db.schema.queues import inbox, outbox, timers
from handlers.incoming import PoisonError

INBOX, OUTBOX, TIMERS = Queue(inbox), Queue(outbox), Queue(timers)


def update(number: int, chat: int, text: str = "") -> dict[str, Any]:
    return {"update_id": number, "message": {"message_id": 1, "chat": {"id": chat, "type": "private"}, "text": text}}


def read(body: str) -> dict[str, Any]:
    found = json.loads(body)
    if not isinstance(found, dict) or "message" not in found:
        raise PoisonError("not an update")
    return found


@asynccontextmanager
async def running(loop: Loop) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        await loop.stop()
        await task


async def until(true: Callable[[], bool], within: float = 10) -> None:
    """Come back when it is so, in the loop of somebody else; time stands still meanwhile."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - nobody could set an event
            await asyncio.sleep(0)


def lies_down(loop: Loop, clock: RoomClock) -> bool:
    """Whether it has nothing in hand, has looked, and waits for its time, alone."""
    return not loop._hands and not loop._wake.is_set() and clock.ticking.sleeping == 1


class Desk:
    """Handles updates by writing them down; some texts make it fail."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, str]] = []
        self.dead: list[str] = []
        self.fail: dict[str, int] = {}
        self.after: list[After] = []

    async def handle(self, tx: Tx, raw: Mapping[str, Any], now: datetime) -> Sequence[After]:
        text, chat = raw["message"]["text"], raw["message"]["chat"]["id"]
        row = {"key": str(chat), "chat_id": chat, "method": "sendMessage", "params": {"text": text}}
        await OUTBOX.put(tx, row, now)
        if self.fail.get(text, 0):
            self.fail[text] -= 1
            raise RuntimeError(f"cannot stand {text}")
        tx.after_commit(lambda: self.seen.append((chat, text)))
        return self.after

    async def on_dead(self, _tx: Tx, dead: Sequence[Dead]) -> None:
        self.dead += [f"{claimed['body']} {error}" for claimed, error in dead]


async def owed(database: Database) -> list[str]:
    async with database.read() as tx:
        return [row.params["text"] for row in await tx.execute(select(outbox.c.params).order_by(outbox.c.id))]


async def states(database: Database) -> list[str]:
    async with database.read() as tx:
        return [row.state for row in await tx.execute(select(inbox.c.state).order_by(inbox.c.id))]


def worker(database: Database, desk: Desk, clock: RoomClock) -> Worker:
    return Worker(database, INBOX, read, desk.handle, desk.on_dead, clock)


async def test_each_chat_is_handled_in_order_and_once(database: Database, clock: RoomClock) -> None:
    desk = Desk()
    updates = [update(n, n % 3, str(n)) for n in range(12)]
    await Intake(database, INBOX, clock).accept([*updates, *updates])
    hands = worker(database, desk, clock)
    async with running(hands):
        await hands.idle()
    assert sorted(desk.seen) == sorted((n % 3, str(n)) for n in range(12))
    for chat in range(3):
        assert [text for found, text in desk.seen if found == chat] == [str(n) for n in range(chat, 12, 3)]
    assert len(await owed(database)) == 12


async def test_an_update_that_fails_leaves_nothing_behind_and_is_tried_again(
    database: Database, clock: RoomClock
) -> None:
    desk = Desk()
    desk.fail["bad"] = 1
    await Intake(database, INBOX, clock).accept([update(1, 7, "bad"), update(2, 7, "next"), update(3, 8, "other")])
    hands = worker(database, desk, clock)
    async with running(hands):
        await hands.idle()
        assert await owed(database) == ["other"]
        clock.passes(1)
        await hands.idle()
    assert await owed(database) == ["other", "bad", "next"]
    assert desk.dead == []


async def test_a_failure_of_the_database_does_not_count_against_the_update(
    database: Database, clock: RoomClock
) -> None:
    desk, away = Desk(), [OperationalError("SELECT 1", {}, OSError("gone"))] * 2 * (TRIES + 1)

    async def handle(tx: Tx, raw: Mapping[str, Any], now: datetime) -> Sequence[After]:
        if away:
            raise away.pop()
        return await desk.handle(tx, raw, now)

    await Intake(database, INBOX, clock).accept([update(1, 7, "patient")])
    hands = Worker(database, INBOX, read, handle, desk.on_dead, clock)
    async with running(hands):
        for _ in range(TRIES + 2):
            await hands.idle()
            clock.passes(1)
        await hands.idle()
    assert (await owed(database), desk.dead, away) == (["patient"], [], [])


async def test_an_update_that_fails_is_tried_again_at_its_time_though_others_beside_it_are_done(
    database: Database, clock: RoomClock
) -> None:
    desk = Desk()
    desk.fail["bad"] = 1
    hands = worker(database, desk, clock)
    async with running(hands):
        await hands.idle()
        await Intake(database, INBOX, clock).accept([update(1, 7, "bad"), update(2, 8, "other")])
        await until(lambda: len(desk.seen) == 1 and lies_down(hands, clock))
        clock.passes(PAUSES[0])
        await until(lambda: len(desk.seen) == 2)
    assert desk.seen == [(8, "other"), (7, "bad")]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_was_in_hand_when_the_database_went_away_is_handled_when_it_is_back(
    database: Database, clock: RoomClock, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, server, name = Desk(), await asyncpg.connect(postgres_server), database.url.database
    refused: list[Exception] = []
    write = database.write

    @asynccontextmanager
    async def watched() -> AsyncIterator[Tx]:
        try:
            async with write() as tx:
                yield tx
        except Exception as error:
            refused.append(error)
            raise

    async def handle(tx: Tx, raw: Mapping[str, Any], now: datetime) -> Sequence[After]:
        if not refused:
            await server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
            await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        return await desk.handle(tx, raw, now)

    hands = Worker(database, INBOX, read, handle, desk.on_dead, clock)
    try:
        async with running(hands):
            await hands.idle()
            monkeypatch.setattr(database, "write", watched)
            await Intake(database, INBOX, clock).accept([update(1, 7, "patient")])
            await until(lambda: len(refused) > 2)  # the handling, its second try, and putting it back
            await server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
            for _ in range(4):
                clock.passes(1)
                with suppress(TimeoutError):
                    await until(lambda: bool(desk.seen), 0.5)
        assert (desk.seen, desk.dead) == ([(7, "patient")], [])
    finally:
        await server.close()


async def test_waiting_in_vain_for_a_connection_does_not_count_against_the_update(
    database_url: str, clock: RoomClock
) -> None:
    database = Database(driver_url(database_url), pool=1)
    busy: list[Exception] = []
    async with AsyncExitStack() as held:
        held.push_async_callback(database.close)
        database._engine.pool._timeout = 0.01  # type: ignore[attr-defined]
        for _ in range(READERS if database.kind == "sqlite" else 1):
            await held.enter_async_context(database.read())
        try:
            async with database.read():
                pass
        except Exception as error:
            busy.append(error)
    assert [passing(error) for error in busy] == [True]


async def test_one_update_that_fails_does_not_count_against_those_handled_with_it(
    database: Database, clock: RoomClock
) -> None:
    desk = Desk()
    desk.fail["bad"] = 1
    hands = worker(database, desk, clock)
    async with running(hands):
        await hands.idle()
        updates = [update(1, 1, "a"), update(2, 2, "bad"), update(3, 1, "b"), update(4, 3, "c")]
        await Intake(database, INBOX, clock).accept(updates)
        await hands.idle()
        async with database.read() as tx:
            attempts = [row.attempts for row in await tx.execute(select(inbox.c.attempts).order_by(inbox.c.id))]
        assert attempts == [0, 1, 0, 0]
        assert sorted(await owed(database)) == ["a", "b", "c"]
        clock.passes(1)
        await hands.idle()
    assert sorted(await owed(database)) == ["a", "b", "bad", "c"]
    assert [text for _, text in desk.seen if text == "bad"] == ["bad"]
    assert desk.dead == []


async def test_what_cannot_be_read_is_given_up_at_once_beside_those_that_can(
    database: Database, clock: RoomClock
) -> None:
    desk = Desk()
    hands = worker(database, desk, clock)
    async with running(hands):
        await hands.idle()
        rows = [update(1, 1, "a"), update(2, 2, "not JSON"), update(3, 3, "b")]
        texts = [b"not JSON" if row["update_id"] == 2 else json.dumps(row).encode() for row in rows]
        intake = Intake(database, INBOX, clock)
        await asyncio.gather(*map(intake.accept_text, texts))
        await hands.idle()
    assert sorted(await owed(database)) == ["a", "b"]
    assert sorted(await states(database)) == ["dead", "done", "done"]
    assert [each.splitlines()[-1] for each in desk.dead] == ["JSONDecodeError"]
    assert [text for _, text in desk.seen] == ["a", "b"]  # and none was handled twice for it


async def test_when_nobody_can_be_told_of_what_cannot_be_read_it_is_given_up_all_the_same(
    database: Database, clock: RoomClock
) -> None:
    desk = Desk()

    async def on_dead(_tx: Tx, _dead: Sequence[Dead]) -> None:
        raise RuntimeError("nobody to tell")

    hands = Worker(database, INBOX, read, desk.handle, on_dead, clock)
    async with running(hands):
        await hands.idle()
        intake = Intake(database, INBOX, clock)
        await asyncio.gather(intake.accept_text(b"x"), intake.accept([update(2, 7, "next")]))
        await hands.idle()
    assert sorted(await states(database)) == ["dead", "done"]
    assert await owed(database) == ["next"]


async def tries_until_given_up(hands: Worker, clock: RoomClock) -> None:
    """Every pause between two tries goes by."""
    for _ in range(5):
        await hands.idle()
        clock.passes(31)
    await hands.idle()


async def test_an_update_that_always_fails_is_given_up_told_and_its_chat_goes_on(
    database: Database, clock: RoomClock
) -> None:
    desk = Desk()
    desk.fail["poison"] = 99
    await Intake(database, INBOX, clock).accept([update(1, 7, "poison"), update(2, 7, "next")])
    hands = worker(database, desk, clock)
    async with running(hands):
        await tries_until_given_up(hands, clock)
    assert await states(database) == ["dead", "done"]
    assert await owed(database) == ["next"]
    assert len(desk.dead) == 1
    assert desk.dead[0].rstrip().endswith("RuntimeError")
    assert "cannot stand" not in desk.dead[0].splitlines()[-1]


async def test_what_is_no_update_at_all_is_given_up(database: Database, clock: RoomClock) -> None:
    desk = Desk()
    intake = Intake(database, INBOX, clock)
    for raw in (b"\xff\x00{", b"[1]", b'{"update_id": "x"}', b"[" * 100_000):
        await intake.accept_text(raw)
    hands = worker(database, desk, clock)
    async with running(hands):
        await tries_until_given_up(hands, clock)
    assert await states(database) == ["dead"] * 4


async def test_what_follows_the_commit_may_fail_without_harm(database: Database, clock: RoomClock) -> None:
    desk = Desk()
    followed = []

    async def breaks() -> None:
        raise RuntimeError

    async def follows() -> None:
        followed.append(await owed(database))

    desk.after = [breaks, follows]
    await Intake(database, INBOX, clock).accept([update(1, 7, "hello")])
    hands = worker(database, desk, clock)
    async with running(hands):
        await hands.idle()
    assert followed == [["hello"]]
    assert await states(database) == ["done"]


async def test_a_worker_whose_lease_ran_out_changes_nothing(database: Database, clock: RoomClock) -> None:
    desk = Desk()
    await Intake(database, INBOX, clock).accept([update(1, 7, "once")])
    late = worker(database, desk, clock)
    [claimed], _ = await late.take(clock.now(), 1)
    clock.passes(61)
    hands = worker(database, desk, clock)
    async with running(hands):
        await hands.idle()
    await late.work(claimed)
    late.hand_out([claimed])
    async with running(late):
        await late.idle()
    assert desk.seen == [(7, "once")]
    assert await owed(database) == ["once"]


async def test_timers_fire_when_their_moment_comes(database: Database, clock: RoomClock) -> None:
    fired: list[tuple[str, int | None, Any]] = []

    async def fire(tx: Tx, kind: str, matter_id: int | None, body: Mapping[str, Any], now: datetime) -> None:
        tx.after_commit(lambda: fired.append((kind, matter_id, body["step"])))
        if body["step"] == 1:
            await TIMERS.put(tx, timer(2, now + timedelta(hours=1)), now)

    def timer(step: int, due: datetime) -> dict[str, Any]:
        return {"kind": "accept", "matter_id": 12, "body": {"step": step}, "due_at": due, "dedupe": f"12:{step}"}

    async with database.write() as tx:
        await TIMERS.put(tx, timer(1, clock.now() + timedelta(hours=1)), clock.now())
    hands = Timers(database, TIMERS, fire, Desk().on_dead, clock)
    async with running(hands):
        await hands.idle()
        assert fired == []
        clock.passes(3600)
        await hands.idle()
        assert fired == [("accept", 12, 1)]
        clock.passes(3600)
        await hands.idle()
    assert fired == [("accept", 12, 1), ("accept", 12, 2)]

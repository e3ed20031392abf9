"""Telegram hears "got it" after the commit and not before, by webhook and by polling."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from room_clock import RoomClock
from sqlalchemy import select
from test_room_worker import INBOX, update

from bot import web
from bot.intake import SECRET_HEADER, Intake, Poller, Webhook, key_of
from bot.transport import Api
from db.engine import Database
from db.queue import Queue
from db.schema import metadata
from db.schema.queues import inbox
from sandbox import Person, Sandbox

SECRET = "a-secret-word"


async def kept(database: Database) -> list[tuple[str, int | None]]:
    async with database.read() as tx:
        rows = await tx.execute(select(inbox.c.key, inbox.c.update_id).order_by(inbox.c.id))
        return [(row.key, row.update_id) for row in rows]


def healthy(database: Database) -> web.Health:
    async def fine() -> str | None:
        return None

    return web.Health(lambda: None, lambda: web.database_answers(database), fine)


@pytest.fixture
async def address(database: Database, clock: RoomClock) -> AsyncIterator[str]:
    intake = Intake(database, INBOX, clock)
    app = web.create(healthy(database), Webhook(intake, SECRET))
    server = web.Server(app, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{await server.start()}"
    await server.stop()


async def post(address: str, body: bytes | io.BytesIO, secret: str = SECRET) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{address}{web.WEBHOOK_PATH}", data=body, headers={SECRET_HEADER: secret}) as answer,
    ):
        return answer.status


async def test_a_secret_that_is_no_text_at_all_is_a_wrong_one(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with contextlib.closing(writer):
        head = f"POST {web.WEBHOOK_PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n{SECRET_HEADER}: "
        writer.write(head.encode() + b"\xff\xfe\r\n\r\n")
        assert (await reader.readline()).split()[1] == b"403"


async def test_whoever_waits_for_a_commit_that_is_cut_off_does_not_wait_for_ever(
    database: Database, clock: RoomClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_off(*_given: object) -> None:
        raise asyncio.CancelledError

    intake = Intake(database, INBOX, clock)
    with monkeypatch.context() as broken:
        broken.setattr(Queue, "put_many", cut_off)
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(30):
                await intake.accept([update(5, 42, "你好")])
    assert await kept(database) == []
    await intake.accept([update(5, 42, "你好")])
    assert await kept(database) == [("42", 5)]


async def test_an_update_is_stored_as_it_came_before_200(database: Database, address: str) -> None:
    body = json.dumps(update(5, 42, "你好"), ensure_ascii=False).encode()
    assert await post(address, body) == 200
    assert await post(address, body) == 200
    assert await kept(database) == [("42", 5)]
    async with database.read() as tx:
        assert await tx.scalar(select(inbox.c.body)) == body.decode()


async def test_without_the_secret_nothing_is_stored(database: Database, address: str) -> None:
    assert await post(address, b"{}", "another") == 403
    assert await post(address, b"{}", "") == 403
    assert await kept(database) == []


async def test_what_is_no_update_is_kept_aside_and_never_answered_5xx(database: Database, address: str) -> None:
    bodies = [b"", b"\xff\x00", b"[]", b'{"update_id": 1e400}', b'{"update_id": 99999999999999999999}', b"[" * 5000]
    assert {await post(address, body) for body in bodies} == {200}
    rows = await kept(database)
    assert [number for _, number in rows] == [None] * len(bodies)
    assert len({key for key, _ in rows}) == len(bodies), "none waits for another"
    assert await post(address, io.BytesIO(b"x" * (1024 * 1024 + 1))) == 413


async def test_many_at_once_are_all_stored(database: Database, address: str) -> None:
    bodies = [json.dumps(update(n, n % 7)).encode() for n in range(60)]
    assert set(await asyncio.gather(*(post(address, body) for body in bodies))) == {200}
    assert len(await kept(database)) == 60


async def test_when_the_database_fails_the_answer_is_503_and_nothing_is_kept(tmp_path: Path, clock: RoomClock) -> None:
    empty = await Database.open(f"sqlite:///{tmp_path}/empty.db")
    app = web.create(healthy(empty), Webhook(Intake(empty, INBOX, clock), SECRET))
    server = web.Server(app, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{await server.start()}"
    assert await post(address, b"{}") == 503
    await server.stop()
    await empty.close()


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ({"message": {"chat": {"id": 7}}}, "7"),
        ({"edited_message": {"chat": {"id": -100}}}, "-100"),
        ({"callback_query": {"from": {"id": 3}, "message": {"chat": {"id": 7}}}}, "7"),
        ({"callback_query": {"from": {"id": 3}}}, "3"),
        ({"my_chat_member": {"chat": {"id": 7}, "from": {"id": 3}}}, "7"),
        ({"inline_query": {"from": {"id": 3}}}, "3"),
        ({"message_reaction": {"chat": {"id": 7}, "user": {"id": 3}}}, "7"),
        ({"poll": {"id": "9"}}, None),
        ({"message": []}, None),
        ({"callback_query": 7}, None),
        ({"message": {"chat": {"id": "7"}}}, None),
    ],
)
def test_the_chat_of_an_update_is_found_wherever_it_stands(part: dict[str, Any], key: str | None) -> None:
    assert key_of({"update_id": 1, **part}) == key


async def test_polling_acknowledges_after_the_commit(
    database: Database, clock: RoomClock, sandbox: Sandbox, api: Api, talent: Person
) -> None:
    await api.call("setWebhook", {"url": "http://127.0.0.1:9/none"})
    poller = Poller(Intake(database, INBOX, clock), api, clock)
    task = asyncio.create_task(poller.run())
    await sandbox.until(lambda: sandbox.journal.of("deleteWebhook") or None)
    await talent.says("一")
    await talent.says("二")
    await sandbox.until(lambda: not sandbox.updates.pending or None)
    await poller.stop()
    await task
    assert [key for key, _ in await kept(database)] == [str(talent.id)] * 2


async def test_what_could_not_be_stored_is_fetched_again(
    tmp_path: Path, clock: RoomClock, sandbox: Sandbox, api: Api, talent: Person
) -> None:
    empty = await Database.open(f"sqlite:///{tmp_path}/empty.db")
    await talent.says("一")
    poller = Poller(Intake(empty, INBOX, clock), api, clock)
    task = asyncio.create_task(poller.run())
    while len(sandbox.journal.of("getUpdates")) < 3:  # each time in vain
        clock.passes(1)
        await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=0.05)
    async with empty.write() as tx:
        await tx.create(metadata)
    while sandbox.updates.pending:
        clock.passes(1)
        await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=0.05)
    await poller.stop()
    await task
    assert [key for key, _ in await kept(empty)] == [str(talent.id)]
    await empty.close()


async def test_the_health_pages_answer(address: str) -> None:
    async with aiohttp.ClientSession() as session:
        for page in ("/healthz", "/readyz"):
            async with session.get(address + page) as answer:
                assert answer.status == 200

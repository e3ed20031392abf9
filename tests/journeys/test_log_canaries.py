"""Canaries: what must never be logged is sent through journeys and through everything that can fail, with all logs on.

Not one of them may come up in a log, in what is kept of a row that was given up, or in what the admins are told.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from district import PHOTO, TOKEN, District, open_district
from filed import files
from room_clock import RoomClock
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot import logs
from db.schema.queues import inbox, outbox, timers
from desk.conversation import Conversation
from desk.imports.imports import Imports
from desk.matters import Matters
from desk.views import Views
from sandbox import Sandbox
from sandbox.faults import Fault

CHILD, PHONE, CARD, SECRET = "小禾苗", "13800000051", "DEMO-0001", "hook-secret-of-the-office-and-long-enough"
CANARIES = (TOKEN, TOKEN.split(":")[1], CHILD, PHONE, "138 0000 0051", CARD, SECRET)
LOUD = ("httpx", "httpcore", "aiohttp", "aiohttp.access", "aiohttp.client", "sqlalchemy.engine", "sqlalchemy.pool")
LOUD += ("aiosqlite", "asyncpg", "asyncio", "telegram", "telegram.ext", "alembic", "apscheduler")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is shown on one."""


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, at debug, by everybody."""
    root = logging.getLogger()
    handlers, level, ended = root.handlers[:], root.level, sys.excepthook
    stream = io.StringIO()
    logs.setup("debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = ended
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.fixture
async def district(
    tmp_path: object, database_url: str, sandbox: Sandbox, clock: RoomClock, written: io.StringIO
) -> AsyncIterator[District]:
    more = {"log_level": "debug", "webhook_secret": SECRET}
    async with open_district(tmp_path, database_url, sandbox, clock, **more) as opened:  # type: ignore[arg-type]
        await opened.begins("talent", "liaison", "admin")
        yield opened


async def told(district: District, written: io.StringIO) -> str:
    """All logs, all errors kept with rows, and all that the admins were told of trouble."""
    async with district.parts.database.read() as tx:
        queries = [select(table.c.error) for table in (inbox, outbox, timers)]
        kept = [row.error or "" for query in queries for row in (await tx.execute(query)).all()]
    alarms = [message.text for message in district.admin.messages if message.from_bot]
    return "\n".join([written.getvalue(), *kept, *alarms])


def hits(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


async def journey(district: District) -> None:
    """Words with the child's name, the phone and the card, by every way in."""
    talent = district.talent
    await files(district, words=f"孩子叫{CHILD}，电话{PHONE}，卡{CARD}")
    card = next(each for each in talent.messages if "EY-2026-000001" in each.text)
    await talent.says(f"{CHILD}的电话改成 138 0000 0051", reply_to=card)
    await talent.sends_document(PHOTO, name=f"{CHILD}.pdf", caption=f"{CHILD} {CARD}")
    await talent.shares_contact(PHONE)
    await talent.says(f"/do 1 say {CHILD}")
    await talent.says(f"{CHILD}上学咋个办")
    await talent.says("/mydata")
    await talent.presses("全部经过")
    await talent.presses_data("forged" * 6, talent.last)
    await district.settles()


@on_sqlite
async def test_in_a_journey_where_nothing_fails(district: District, written: io.StringIO) -> None:
    await journey(district)
    assert hits(await told(district, written)) == []
    assert district.parts.settings.token.get_secret_value() == TOKEN


@on_sqlite
async def test_when_every_step_breaks_with_its_words_in_the_error(
    district: District, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*given: object, **more: object) -> None:
        try:
            raise KeyError(f"{given} {more} {CHILD} {PHONE} {CARD} {TOKEN}")
        except KeyError as error:
            raise ValueError(f"{CHILD} {SECRET}") from error

    await files(district, words=CHILD)
    for place, name in ((Matters, "act"), (Views, "history"), (Conversation, "copy_at"), (Matters, "file")):
        with monkeypatch.context() as broken:
            broken.setattr(place, name, breaks)
            card = next(each for each in district.talent.messages if "EY-2026-000001" in each.text)
            await district.talent.says(f"{CHILD} {PHONE}", reply_to=card)
            await district.talent.presses("全部经过")
            for _ in range(6):
                await district.passes(seconds=40)
    text = await told(district, written)
    assert hits(text) == []
    assert "ValueError" in text
    assert "test_log_canaries.py" in text


async def test_when_the_database_and_telegram_refuse_with_our_words_in_their_mouths(
    district: District, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def twice(*_given: object, **_more: object) -> None:
        raise IntegrityError(f"INSERT {CHILD}", {"text": CHILD}, ValueError(f"Key (number)=({CARD}) already exists"))

    await files(district, words=CHILD)
    refused = f'Bad Request: can\'t parse entities: Unsupported start tag "{CHILD}" at byte offset 5'
    answer = json.dumps({"ok": False, "error_code": 400, "description": refused})
    district.sandbox.faults.add(Fault.answer(400, answer), "sendMessage", times=3)
    card = next(each for each in district.talent.messages if "EY-2026-000001" in each.text)
    await district.talent.says(f"{CHILD} {PHONE}", reply_to=card)
    await district.settles()
    with monkeypatch.context() as broken:
        broken.setattr(Matters, "act", twice)
        await district.talent.says(f"{CHILD} {PHONE}", reply_to=card)
        for _ in range(6):
            await district.passes(seconds=40)
    assert hits(await told(district, written)) == []


@on_sqlite
async def test_poison_updates_and_the_event_loops_own_complaints(district: District, written: io.StringIO) -> None:
    poison = {"update_id": 7, "message": {"message_id": 1, "chat": {"id": district.talent.id, "type": "private"},
                                          "date": "never", "text": f"{CHILD} {PHONE} {CARD}"}}  # fmt: skip
    await district.parts.intake.accept([poison, {"update_id": 8, "message": CHILD}, [CHILD], CHILD])
    await district.settles()
    for _ in range(6):
        await district.passes(seconds=40)
    complaint = "Task exception was never retrieved\nfuture: <Task exception=ValueError('%s')>"
    loops = logging.getLogger("asyncio")
    loops.disabled, loops.propagate = False, True  # whatever an earlier test's library did to it
    loops.setLevel(logging.NOTSET)
    loops.error(complaint, CHILD)
    text = await told(district, written)
    assert hits(text) == []
    assert "Task exception was never retrieved" in text


@on_sqlite
async def test_a_roster_that_cannot_be_read_and_an_error_that_ends_the_process(
    district: District, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*given: object, **_more: object) -> None:
        raise RuntimeError(f"{given} {CHILD} {PHONE}")

    roster = f"姓名,手机\n{CHILD},{PHONE}\n".encode()
    await district.admin.sends_document(roster, name="名单.csv")
    await district.settles()
    with monkeypatch.context() as broken:
        broken.setattr(Imports, "plan", breaks)
        await district.admin.sends_document(roster, name=f"{CHILD}.csv")
        await district.settles()
    try:
        breaks(TOKEN)
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    assert hits(written.getvalue()) == []
    assert "RuntimeError" in written.getvalue()


@on_sqlite
async def test_libraries_may_say_at_debug_whatever_they_like(district: District, written: io.StringIO) -> None:
    for name in LOUD:
        logging.getLogger(name).debug("POST https://api.telegram.org/bot%s/sendMessage %s", TOKEN, {"text": CHILD})
        logging.getLogger(name).info("[parameters: ('%s', '%s')]", CHILD, PHONE)
    assert hits(await told(district, written)) == []

"""Bodies and updates with something wrong go through the real webhook and worker: the bot lives, and says no 5xx."""

from __future__ import annotations

import asyncio
import io
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from district import PHOTO
from machine import FULL, TOKEN, machine, seeded
from malformed import Body, Maker
from ports import free_port
from sqlalchemy import func, select

from bot.intake import SECRET_HEADER
from bot.settings import Settings
from bot.web import WEBHOOK_PATH
from db.engine import Database
from db.schema.queues import inbox, outbox
from sandbox import Person, Sandbox

COUNTS = {"sqlite": 100_000, "postgresql": 2_000} if FULL else {"sqlite": 20_000, "postgresql": 1_000}
PARTS = range(10 if FULL else 1)
"""Each with bodies, a bot and a database of its own, so that one can be made again by itself."""
AT_ONCE = 40
IN_A_ROW = 2_000
"""Bodies after which the bot is left to handle what it has."""


async def samples(sandbox: Sandbox, talent: Person) -> list[dict[str, Any]]:
    """One update of every kind that people can make, as Telegram sends them; the bot never sees these."""
    await talent.says("/start")
    await talent.says("娃儿上学咋个办")
    await talent.says("/new")
    await talent.says("/do 1 接单")
    await talent.edits(await talent.says("看看 https://example.org"), "改了")
    await talent.sends_photo(PHOTO, "户口簿")
    await talent.sends_document(b"%PDF-1.7", "证明.pdf")
    await talent.sends_voice(b"OggS")
    await talent.sends_album([PHOTO, PHOTO])
    await talent.shares_contact()
    await talent.presses_data("AfI1AAAAAAAAAAAAAAAAyLzxZbiLHCdpMh3acyUP", await talent.says("x"))
    await talent.blocks_bot()
    await talent.unblocks_bot()
    group = sandbox.add_group("群", [talent])
    await talent.says("/start@EnyangTalentBot", chat=group.id)
    found = [update.body for update in sandbox.updates.pending.values()]
    sandbox.updates.drop_all()
    return found


async def post(session: aiohttp.ClientSession, address: str, secret: str, bodies: AsyncIterator[Body]) -> Counter[int]:
    """Post what comes; the answers by status."""
    answers: Counter[int] = Counter()
    async for body in bodies:
        headers = {SECRET_HEADER: secret, "Content-Type": body.kind}
        async with session.post(address, data=io.BytesIO(body.content), headers=headers) as answer:
            answers[answer.status] += 1
    return answers


async def each(bodies: Iterable[Body]) -> AsyncIterator[Body]:
    """Shared by several posters."""
    for body in bodies:
        yield body


async def states(database: Database) -> Counter[str]:
    async with database.read() as tx:
        rows = await tx.execute(select(inbox.c.state, func.count().label("count")).group_by(inbox.c.state))
        return Counter({row.state: row.count for row in rows})


async def settled(database: Database, sandbox: Sandbox) -> None:
    """Come back when nothing waits: one that cannot be handled or sent must not be in the way of others."""
    while True:
        async with database.read() as tx:
            counts = [select(func.count()).where(table.c.state == "due") for table in (inbox, outbox)]
            if not any([await tx.scalar(count) for count in counts]):
                return
        await asyncio.wait([asyncio.ensure_future(sandbox.changed())], timeout=0.2)


@pytest.mark.timeout(36_000 if FULL else 400)
@pytest.mark.parametrize("part", PARTS)
async def test_nothing_malformed_ends_the_bot_or_is_answered_5xx(database_url: str, tmp_path: Path, part: int) -> None:
    url, port = database_url, free_port()
    count = int(os.environ.get("DRILL_BODIES", COUNTS[url.split(":")[0]]))
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(tmp_path) as computer:
        talent, admin = sandbox.add_person("talent", phone="13800000051"), sandbox.add_person("admin")
        await seeded(url, {"talent": talent.id, "admin": admin.id})
        maker = Maker(await samples(sandbox, talent), talent.id, random.Random(3 + part))
        env = {
            "DESK_PORT": str(port),
            "DESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DESK_LOG_LEVEL": "error",
            "DRILL_PAUSE": "0.05",
        }
        bot = await (await computer.nursery()).bot(url, sandbox.url, **env)
        await admin.start()
        await admin.hears("您好", timeout=60)
        address = f"http://127.0.0.1:{port}{WEBHOOK_PATH}"
        secret = Settings(_env_file=None, token=TOKEN).secret("webhook").hex()
        database = await Database.open(url)
        bodies, answers = iter(maker.bodies(count)), Counter[int]()
        async with aiohttp.ClientSession() as session:
            while row := list(islice(bodies, IN_A_ROW)):
                shared = iter(row)
                posting = (post(session, address, secret, each(shared)) for _ in range(AT_ONCE))
                answers += sum(await asyncio.gather(*posting), Counter[int]())
                await settled(database, sandbox)
        question = await talent.says("娃儿上学咋个办")
        await talent.hears("来源", after=question, timeout=60)
        found = await states(database)
        await database.close()
        os.kill(bot, 0)  # it is still the same process
    print(f"part {part}: {count} bodies, answered {dict(answers)}; updates {dict(found)}")
    assert answers.total() == count
    assert set(answers) <= {200, 413}
    assert found["dead"] > count / 100

"""Updates that nobody can have sent are given up at once, keep nobody else's message back, and swamp no admin."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest
from district import District
from sqlalchemy import insert, select

from bot.commands import audit
from db.queue import Claimed
from db.schema.authority import ledger
from db.schema.queues import inbox, outbox
from desk.desk import Desk
from desk.post import Letter
from desk.rekeying import rekey
from desk.sealing import OF_UPDATE, opened


async def dead(district: District) -> list[tuple[int, str]]:
    """How often each update that was given up had been tried before, and why it was given up."""
    async with district.parts.database.read() as tx:
        rows = await tx.execute(select(inbox).where(inbox.c.state == "dead").order_by(inbox.c.id))
        return [(row.attempts, row.error.strip().splitlines()[-1]) for row in rows]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"chat": {"id": "x", "type": "private"}}, "an id that is none"),
        ({"chat": {"id": 2**60, "type": "private"}}, "an id that is none"),
        ({"from": {"id": [7], "is_bot": False, "first_name": "x"}}, "an id that is none"),
        ({"chat": "x"}, "not an update"),
        ({"date": {}}, "not an update"),
        ({"text": ["你好"]}, "a value of another kind"),
        ({"from": {"id": 9, "is_bot": False, "first_name": None}}, "a value of another kind"),
        ({"from": {"id": 9, "is_bot": False, "first_name": "x", "language_code": 7}}, "a value of another kind"),
        ({"entities": [{"type": "bot_command", "offset": 0, "length": "9"}]}, "a value of another kind"),
        ({"message_id": 10**40}, "a value of another kind"),
    ],
)
async def test_it_is_given_up_at_the_first_try_and_others_are_answered(
    district: District, change: dict[str, Any], why: str
) -> None:
    talent, admin = district.talent, district.admin
    sound = {"message_id": 1, "date": 1, "chat": {"id": 9, "type": "private"}, "text": "你好"}
    sender = {"id": 9, "is_bot": False, "first_name": "x"}
    district.sandbox.updates.push({"message": {**sound, "from": sender, **change}})
    await district.settles()
    [(tries, error)] = await dead(district)
    assert (tries, why in error) == (0, True)
    await admin.hears("没能处理")
    await talent.says("娃儿上学咋个办")
    await talent.hears("来源")


async def test_what_it_says_is_sealed_and_whoever_holds_the_key_can_look(
    district: District, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"message_id": 1, "date": {}, "chat": {"id": 9, "type": "private"}, "text": "孩子叫小禾苗"}
    district.sandbox.updates.push({"message": said})
    await district.settles()
    async with district.parts.database.read() as tx:
        row = (await tx.execute(select(inbox).where(inbox.c.state == "dead"))).one()
    assert "小禾苗" not in repr(row)
    assert "\\u5c0f\\u79be" not in repr(row)
    asked = argparse.Namespace(task="given-up", row=0)
    assert await audit.run(district.parts.settings, asked) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{row.id} 2026-11-23 ")
    asked.row = row.id
    assert await audit.run(district.parts.settings, asked) == 0
    assert json.loads(capsys.readouterr().out)["message"] == said
    asked.row = row.id + 1000
    assert await audit.run(district.parts.settings, asked) == 1
    async with district.parts.database.read() as tx:
        assert [each.facts for each in (await tx.execute(select(ledger))).all()][-1] == {"update": row.id}


async def test_one_that_was_given_up_before_they_were_sealed_is_sealed_with_the_next_change_of_key(
    district: District,
) -> None:
    parts = district.parts
    async with parts.database.write() as tx:
        plain = {"key": "9", "state": "dead", "due_at": district.clock.now(), "created_at": district.clock.now()}
        await tx.execute(insert(inbox).values(**plain, body='{"text": "小禾苗"}'))
    async with parts.database.write() as tx:
        await rekey(tx, parts.services.house)
        row = (await tx.execute(select(inbox).where(inbox.c.state == "dead"))).one()
    assert row.body == ""
    assert opened(parts.services.house.vault, row, OF_UPDATE) == {"body": '{"text": "小禾苗"}'}


async def test_a_letter_can_only_be_owed_to_a_number(district: District) -> None:
    async with district.parts.database.write() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        letter = Letter("x", "sendMessage", {"text": "x"})  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="a chat's id is a number"):
            await desk.post.owe([letter])


async def test_of_many_at_once_the_admin_gets_the_newest_with_the_count(district: District) -> None:
    for number in range(3):
        district.sandbox.updates.push({"message": {"message_id": number}})
    await district.settles()
    await district.admin.hears("一共隔离了 3 条")
    parts = district.parts
    async with parts.database.write() as tx:
        rows = (await tx.execute(select(inbox).where(inbox.c.state == "dead"))).mappings().all()
        for row in rows:
            claimed = Claimed(row["id"], row["key"], "", 1, 0, dict(row))
            await parts.worker._on_dead(tx, [(claimed, "KeyError: 'date'")])
        owed = select(outbox.c.id).where(outbox.c.state == "due", outbox.c.chat_id == district.admin.id)
        assert len((await tx.execute(owed)).all()) == 1
    await district.settles()

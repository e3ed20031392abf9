"""The record of acts: whole after any number of journeys, and broken at the very act that somebody touched."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from sqlalchemy import delete, select, update

from db.schema.matters import events
from desk.audit import Verdict, verify

pytestmark = SPOKEN


async def files(district: District) -> None:
    """A matter that was filed, accepted and delivered."""
    talent, liaison = district.talent, district.liaison
    for label in ("/new", "同意，继续", "子女入学", "小学", "转学", "跳过", "跳过", "先不发材料", "提交"):
        await (talent.says(label) if label == "/new" else talent.presses(label))
        await district.settles()
    await liaison.presses("接单")
    await district.settles()


async def verdict(district: District) -> Verdict:
    async with district.parts.database.read() as tx:
        return await verify(tx)


async def test_the_record_is_whole_after_a_journey(district: District) -> None:
    await files(district)
    found = await verdict(district)
    assert found.sound
    assert found.looked_at >= 3


@pytest.mark.parametrize("column", ["actor_id", "act", "status", "facts", "at", "digest", "previous"])
async def test_a_changed_act_is_named(district: District, column: str) -> None:
    await files(district)
    async with district.parts.database.write() as tx:
        row = (await tx.execute(select(events).where(events.c.n == 2))).one()
        other = {
            "actor_id": 1 if row.actor_id != 1 else 2,
            "act": "return",
            "status": "withdrawn",
            "facts": {"to": 99},
            "at": row.at.replace(year=2020),
            "digest": "0" * 64,
            "previous": "f" * 64,
        }
        await tx.execute(update(events).where(events.c.id == row.id).values({column: other[column]}))
    found = await verdict(district)
    assert (found.matter, found.n) == ("EY-2026-000001", 2)


@pytest.mark.parametrize("n", [1, 2, 3])
async def test_an_act_that_was_taken_out_is_named(district: District, n: int) -> None:
    await files(district)
    async with district.parts.database.write() as tx:
        last = len((await tx.execute(select(events.c.id))).all())
        await tx.execute(delete(events).where(events.c.n == (last if n == 3 else n)))
    found = await verdict(district)
    assert found.matter == "EY-2026-000001"
    assert found.n == (last if n == 3 else n + 1)

"""A card that is lost, over or taken back: nothing new is filed, kindly said; what is open is handled to its end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from district import District
from filed import files
from sqlalchemy import delete, select, update

from db.schema.matters import matters
from db.schema.people import talent_cards

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on which database it is."""

ENDS: dict[str, tuple[dict[str, Any] | None, str, str]] = {
    "lost": ({"status": "lost"}, "正在挂失", "挂失"),
    "revoked": ({"status": "revoked"}, "已注销", "注销"),
    "expired": ({"valid_to": date(2026, 1, 1)}, "过了有效期", "过了有效期"),
    "off the roster": (None, "办事要有有效的恩阳英才卡", "还没有在这里绑定"),
}


@pytest.mark.parametrize("end", ENDS)
@ON_SQLITE
async def test_what_was_open_is_handled_to_its_end(district: District, end: str) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await liaison.presses("接单")
    await district.settles()
    values, sorry, on_card = ENDS[end]
    async with district.parts.database.write() as tx:
        mine = talent_cards.c.number == "DEMO-0001"
        changed = delete(talent_cards) if values is None else update(talent_cards).values(**values)
        await tx.execute(changed.where(mine))  # type: ignore[attr-defined]
    await talent.says("/new")
    await talent.hears(sorry)
    await talent.says("/card")
    await talent.hears(on_card)
    await liaison.presses("送单")
    await district.settles()
    await liaison.says("已安排到登科小学")
    await talent.hears("已安排到登科小学")
    await district.settles()
    await talent.presses("办好了")
    await district.settles()
    await talent.presses("5★")
    await district.settles()
    async with district.parts.database.read() as tx:
        assert (await tx.execute(select(matters.c.status, matters.c.rating))).one() == ("closed", 5)


@ON_SQLITE
async def test_a_card_that_ends_while_the_form_is_filled_in_files_nothing(district: District) -> None:
    talent = district.talent
    for label in ("/new", "同意，继续", "子女入学", "小学", "转学", "跳过", "跳过", "先不发材料"):
        await (talent.says(label) if label == "/new" else talent.presses(label))
        await district.settles()
    async with district.parts.database.write() as tx:
        await tx.execute(update(talent_cards).where(talent_cards.c.number == "DEMO-0001").values(status="lost"))
    await talent.presses("提交")
    await district.settles()
    assert "正在挂失" in talent.toasts[-1]
    async with district.parts.database.read() as tx:
        assert (await tx.execute(select(matters.c.id))).all() == []

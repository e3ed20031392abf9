"""What nobody acts on is never left to itself: the talent office hears again, and decides about missing papers."""

from __future__ import annotations

from district import District
from filed import files
from sqlalchemy import delete, func, select

from db.schema.queues import timers
from desk.desk import Desk
from sandbox import Person


def told(person: Person, words: str) -> int:
    """How often the bot said so."""
    return sum(message.from_bot and words in message.text for message in person.messages)


async def test_what_nobody_takes_comes_to_the_talent_office_again_each_day_until_it_is_handed_over(
    district: District,
) -> None:
    admin = district.admin
    await files(district)
    await district.passes(days=5)  # to Saturday
    assert told(admin, "过了接单期限") == 1
    await district.passes(days=3)
    await district.passes(days=1)
    again = told(admin, "逐级催过了还没人接")
    assert again == 2
    await admin.presses("转交", on=await admin.hears("逐级催过了还没人接"))
    await admin.hears("转给谁")
    await district.settles()
    await admin.presses("教育主管部门")
    await district.settles()
    await admin.presses("江禾")
    await admin.says("请今天接单")
    await district.department.hears("转给教育主管部门的江禾")
    await district.settles()
    await district.department.presses("接单")
    await district.settles()
    await district.passes(days=1)
    assert told(admin, "逐级催过了还没人接") == again


async def test_papers_that_never_come_are_decided_about_by_the_talent_office(district: District) -> None:
    talent, liaison, admin = district.talent, district.liaison, district.admin
    await files(district)
    for label in ("接单", "请补材料"):
        await district.settles()
        await liaison.presses(label)
    await liaison.says("户口本复印件")
    await district.settles()
    for _ in range(3):
        await district.passes(days=7)
    assert told(talent, "还在等您的材料") >= 3
    asked = await admin.hears("提醒过几次都没来")
    assert told(admin, "提醒过几次都没来") == told(liaison, "提醒过几次都没来") == 2
    await admin.presses("补材料", on=asked)
    await admin.says("电话里核实过了，不等复印件")
    assert "不等复印件" in (await liaison.hears("不等复印件")).text
    await district.settles()
    await district.passes(days=14)
    assert told(admin, "提醒过几次都没来") == 2


async def test_an_open_matter_with_nothing_planned_is_found_at_the_next_start(district: District) -> None:
    matter = await files(district)
    mine = timers.c.matter_id == matter.id
    async with district.parts.database.write() as tx:
        await tx.execute(delete(timers).where(mine))
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        assert await desk.timers.mend() == 1
        assert await desk.timers.mend() == 0
        assert await tx.scalar(select(func.count()).select_from(timers).where(mine)) == 12

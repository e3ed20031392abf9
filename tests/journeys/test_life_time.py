"""More time: asked for with a date and a reason, granted or refused by who may, and told."""

from __future__ import annotations

from colleagues import joins
from district import District
from filed import files
from taps import tap

from sandbox import Person


async def handler_asks_for_time(district: District) -> Person:
    """A school matter's handler has accepted it and asks for more time; the head who may grant it."""
    await files(district, category="school", concern="project")
    head = await joins(district, "qiu_shan")
    await tap(district, district.department, "接单", "申请延期")
    return head


async def test_more_time_is_asked_with_date_and_reason_granted_and_told(district: District) -> None:
    talent, department = district.talent, district.department
    head = await handler_asks_for_time(district)
    await department.hears("改到哪一天")
    await department.says("昨天")
    await department.hears("日期")
    await department.says("12月5日")  # a Saturday
    await department.hears("不上班")
    await department.says("明天")
    await department.hears("要晚于现在的期限")
    await department.says("12月4日")
    await department.hears("延到 12月4日（周五）17:00。为什么要延期")
    await department.says("学校要开会研究")
    asked = await head.hears("申请延期到 12月4日")
    assert "学校要开会研究" in asked.text
    await head.presses("全部经过", on=asked)  # who decides has no card of it
    await head.hears("持卡人：杨帆")
    await head.presses("✅ 同意延期", on=asked)
    await district.settles()
    assert not (await head.hears("申请延期到")).inline
    told = await talent.hears("新的日期是")
    assert "12月4日" in told.text
    await department.hears("延期已同意")
    assert "12月4日" in (await talent.hears("👤")).text


async def test_a_reason_written_with_the_date_is_not_asked_for_again(district: District) -> None:
    head = await handler_asks_for_time(district)
    await district.department.says("12月4日，等学校的材料")
    asked = await head.hears("申请延期到 12月4日")
    assert "等学校的材料" in asked.text
    await district.settles()
    assert not any("为什么要延期" in message.text for message in district.department.messages)


async def test_more_time_refused_leaves_the_date_and_tells_the_handler_why(district: District) -> None:
    talent, department = district.talent, district.department
    head = await handler_asks_for_time(district)
    await department.says("12月4日")
    await department.says("忙不过来")
    await head.hears("申请延期")
    await tap(district, head, "不同意延期")
    await head.says("先办这一件")
    refused = await department.hears("没有同意")
    assert "先办这一件" in refused.text
    await district.settles()
    assert "11月30日" in (await talent.hears("👤")).text
    assert not any("新的日期" in message.text for message in talent.messages)


async def test_more_time_is_not_granted_once_the_old_date_has_passed(district: District) -> None:
    talent, department = district.talent, district.department
    head = await handler_asks_for_time(district)
    await department.says("12月4日")
    await department.says("忙不过来")
    asked = await head.hears("申请延期")
    await district.passes(days=8)
    await head.presses("同意延期", on=asked)
    await district.settles()
    assert "已经过了" in head.toasts[-1]
    assert not any("新的日期" in message.text for message in talent.messages)


async def test_a_head_who_handles_it_cannot_grant_themselves_more_time(district: District) -> None:
    head = await joins(district, "qiu_shan")
    await files(district, category="school", concern="project")
    await tap(district, district.department, "转交", "同事", "邱山")
    await district.department.says("我出差")
    await head.hears("EY-2026-000001")
    await tap(district, head, "接单", "申请延期")
    await head.says("12月4日")
    await head.says("要会商")
    await district.admin.hears("申请延期")
    assert not any("同意延期" in label for message in head.messages for row in message.buttons for label in row)
    await tap(district, district.admin, "同意延期")
    await head.hears("延期已同意")

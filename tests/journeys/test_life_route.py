"""The dry run of routing, in the chat and on the command line: the same answer, and nothing stored or sent."""

from __future__ import annotations

import argparse

import pytest
from district import District
from sqlalchemy import func, select

from bot.commands import route
from db.schema.matters import matters


async def test_an_admin_tries_a_route_and_nothing_is_sent(district: District) -> None:
    before = len(district.department.messages)
    await district.admin.says("/route 杨帆 政策兑现 智慧课堂 奖补还没到账")
    shown = await district.admin.hears("试派单")
    for part in (
        "教育主管部门江禾",
        "一起办：招商引资主管部门",
        "✅ 规则 1",
        "前接单",
        "逾期未办：周安",
        "逾期未接：何青、石远",
    ):
        assert part in shown.text
    await district.settles()
    assert len(district.department.messages) == before
    async with district.parts.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(matters)) == 0


async def test_only_those_who_dispatch_may_try_routes(district: District) -> None:
    await district.department.says("/route 杨帆 school")
    await district.department.hears("不归您办")


async def test_what_is_not_known_is_said(district: District) -> None:
    await district.admin.says("/route")
    await district.admin.hears("写法")
    await district.admin.says("/route 王五 school")
    await district.admin.hears("没有找到持卡人“王五”")
    await district.admin.says("/route 杨帆 飞行")
    await district.admin.hears("没有“飞行”这一类")


async def test_the_command_line_says_the_same(district: District, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"cardholder": "DEMO-0001", "category": "school", "project": "", "team": "", "text": "", "language": "en"}
    assert await route.run(district.parts.settings, argparse.Namespace(**asked)) == 0
    said = capsys.readouterr().out
    assert "Organisation department 何青" in said
    assert "rule 3" in said
    assert await route.run(district.parts.settings, argparse.Namespace(**{**asked, "team": "nobody's"})) == 1
    assert "no project or team" in capsys.readouterr().out

"""A run-team member follows teams: plans a visit, is reminded, writes it down, and hears of teams left alone."""

from __future__ import annotations

from district import PHOTO, District
from sqlalchemy import select

from db.schema.visits import visits


async def test_a_visit_is_planned_reminded_and_written_down(district: District) -> None:
    runner = district.run_team
    await runner.says("/visits")
    teams = await runner.hears("您跟踪 1 个团队")
    assert "启帆创业团队" in teams.text
    assert "还没有走访记录" in teams.text
    assert "良种创新团队" not in teams.text
    await runner.presses("启帆创业团队")
    await runner.hears("走访记录\n")
    await runner.presses("约走访")
    await runner.hears("哪天去走访")
    await runner.says("昨天")
    await runner.hears("不能是过去的")
    await runner.says("不知道")
    await runner.says("明天")
    await runner.hears("当天早上提醒您")
    await district.passes(hours=23)
    reminder = await runner.hears("今天该走访 1 个团队")
    await runner.presses("我跟踪的团队", on=reminder)
    await runner.hears("已约 11月24日")
    await runner.presses("启帆创业团队")
    await runner.hears("走访记录\n")
    await runner.presses("记一次走访")
    await runner.hears("也可以发照片")
    await runner.says("新车间开工，缺两名电工")
    await runner.hears("新车间开工")
    await runner.sends_album([PHOTO, PHOTO])
    await district.settles()
    await district.passes(seconds=3)
    assert len([m for m in runner.messages if "附件 2 份" in m.text]) == 1
    await runner.presses("记好了")
    await runner.hears("走访记下了")
    await runner.presses("我的团队")
    assert "上次联系 2026年11月24日" in (await runner.hears("上次联系")).text
    await runner.presses("启帆创业团队")
    log = await runner.hears("新车间开工，缺两名电工（附件 2）")
    async with district.parts.database.read() as tx:
        kept = repr((await tx.execute(select(visits))).all())
    assert "电工" not in kept
    await runner.presses("看附件", on=log)
    await district.settles()
    assert runner.last.media == "photo"
    await runner.presses("帮杨帆点单", on=log)
    await runner.hears("要办哪一类事")


async def test_a_team_left_alone_for_too_long_is_in_the_digest_until_it_is_visited(district: District) -> None:
    runner = district.run_team
    await district.passes(hours=23)
    assert "启帆创业团队" in (await runner.hears("1 个团队太久没联系")).text
    await runner.says("/visits")
    await runner.hears("您跟踪")
    await runner.presses("启帆创业团队")
    await runner.hears("走访记录\n")
    await runner.presses("记一次走访")
    await runner.hears("也可以发照片")
    await runner.says("电话联系，一切正常")
    await runner.hears("记着")
    await runner.presses("记好了")
    await runner.hears("走访记下了")
    before = len([m for m in runner.messages if "太久没联系" in m.text])
    await district.passes(hours=24)
    assert len([m for m in runner.messages if "太久没联系" in m.text]) == before


async def test_others_have_no_teams_to_log(district: District) -> None:
    await district.department.says("/visits")
    await district.department.hears("没有跟踪服务的团队")

"""Who is not there: away, blocked, gone, or no longer the contact; nothing they held is left lying."""

from __future__ import annotations

from datetime import timedelta

import pytest
from colleagues import joins
from databases import SPOKEN
from district import District
from filed import files
from sqlalchemy import select
from taps import tap

from db.schema.people import persons, staff
from desk.desk import Desk
from desk.handover import Assignment
from desk.links import LinkEnd
from desk.matter import Matter
from desk.refusals import NotNow
from desk.rules.roster import LinkKind
from desk.succession import Succession
from handlers import settle

pytestmark = SPOKEN


async def post_of(district: District, key: str) -> int:
    """The first post of somebody in the roster."""
    async with district.parts.database.read() as tx:
        query = select(staff.c.id).join(persons).where(persons.c.key == key).order_by(staff.c.id)
        return int((await tx.execute(query)).scalars().first() or 0)


async def test_away_in_one_sentence_moves_what_is_open_and_what_comes(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    deputy = await joins(district, "ye_nan")
    await files(district)
    await tap(district, liaison, "接单")
    await liaison.says("/away 请假到周五，叶南顶班")
    sure = await liaison.hears("对吗")
    assert "11月27日" in sure.text
    await tap(district, liaison, "✅ 对")
    await liaison.hears("转过去 1 件")
    await deputy.hears("由您顶班")
    card = await deputy.hears("EY-2026-000001")
    assert "何青请假到" in card.text
    await talent.hears("转给区委组织部")
    await liaison.hears("已转交，不用再办")
    await files(district, category="medical")
    await deputy.hears("EY-2026-000002")
    await liaison.says("/away")
    await liaison.hears("叶南顶班")
    await tap(district, liaison, "我回来了")
    await liaison.hears("欢迎回来")
    await files(district, category="housing")
    await liaison.hears("EY-2026-000003")


async def test_the_deputy_is_chosen_by_button_and_the_days_are_asked_for(district: District) -> None:
    liaison = district.liaison
    await joins(district, "ye_nan")
    await liaison.says("/away")
    await liaison.hears("请假到哪一天")
    await liaison.says("不晓得")
    await liaison.hears("没看懂日期")
    await liaison.says("从11月25日到11月27日")
    which = await liaison.hears("，谁顶班")
    assert "叶南" in which.buttons[0][0]  # the deputy of the post comes first
    await tap(district, liaison, "叶南")
    assert "还没开通" not in (await liaison.hears("对吗")).text
    await tap(district, liaison, "✅ 对")
    assert "手上的事到 11月25日（周三）转过去" in (await liaison.hears("记下了")).text
    await files(district)
    await liaison.hears("EY-2026-000001")  # not away yet
    await district.passes(days=2)
    await liaison.hears("已转交，不用再办")


async def test_planned_days_that_are_changed_begin_on_the_new_first_day(district: District) -> None:
    liaison, deputy = district.liaison, await joins(district, "ye_nan")
    await files(district)
    await tap(district, liaison, "接单")
    for first in ("25", "26"):
        await liaison.says(f"/away 从11月{first}日到11月27日，叶南顶班")
        await tap(district, liaison, "✅ 对")
    await district.passes(days=2)
    assert not any("EY-2026-000001" in message.text for message in deputy.messages)
    await district.passes(days=1)
    await deputy.hears("EY-2026-000001")


async def test_who_is_back_is_told_of_the_days_that_are_still_planned(district: District) -> None:
    liaison = district.liaison
    await joins(district, "ye_nan")
    for days in ("从12月14日到12月18日", "到周五"):
        await liaison.says(f"/away {days}，叶南顶班")
        await tap(district, liaison, "✅ 对")
    await tap(district, liaison, "我回来了")
    assert "12月14日（周一）到 12月18日（周五）的请假不变" in liaison.last.text
    await files(district)
    await liaison.hears("EY-2026-000001")
    await liaison.says("/away")
    await tap(district, liaison, "我回来了")
    assert "不变" not in (await liaison.hears("欢迎回来")).text
    await liaison.says("/away")
    await liaison.hears("请假到哪一天")


@pytest.mark.parametrize("way", ["leaves", "away"])
async def test_hands_that_change_change_altogether_or_not_at_all(
    district: District, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    liaison, admin = district.liaison, district.admin
    deputy = await joins(district, "ye_nan")
    await files(district)
    second = await files(district, category="medical")
    moves = Succession.move

    async def moves_the_first(self: Succession, matter: Matter, given: Assignment) -> int:
        if matter.id == second.id:
            raise NotNow(matter.status)  # somebody presses again and again
        return await moves(self, matter, given)

    async def tries() -> None:
        if way == "away":
            await liaison.says("/away 到周五，叶南顶班")
            await tap(district, liaison, "✅ 对")
        else:
            await admin.says("/invite")
            await tap(district, admin, "区委组织部", "何青", "离任", "是，何青离任")

    monkeypatch.setattr(Succession, "move", moves_the_first)
    await tries()
    assert not any("EY-2026" in message.text for message in deputy.messages)
    await liaison.says("/inbox")
    await liaison.hears("手上有 2 件事")
    await liaison.says("/away")
    await liaison.hears("请假到哪一天")
    monkeypatch.setattr(Succession, "move", moves)
    await tries()
    await deputy.hears("EY-2026-000001")
    await deputy.hears("EY-2026-000002")


async def test_a_stand_in_who_has_not_opened_the_bot_is_named_as_such_before_it_is_settled(district: District) -> None:
    await district.run_team.says("/away 明天到下周三，鲍新顶班")
    assert "鲍新还没开通" in (await district.run_team.hears("对吗")).text


async def test_somebody_who_is_away_cannot_stand_in(district: District) -> None:
    liaison, deputy = district.liaison, await joins(district, "ye_nan")
    await liaison.says("/away 到周五，叶南顶班")
    await tap(district, liaison, "✅ 对")
    await deputy.says("/away 到周五，何青顶班")
    which = await deputy.hears("谁顶班")
    assert not any("何青" in label for row in which.buttons for label in row)


async def test_a_cardholder_cannot_be_away(district: District) -> None:
    await district.talent.says("/away 到周五")
    await district.talent.hears("没有这个功能")


async def test_an_owner_who_blocks_the_bot_loses_what_they_hold_to_the_deputy(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    deputy = await joins(district, "ye_nan")
    await files(district)
    await liaison.blocks_bot()
    await district.settles()
    card = await deputy.hears("EY-2026-000001")
    assert "何青暂时联系不上" in card.text
    await talent.hears("转给区委组织部")


async def test_with_deputy_and_head_out_of_reach_the_talent_office_has_it(district: District) -> None:
    await files(district)
    await district.liaison.blocks_bot()
    await district.settles()
    await district.admin.hears("EY-2026-000001")


async def test_a_link_that_changes_hands_takes_open_matters_along(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    successor = await joins(district, "ye_nan")
    await files(district)
    await files(district, category="award", concern="project")
    leader = await post_of(district, "leader_gu")
    async with district.parts.database.write() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        person = await desk.people.at_chat(talent.id)
        assert person is not None
        moved = await desk.links.change(LinkKind.LEADER, person.id, LinkEnd(staff=leader))
        await settle.settle_desk(desk, district.parts.services)
    assert moved.count == 1  # the project's matter is none of the leader's
    await district.settles()
    card = await successor.hears("EY-2026-000001")
    assert "顾川" in card.text
    await liaison.hears("已转交，不用再办")
    await talent.hears("转给区委组织部")


async def test_a_link_of_a_later_day_moves_them_on_that_day(district: District) -> None:
    talent, runner = district.talent, district.run_team
    successor = await joins(district, "pao_xin")
    await files(district, category="loan", concern="team")
    await runner.hears("EY-2026-000001")
    post = await post_of(district, "pao_xin")
    async with district.parts.database.write() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        person = await desk.people.at_chat(talent.id)
        assert person is not None
        team = next(each for each in await desk.roster.concerns_of(person) if each.kind == "team")
        later = desk.today + timedelta(days=1)
        await desk.links.change(LinkKind.RUN_TEAM, team.id or 0, LinkEnd(staff=post), since=later)
        await settle.settle_desk(desk, district.parts.services)
    await district.settles()
    assert not any("EY-2026-000001" in message.text for message in successor.messages)
    await district.passes(days=1)
    await successor.hears("EY-2026-000001")


async def test_who_leaves_the_office_loses_access_and_what_they_held(district: District) -> None:
    liaison, deputy = district.liaison, await joins(district, "ye_nan")
    await files(district)
    async with district.parts.database.write() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        person = await desk.people.at_chat(liaison.id)
        assert person is not None
        await desk.staffing.leaves(person)
        await settle.settle_desk(desk, district.parts.services)
    await district.settles()
    card = await deputy.hears("EY-2026-000001")
    assert "何青已离岗" in card.text
    await liaison.says("/inbox")
    await liaison.hears("没有这个功能")
    await liaison.says("/do EY-2026-000001")
    await liaison.hears("没有找到这件事")

"""Staff fill in the form after a call; the cardholder confirms with one tap, declines, or never answers."""

from __future__ import annotations

from colleagues import joins
from databases import SPOKEN
from district import District
from taps import tap
from test_filing import fills_in_whatever_is_asked

from sandbox import Person

pytestmark = SPOKEN


async def prepares(district: District, clerk: Person, who: str = "DEMO-0001") -> None:
    """The clerk finds the cardholder and fills in the form."""
    await clerk.says(f"/behalf {who}")
    await tap(district, clerk, "杨帆 · DEMO-0001")
    await clerk.hears("替杨帆填写")
    await tap(district, clerk, "贷款", "启帆创业团队")
    await fills_in_whatever_is_asked(district, clerk)
    assert "持卡人：" in clerk.last.text  # whose it is can be checked before it is sent
    await tap(district, clerk, "提交")


async def test_one_tap_files_what_staff_prepared_and_routes_it(district: District) -> None:
    talent, clerk, runner = district.talent, district.department, district.run_team
    await prepares(district, clerk)
    await clerk.hears("已发给杨帆确认")
    await talent.hears("江禾按您说的填好了")
    assert not any("EY-2026-000001" in message.text for message in runner.messages)
    await tap(district, talent, "没错，提交")
    await talent.hears("办事前")  # the first personal field needs a consent
    await tap(district, talent, "同意，继续")
    card = await runner.hears("EY-2026-000001")
    assert "跟踪服务" in card.text
    await clerk.hears("持卡人确认了")
    await district.settles()
    assert "🔵派单" in (await talent.hears("👤")).text
    await tap(district, runner, "接单")
    await talent.hears("接单了")


async def test_what_is_not_wanted_is_put_away_and_the_clerk_hears(district: District) -> None:
    await prepares(district, district.department, "杨帆")
    await tap(district, district.talent, "不用办了", "撤回")
    await district.department.hears("持卡人说不用办了")


async def test_silence_is_reminded_and_then_lapses(district: District) -> None:
    await prepares(district, district.department)
    await district.passes(days=3)
    await district.talent.hears("还等您确认")
    await district.passes(days=6)
    await district.talent.hears("没有确认，已经作废")
    await district.department.hears("没有确认，已经作废")


async def test_a_cardholder_who_is_not_here_yet_and_one_who_does_not_exist(district: District) -> None:
    clerk = district.department
    await clerk.says("/behalf")
    await clerk.says("诸葛")
    await clerk.hears("没有找到持卡人“诸葛”")
    await clerk.says("苏木")
    await tap(district, clerk, "苏木", "其他事")
    await fills_in_whatever_is_asked(district, clerk)
    assert "持卡人：" in clerk.last.text  # whose it is can be checked before it is sent
    await tap(district, clerk, "提交")
    await clerk.hears("还没有打开过本服务")


async def test_a_cardholder_cannot_file_for_another(district: District) -> None:
    await district.talent.says("/behalf 苏木")
    await district.talent.hears("没有这个功能")


async def test_a_group_sees_number_stage_and_date_only(district: District) -> None:
    talent = district.talent
    await joins(district, "ye_nan")
    await prepares(district, district.department)
    await tap(district, talent, "没错，提交", "同意，继续")
    group = district.sandbox.add_group("启帆交流群", [talent, district.admin, district.guest], admin=False)
    await talent.says("EY-2026-000001 到哪一步了", chat=group.id)
    await district.settles()
    shown = group.messages[-1]
    assert shown.text.startswith("EY-2026-000001：派单，")
    assert "贷款" not in shown.text
    await district.guest.says("EY-2026-000001", chat=group.id)
    await district.settles()
    assert group.messages[-1].text == "Please write to me in private; this is not for a group."
    await talent.says("/new", chat=group.id)
    await district.settles()
    assert "私下找我" in group.messages[-1].text
    before = len(group.messages)
    await talent.says("中午吃什么", chat=group.id)
    await district.settles()
    assert len(group.messages) == before + 1
    await talent.says("/my")
    await talent.hears("EY-2026-000001")  # the private chat is still where we write


async def test_a_clerk_does_not_read_myself_in_a_form_for_somebody_else(district: District) -> None:
    clerk = district.department
    await clerk.says("/behalf DEMO-0001")
    await tap(district, clerk, "杨帆 · DEMO-0001", "子女入学")
    await fills_in_whatever_is_asked(district, clerk)
    assert "持卡人：杨帆" in clerk.last.text
    assert "关于：持卡人本人（家人）" in clerk.last.text
    assert "我本人" not in clerk.last.text

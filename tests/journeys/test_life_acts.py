"""The acts after filing, each by the person whose it is: other hands, opening again, materials, corrections."""

from __future__ import annotations

from district import District
from filed import files
from taps import tap

from sandbox import Person


async def delivers(district: District, owner: Person, result: str = "办好了") -> None:
    """Accept and deliver."""
    await tap(district, owner, "接单", "送单")
    await owner.says(result)
    await district.settles()


async def test_not_solved_is_asked_in_the_news_until_it_is_said(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await tap(district, liaison, "接单", "请补材料")
    await liaison.says("户口簿")
    await talent.hears("需要您补材料")
    await district.settles()
    assert "等您补材料" in (await talent.hears("👤")).text
    assert "等持卡人补材料" in (await liaison.hears("👤")).text
    await tap(district, liaison, "送单")
    await liaison.says("办好了")
    news = await talent.hears("您说了算")
    await talent.presses("没有解决", on=news)
    await tap(district, talent, "取消")
    await talent.presses("没有解决", on=news)  # whoever let it be can still say either
    await talent.hears("哪里没有解决")
    await talent.says("学校说没收到")
    told = await talent.hears("升了一级，由")
    assert "12月" in told.text or "11月" in told.text
    await district.settles()
    assert not (await talent.hears("您说了算")).inline


async def test_a_matter_is_handed_to_another_office_with_its_history(district: District) -> None:
    talent, liaison, department = district.talent, district.liaison, district.department
    await files(district, words="娃儿转学")
    await tap(district, liaison, "接单", "转交", "教育主管部门", "江禾")
    await liaison.hears("为什么转")
    await liaison.says("入学归教育部门办")
    card = await department.hears("EY-2026-000001")
    assert "转给教育主管部门的江禾" in card.text
    await talent.hears("转给教育主管部门")
    await district.settles()
    gone = await liaison.hears("已经转给别人")
    assert not gone.buttons
    await tap(district, department, "全部经过")
    whole = await department.hears("入学归教育部门办")
    assert "娃儿转学" in whole.text
    await tap(district, department, "接单")
    await talent.hears("教育主管部门江禾来办")


async def test_an_office_that_arranges_it_itself_is_named_as_the_reason_and_no_dispatcher(district: District) -> None:
    liaison, department = district.liaison, district.department
    await files(district)
    await tap(district, liaison, "接单", "转交", "教育主管部门")
    await liaison.hears("转给教育主管部门的哪一位")
    await tap(district, liaison, "由该单位安排")
    await liaison.says("入学归教育部门办")
    card = await department.hears("EY-2026-000001")
    assert "转给教育主管部门办理" in card.text
    assert "人才办" not in card.text


async def test_whoever_sends_it_to_an_office_without_anybody_is_told_so_and_keeps_it(district: District) -> None:
    liaison, admin = district.liaison, district.admin
    await files(district)
    await tap(district, liaison, "接单", "转交", "住房主管部门")
    assert "住房主管部门今天没有人能接" in liaison.toasts[-1]
    await tap(district, liaison, "教育主管部门")  # the list is still there
    await liaison.hears("转给教育主管部门的哪一位")
    await tap(district, liaison, "取消", "不归我办")
    await liaison.says("不归我")
    await tap(district, admin, "派给一个单位", "住房主管部门")
    assert "住房主管部门今天没有人能接" in admin.toasts[-1]
    await tap(district, admin, "教育主管部门")
    assert "由人才办派给教育主管部门" in (await district.department.hears("EY-2026-000001")).text


async def test_solved_is_recorded_at_once_and_counts_without_a_rating(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await talent.presses("办好了", on=await talent.hears("您说了算"))
    await liaison.hears("持卡人确认办好了。")
    asked = await talent.hears("1 分最差")
    await district.settles()
    assert "已办结" in (await talent.hears("👤")).text
    await district.admin.says("/stats")
    assert "确认解决 100%（1/1）" in (await district.admin.hears("三率")).text
    await talent.presses("3★", on=asked)
    assert "3 分" in (await liaison.hears("收到评分")).text


async def test_the_inbox_says_whose_turn_it_is(district: District) -> None:
    liaison = district.liaison

    async def listed() -> str:
        await district.settles()
        await liaison.says("/inbox")
        await district.settles()
        assert "您手上有 1 件事" in liaison.last.text
        return str(liaison.last.buttons[0][0])

    await files(district)
    assert await listed() == "🆕 EY-2026-000001 🎒 子女入学 · 11月23日（周一）15:00 前接单"
    await tap(district, liaison, "✅ 接单")
    assert await listed() == "EY-2026-000001 🎒 子女入学 · 11月30日（周一）10:00 前办好"
    await tap(district, liaison, "请补材料")
    await liaison.says("户口簿")
    await liaison.hears("期限暂停")
    assert await listed() == "⏸ EY-2026-000001 🎒 子女入学 · 等材料"
    await tap(district, liaison, "送单")
    await liaison.says("办好了")
    await liaison.hears("已送单")
    assert await listed() == "📦 EY-2026-000001 🎒 子女入学 · 等持卡人确认"


async def test_the_inbox_counts_everything_and_turns_its_pages(district: District) -> None:
    liaison, held = district.liaison, [await files(district) for _ in range(23)]
    await liaison.says("/inbox")
    first = await liaison.hears("手上有 23 件事")
    assert [label for row in first.buttons for label in row][-1] == "后面的 ➡️"
    await tap(district, liaison, "后面的")
    listed = [label for row in liaison.last.buttons for label in row]
    assert "23 件" in liaison.last.text
    assert [label.split()[1] for label in listed[:-1]] == [each.number for each in held[20:]]
    assert listed[-1] == "⬅️ 前面的"
    await tap(district, liaison, "前面的")
    assert held[0].number in liaison.last.buttons[0][0]


async def test_silence_closes_it_unrated_then_it_can_be_rated_and_reopened(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await talent.hears("您说了算")
    await district.passes(days=8)
    assert "没办好的话，12月" in (await talent.hears("先办结了")).text
    await tap(district, talent, "⭐ 评分", "4★")
    await liaison.hears("4 分")
    await tap(district, talent, "重新办理")
    await talent.hears("还有什么没有解决")
    await talent.says("学校又说不行")
    await talent.hears("重新办理，升了一级")
    await district.settles()
    assert "升一级" in (await talent.hears("👤")).text


async def test_after_fifteen_working_days_it_is_too_late_to_reopen(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await tap(district, talent, "办好了", "5★")
    await district.passes(days=30)
    await talent.says("/do 1 重新办理 又出问题了")
    await talent.hears("现在已经过了")


async def test_a_result_can_be_corrected_after_it_was_delivered(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison, "3月1日报到")
    await tap(district, liaison, "更正结果")
    await liaison.says("更正：3月8日报到")
    await district.settles()
    assert "3月8日" in (await talent.hears("更正：3月8日报到")).text


async def test_materials_are_ticked_and_a_file_resumes_the_clock(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await tap(district, liaison, "接单", "请补材料")
    await liaison.hears("点选")
    await tap(district, liaison, "户口簿")
    await liaison.hears("☐ 户口簿")
    await liaison.says("孩子的学籍号")
    wanted = await talent.hears("需要您补材料")
    assert "☐ 户口簿" in wanted.text
    assert "☐ 孩子的学籍号" in wanted.text
    await district.settles()
    await district.passes(days=1)
    await talent.hears("还在等您的材料")
    card = await talent.hears("⏸")
    await talent.sends_document(b"%PDF-1.7", "户口簿.pdf", reply_to=card)  # no button: a file is what was waited for
    await liaison.hears("材料补来了")
    await district.settles()
    assert "🔵接单" in (await talent.hears("👤")).text


async def test_every_act_by_typing_with_the_number(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await liaison.says("/do EY-2026-000001")
    offered = await liaison.hears("您可以")
    assert "接单" in offered.text
    await liaison.says("/do 1 接单")
    await talent.hears("接单了")
    await talent.says("/do 1 urge")
    await liaison.hears("来催了")
    await talent.says("/do 1 接单")
    await talent.hears("不归您办")
    await talent.says("/do 1 飞起来")
    await talent.hears("没有“飞起来”这一步")
    await district.department.says("/do EY-2026-000001")
    await district.department.hears("没有找到这件事")
    await liaison.says("/do 000001 送单")
    await liaison.says("办妥了")
    await talent.hears("您说了算")
    await talent.says("/do EY-2026-000001 确认办好 5")
    await liaison.hears("评分 5")


async def test_what_came_back_can_be_taken_by_the_dispatcher_themselves(district: District) -> None:
    talent, liaison, admin = district.talent, district.liaison, district.admin
    await files(district)
    await tap(district, liaison, "不归我办")
    await liaison.says("不知道归谁")
    await tap(district, admin, "接单")
    told = await talent.hears("接单了")
    assert "周安" in told.text
    await district.settles()
    for card in (await talent.hears("👤"), await admin.hears("👤")):  # that it went astray helps nobody any more
        assert "由区人才工作办公室自己接下来办" in card.text
        assert "派错了单位" not in card.text
    assert "11月30日" in told.text  # the cardholder's date did not move

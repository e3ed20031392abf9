"""What a form and the talk around a matter say in passing: exact, and never a question that waits for nothing."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import PHOTO, District
from filed import files
from taps import tap

pytestmark = SPOKEN


@pytest.mark.parametrize(
    ("words", "taken"), [("小学一年级", True), ("读初中嘛", True), ("不是小学", False), ("小学还是初中", False)]
)
async def test_longer_words_that_name_one_choice_are_that_choice(district: District, words: str, taken: bool) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学")
    await talent.says(words)
    await district.settles()
    assert ("新入学还是转学" in talent.last.text) == taken


async def test_an_answer_given_before_is_kept_by_a_button_that_says_so(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    form = await tap(district, talent, "同意，继续", "子女入学", "小学", "转学")
    assert any("跳过" in label for row in form.buttons for label in row)
    await talent.says("明年9月")
    again = await tap(district, talent, "上一步")
    assert any("不改" in label for row in again.buttons for label in row)
    assert not any("跳过" in label for row in again.buttons for label in row)


async def test_papers_that_help_are_named_also_after_the_first_has_come(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学")
    await talent.sends_photo(PHOTO)
    await tap(district, talent, "转学", "跳过", "跳过")
    assert "已收到 1 份材料" in talent.last.text
    assert "户口簿或出生证明" in talent.last.text


async def test_files_that_are_passed_on_to_nobody_leave_no_question_behind(district: District) -> None:
    talent = district.talent
    await files(district)
    await talent.sends_photo(PHOTO)
    await district.settles()
    await district.passes(seconds=2)
    which = await talent.hears("关于哪一件事")
    await talent.presses("不转了", on=which)
    await talent.hears("没有转给任何人")
    await district.settles()
    assert not any("关于哪一件事" in each.text for each in talent.messages)


async def test_more_time_that_is_refused_names_the_date_that_stands(district: District) -> None:
    liaison, admin = district.liaison, district.admin
    await files(district)
    await tap(district, liaison, "接单", "申请延期")
    await liaison.says("12月10日")
    await liaison.hears("为什么要延期")
    await liaison.says("学校要核实")
    await admin.hears("申请延期到")
    await tap(district, admin, "不同意延期")
    await admin.says("太久了")
    assert "前办好" in (await liaison.hears("的延期没有同意，还是 ")).text


async def test_a_result_says_when_silence_closes_it_and_a_file_alone_is_named_as_the_result(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await tap(district, liaison, "接单", "送单")
    await liaison.sends_photo(PHOTO)
    news = await talent.hears("结果见附件")
    assert "\n\n\n" not in news.text
    assert "月" in news.text.partition("您说了算。")[2].partition(" 前没有您的回音")[0]


@pytest.mark.parametrize(("label", "said"), [("同意", "已同意，马上办"), ("不同意", "已记下：不同意")])
async def test_the_second_person_keeps_a_line_of_what_they_decided(district: District, label: str, said: str) -> None:
    await district.director.start()
    await district.admin.says("/roster")
    await tap(district, district.admin, "导出")
    await district.director.presses(label, on=await district.director.hears("要导出花名册"))
    await district.director.hears(said)


async def test_help_tells_a_guest_where_the_card_is_linked(district: District) -> None:
    await district.guest.says("/help")
    assert "/card" in (await district.guest.hears("Who is responsible for me")).text

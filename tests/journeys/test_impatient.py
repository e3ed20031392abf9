"""Two quick taps, and buttons of an earlier step or form: nothing is answered that was not seen."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from filed import files
from sqlalchemy import delete
from taps import tap

from db.schema.binding import consents
from sandbox import Message

pytestmark = SPOKEN


def token(message: Message, label: str) -> str:
    """What a button sends, as a phone still knows it that has not seen the message change."""
    return str(next(each["callback_data"] for row in message.inline for each in row if label in each["text"]))


async def test_a_second_tap_on_a_choice_does_not_answer_the_next_question(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    form = await tap(district, talent, "同意，继续", "子女入学")
    primary = token(form, "小学")
    for _tap in range(2):
        await talent.presses_data(primary, form)
    await district.settles()
    assert "新入学还是转学" in talent.last.text
    assert talent.toasts[-1].startswith("这一步已经过了")
    await tap(district, talent, "新入学", "跳过", "跳过", "先不发材料")
    assert "入学方式：新入学" in talent.last.text


async def test_a_choice_left_over_from_another_form_answers_nothing(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    old = await tap(district, talent, "同意，继续", "子女入学")
    primary = token(old, "小学")
    await talent.says("/cancel")
    await talent.says("/new")
    await tap(district, talent, "人才公寓与住房", "我本人")
    await talent.presses_data(primary, old)
    await district.settles()
    assert "是哪方面的事" in talent.last.text


async def test_only_the_review_that_was_seen_last_is_submitted(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    review = await tap(district, talent, "同意，继续", "子女入学", "小学", "转学", "跳过", "跳过", "先不发材料")
    submit = token(review, "提交")
    await talent.says("住在登科街道")
    await talent.hears("住在登科街道")
    await talent.presses_data(submit, review)
    await district.settles()
    assert not any("已提交" in each.text for each in talent.messages)
    await tap(district, talent, "提交")
    await talent.hears("EY-2026-000001")


async def test_a_second_tap_on_a_consent_leaves_the_next_question_to_be_read(district: District) -> None:
    talent = district.talent
    async with district.parts.database.write() as tx:
        await tx.execute(delete(consents))
    await talent.says("娃儿上学咋个办")
    notice = await tap(district, talent, "帮我办这件事")
    for label, then in (("同意，继续", "单独问您一句"), ("单独同意", "孩子要上哪个阶段")):
        agree = token(notice, label)
        for _tap in range(2):
            await talent.presses_data(agree, notice)
        await district.settles()
        assert then in "".join(each.text for each in talent.messages)
        notice = talent.last
    assert not any("谢谢，已记下" in each.text for each in talent.messages)


async def test_words_after_handing_over_has_begun_are_no_reason_for_more_time(district: District) -> None:
    liaison = district.liaison
    await files(district)
    await tap(district, liaison, "接单", "申请延期")
    await liaison.says("12月10日")
    await liaison.hears("为什么要延期")
    await tap(district, liaison, "转交", "教育主管部门")
    await liaison.says("应由教育部门办")
    await district.settles()
    assert not any("已报上级" in each.text for each in liaison.messages)


@pytest.mark.parametrize(
    ("words", "label"), [("我们厂门口的路灯坏了三个月", "有事要办"), ("娃儿上学咋个办", "帮我办这件事")]
)
async def test_a_double_tap_on_the_offer_to_hand_a_question_over_asks_once(
    district: District, words: str, label: str
) -> None:
    talent = district.talent
    async with district.parts.database.write() as tx:
        await tx.execute(delete(consents))
    await talent.says(words)
    await district.settles()
    offer = talent.last
    for _tap in range(2):
        await talent.presses_data(token(offer, label), offer)
    await district.settles()
    assert sum("办事前" in each.text for each in talent.messages) == 1
    assert talent.toasts[-1].startswith("已经打开了")
    await district.passes(minutes=5)  # it is further up by now, and asked for again
    await talent.presses_data(token(offer, label), offer)
    await district.settles()
    assert sum("办事前" in each.text for each in talent.messages) == 2

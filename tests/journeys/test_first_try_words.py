"""What somebody stumbles over who tries the bot in words: each answer fits what was said, and no button outlives it."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from filed import files
from sqlalchemy import delete
from test_life_acts import delivers, tap

from db.schema.binding import consents
from handlers.other_language import written_in
from sandbox import Person

pytestmark = SPOKEN


def times(person: Person, text: str) -> int:
    """How many messages to this person contain the text."""
    return sum(message.from_bot and text in message.text for message in person.messages)


@pytest.mark.parametrize("words", ["今天天气怎么样", "我们单位门口路灯坏了", "小区停水三天了找谁"])
async def test_whoever_holds_a_card_need_not_know_whose_it_is_to_have_it_handled(
    district: District, words: str
) -> None:
    talent = district.talent
    await talent.says(words)
    told = await talent.hears("归哪个单位管不用您打听")
    assert told.buttons == [["📝 有事要办，帮我找人"], ["📖 看看有哪些政策"]]
    await talent.presses("有事要办", on=told)
    await tap(district, talent, "同意，继续", "我本人")
    assert f"您说：“{words}”" in (await talent.hears("希望办成什么样")).text  # it need not be said again
    await talent.says("希望尽快修好")
    await tap(district, talent, "跳过", "先不发材料")
    assert f"您的话：{words}" in talent.last.text
    await tap(district, talent, "提交")
    assert words in (await district.liaison.hears("其他事")).text


async def test_words_that_wait_for_their_matter_can_be_a_new_one(district: District) -> None:
    talent = district.talent
    await files(district)
    await talent.says("我们单位门口路灯坏了")
    which = await talent.hears("关于哪一件事")
    await talent.presses("是新的事，帮我办", on=which)
    await tap(district, talent, "同意，继续")
    assert (await talent.hears("要办哪一类事")).buttons[0][0] == "💬 其他事"  # what it is likeliest about comes first
    await tap(district, talent, "其他事", "我本人")
    await talent.says("希望尽快修好")
    await tap(district, talent, "跳过", "先不发材料")
    assert "您的话：我们单位门口路灯坏了" in talent.last.text
    await tap(district, talent, "提交")
    await talent.hears("EY-2026-000002")


async def test_a_new_matter_does_not_throw_away_a_form_that_is_half_done_unasked(district: District) -> None:
    talent = district.talent
    await files(district)
    await talent.says("门口路灯坏了半个月")
    which = await talent.hears("关于哪一件事")
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学")
    await talent.presses("是新的事，帮我办", on=which)
    await talent.hears("还没提交的表")
    await tap(district, talent, "不要了，重新开始")
    assert "门口路灯坏了半个月" in (await talent.hears("要办哪一类事")).text


async def test_what_is_none_of_ours_is_answered_though_a_matter_is_open(district: District) -> None:
    talent = district.talent
    await files(district)
    for said in ("今天天气怎么样", "身份证丢了在哪里补办", "明天足球比赛几点"):
        await talent.says(said)
        await talent.hears("这个不在我的问答里", after=talent.last)
    assert times(talent, "关于哪一件事") == 0


@pytest.mark.parametrize(
    "words",
    [
        "急！我爸心脏病发作了",
        "老人突然晕倒了怎么办",
        "救命",
        "救命！我爸心脏病发作了！",
        "emergency my father has chest pain",
    ],
)
async def test_whoever_writes_of_an_emergency_is_told_at_once_whom_to_call(district: District, words: str) -> None:
    talent, guest = district.talent, district.guest
    await talent.says(words)
    await talent.hears("马上打电话，别等这里回复")
    await guest.says(words)
    await guest.hears("Please phone now; do not wait for a reply here")


async def test_an_emergency_is_answered_though_a_matter_is_open(district: District) -> None:
    await files(district)
    await district.talent.says("老人突然晕倒了怎么办")
    await district.talent.hears("马上打电话，别等这里回复")
    assert times(district.talent, "关于哪一件事") == 0


async def test_two_questions_in_one_message_are_both_answered(district: District) -> None:
    talent, guest = district.talent, district.guest
    await talent.says("卡到期了咋个续？另外娃儿上学咋个办？")
    first = await talent.hears("我的卡还有效吗")
    await talent.hears("娃儿上学怎么办", after=first)
    await guest.says("How do I renew my card? And also how do I get my child into school?")
    first = await guest.hears("Is my card valid?")
    await guest.hears("Getting a child into school", after=first)


async def test_a_guest_hears_what_is_ours(district: District) -> None:
    guest = district.guest
    await guest.says("play a song")
    await guest.hears("Enyang's talent policies")


async def test_english_is_answered_and_english_offered_once_in_a_while(district: District) -> None:
    talent = district.talent
    await talent.says("How do I get my child into school?")
    await talent.hears("来源")
    offered = await talent.hears("Shall I answer in English?")
    await talent.says("How do I apply for a flat?")
    await district.settles()
    assert times(talent, "Shall I answer in English?") == 1
    await district.passes(days=8)
    await talent.says("How do I apply for a flat?")
    await talent.hears("Shall I answer in English?", after=offered)
    await tap(district, talent, "English")
    await talent.says("人才公寓怎么申请")
    await talent.hears("Source:")
    await talent.hears("要我用中文回答吗？")


async def test_what_is_in_the_same_language_or_in_both_gets_no_offer(district: District) -> None:
    talent, guest = district.talent, district.guest
    for words in ("人才公寓怎么申请", "EY card", "Visa 签证怎么办 please help"):
        await talent.says(words)
    await guest.says("How do I apply for a flat?")
    await district.settles()
    assert not times(talent, "Shall I answer") + times(guest, "回答吗")


async def test_words_instead_of_a_consent_are_asked_for_a_press_and_a_question_is_answered(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    first = await talent.hears("办事前")
    await talent.says("好的，同意")
    please = await talent.hears("按一下按钮", after=first)
    again = await talent.hears("办事前", after=please)
    await talent.says("人才公寓怎么申请")
    await talent.hears("来源", after=again)
    await district.settles()
    assert "办事前" in talent.last.text
    assert not times(talent, "没有现成的答案")
    await tap(district, talent, "同意，继续")
    await talent.hears("哪一类")


async def test_a_sensitive_consent_is_asked_again_as_itself(district: District) -> None:
    talent = district.talent
    async with district.parts.database.write() as tx:
        await tx.execute(delete(consents))
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学")
    asked = await talent.hears("孩子的信息")
    await talent.says("可以")
    await talent.hears("孩子的信息", after=asked)
    await tap(district, talent, "单独同意，继续", "小学")
    await talent.hears("新入学还是转学")


async def test_a_form_begun_from_an_answer_counts_only_what_it_asks(district: District) -> None:
    talent = district.talent
    await talent.says("娃儿上学咋个办")
    await talent.hears("来源")
    await tap(district, talent, "帮我办这件事", "同意，继续")
    assert "（1/5）" in talent.last.text
    await tap(district, talent, "小学")
    assert "（2/5）" in talent.last.text
    await talent.says("/my")
    assert "（2/5）" in (await talent.hears("还没提交的表")).text
    await tap(district, talent, "接着填", "上一步", "上一步", "子女入学")  # asked after all, the category counts
    assert "（2/6）" in talent.last.text


async def test_a_closed_card_leaves_out_why_it_went_to_whom_and_its_news_have_no_buttons(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    await delivers(district, liaison)
    news = await talent.hears("您说了算")
    card = next(m for m in reversed(talent.messages) if matter.number in m.text and "点单" in m.text)
    why = card.text.split("\n\n")[2].split("\n")[1]
    await talent.presses("没有解决", on=news)
    await tap(district, talent, "取消")
    await talent.presses("办好了", on=news)
    await district.settles()
    assert not (await talent.hears("您说了算")).inline
    await tap(district, talent, "5★")
    closed = next(m for m in reversed(talent.messages) if "已办结" in m.text)
    assert why
    assert why not in closed.text
    theirs = next(m for m in reversed(liaison.messages) if "已办结" in m.text)
    assert why not in theirs.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how to apply for a flat", "en"),
        ("人才公寓怎么申请", "zh"),
        ("EY-2026-000001", None),
        ("Wang Fang", None),
        ("PhD 补贴怎么申请", None),
        ("", None),
    ],
)
def test_words_are_of_a_language_only_where_they_are_enough(text: str, language: str | None, database_url: str) -> None:
    assert written_in(text) == language

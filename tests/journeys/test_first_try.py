"""What somebody stumbles over who tries the bot for the first time, each mended and kept mended."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from filed import files
from test_life_acts import tap

from handlers.courtesy import kind_of
from sandbox import Person
from words import Words


def card_of(person: Person, number: str) -> str:
    """The newest status card of this matter."""
    return next(m.text for m in reversed(person.messages) if m.from_bot and number in m.text and "点单" in m.text)


@SPOKEN
async def test_words_that_wait_for_their_matter_outlast_a_form_and_find_a_matter(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    await talent.says("转学证明周五才开得出来")
    asked = await talent.hears("关于哪一件事")
    await talent.says("/new")
    await tap(district, talent, "同意，继续")
    await talent.hears("哪一类")
    await talent.presses(matter.number, on=asked)
    assert "周五才开得出来" in (await liaison.hears("周五才开得出来")).text
    await district.settles()
    await talent.presses("不办了")
    await talent.hears("已放下")
    await talent.says("再补一句：住在城东")
    await talent.hears("关于哪一件事")
    await talent.says("/new")
    await talent.hears("哪一类")
    await talent.says("/cancel")
    again = await talent.hears("还没转出去")
    assert "住在城东" in again.text
    await district.settles()
    await talent.presses(matter.number)
    await liaison.hears("住在城东")


@SPOKEN
async def test_thanks_are_returned_and_file_nothing(district: District) -> None:
    talent, guest = district.talent, district.guest
    await files(district)
    await talent.says("谢谢！")
    await talent.hears("不客气")
    await talent.says("好的～")
    await talent.hears("有事随时说")
    await guest.says("Thank you!")
    await guest.hears("You are welcome")
    assert not any("哪一件事" in message.text for message in talent.messages)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("谢谢您啦", "thanks"),
        ("Thanks a lot!!", "thanks"),
        ("收到", "okay"),
        ("要得", "okay"),
        ("👍 ok", "okay"),
        ("您好", "hello"),
        ("谢谢，娃儿上学咋个办", None),
        ("好的材料在哪里交", None),
        ("👍", None),
    ],
)
def test_only_a_courtesy_alone_is_one(said: str, kind: str | None) -> None:
    assert kind_of(Words.load(), said) == kind


@SPOKEN
async def test_whoever_is_not_known_yet_is_shown_the_way_in_and_a_card_number_needs_no_hyphen(
    district: District,
) -> None:
    guest = district.guest
    await guest.says("/new")
    way = await guest.hears("bind it here first")
    await guest.presses("I have a card", on=way)
    await tap(district, guest, "I agree, go on")
    await guest.hears("card number")
    await guest.says("I would like to have a flat")
    await guest.hears("letters and digits printed on the card")
    await guest.says("demo 0008")
    await guest.hears("share")
    await guest.shares_contact()
    await district.settles()
    await guest.says("/card")
    await guest.hears("DEMO-0008")


@SPOKEN
async def test_the_first_words_stay_on_the_card_however_much_happens(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district, words="娃儿要转到恩阳读二年级")
    await tap(district, liaison, "接单")
    card = await talent.hears(matter.number)
    for n in range(5):
        await talent.says(f"补充第{n}句", reply_to=card)
        await district.settles()
    for person in (talent, liaison):
        assert "娃儿要转到恩阳读二年级" in card_of(person, matter.number)
        assert "补充第0句" not in card_of(person, matter.number)


@SPOKEN
async def test_a_choice_made_in_english_is_read_in_chinese(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await talent.says("/language")
    await tap(district, talent, "English")
    await talent.says("/new")
    await tap(
        district, talent, "I agree, go on", "School for children", "Primary school", "Change of school", "Skip", "Skip"
    )
    await district.settles()
    for label in ("No papers", "Submit"):
        await district.settles()
        await talent.presses(label)
    card = await liaison.hears("EY-2026-000001")
    assert "小学" in card.text
    assert "Primary school" not in card.text


@SPOKEN
async def test_asking_for_speed_twice_at_once_is_told_when_to_ask_again(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await tap(district, talent, "催一下")
    await talent.presses("催一下")
    await district.settles()
    assert "已经催过了" in talent.toasts[-1]
    assert "12:00" in talent.toasts[-1]
    await district.passes(hours=4)
    await tap(district, talent, "催一下")
    assert sum("来催了" in message.text for message in liaison.messages) == 2

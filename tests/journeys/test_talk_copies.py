"""What is passed on arrives as what it was: captions, albums, voice, long words, files; and edits change the copies."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import PHOTO, District
from filed import files
from sqlalchemy import select, update
from taps import tap
from test_talk_relay import entries_of, gathers, heard, is_asked_for_the_result

from db.schema.matters import matters
from db.schema.people import persons, staff
from handlers import frames

pytestmark = SPOKEN


async def test_a_picture_keeps_its_caption_and_a_voice_message_arrives(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    card = await talent.hears(matter.number)
    await talent.sends_photo(PHOTO, "这是户口本", reply_to=card)
    picture = await heard(district, liaison, "这是户口本")
    assert picture.media == "photo"
    await talent.sends_voice(b"OggS", reply_to=card)
    await district.settles()
    assert liaison.last.media == "voice"
    assert matter.number in liaison.last.text
    await talent.says("收到了吗", reply_to=card)
    await district.settles()
    assert len(await entries_of(district, matter.id)) == 3


async def test_an_album_is_passed_on_as_one_album_with_one_confirmation(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    card = await liaison.hears(matter.number)
    await liaison.presses("留言", on=card)
    await liaison.hears("想说什么")
    await district.settles()
    before = len(liaison.messages)
    await liaison.sends_album([PHOTO, PHOTO, PHOTO], "三张表格，请核对")
    await gathers(district)
    album = [message for message in talent.messages if message.album]
    assert len(album) == 3
    assert len({message.album for message in album}) == 1
    assert "三张表格，请核对" in album[0].text
    assert "何青" in album[0].text
    said = [message for message in liaison.messages[before:] if message.from_bot and "已转达" in message.text]
    assert len(said) == 1
    await talent.says("第三张看不清", reply_to=album[2])
    assert "第三张看不清" in (await heard(district, liaison, "第三张看不清")).text
    assert len(await entries_of(district, matter.id)) == 4


async def test_a_result_with_an_album_brings_its_buttons_and_every_picture(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    await is_asked_for_the_result(district, liaison, matter)
    await liaison.sends_album([PHOTO, PHOTO, PHOTO], "录取通知书")
    await gathers(district)
    told = await heard(district, talent, "送单了")
    assert "录取通知书" in told.text
    assert any("办好了" in label for row in told.buttons for label in row)
    assert len([message for message in talent.messages if message.album]) == 3
    assert len(await entries_of(district, matter.id)) == 3


async def test_an_edit_changes_the_copy_where_it_stands_and_is_kept(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    card = await talent.hears(matter.number)
    said = await talent.says("电话是 138", reply_to=card)
    copy = await heard(district, liaison, "电话是 138")
    await talent.edits(said, "电话是 139")
    await talent.hears("改动已转达")
    await district.settles()
    assert copy.edited
    assert "电话是 139" in copy.text
    assert "改过" in copy.text
    assert [each.text for each in await entries_of(district, matter.id)] == ["电话是 138", "电话是 139"]
    photo = await talent.sends_photo(PHOTO, "正面", reply_to=card)
    under = await heard(district, liaison, "正面")
    await talent.edits(photo, "反面")
    await district.settles()
    assert "反面" in under.text


async def test_long_words_with_wide_signs_are_split_and_nothing_is_lost(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    card = await talent.hears(matter.number)
    words = "😀" * 2040 + "末尾"
    await talent.says(words, reply_to=card)
    await district.settles()
    parts = [message for message in liaison.messages if message.from_bot and "😀" in message.text]
    whole = "".join(message.text for message in parts[-2:])
    assert whole.count("😀") >= 2040
    assert "末尾" in whole
    assert all(frames.units(message.text) <= frames.MESSAGE for message in parts)


async def test_more_than_20_mb_is_told_with_what_to_do(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.matter_turn.LARGEST_FILE", 10)
    talent = district.talent
    matter = await files(district)
    card = await talent.hears(matter.number)
    await talent.sends_document(b"%PDF-1.7 and more", "大文件.pdf", reply_to=card)
    told = await talent.hears("超过 20 MB")
    assert "压缩" in told.text
    assert await entries_of(district, matter.id) == []


async def test_an_edited_result_changes_the_card_too_and_keeps_its_buttons(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    await is_asked_for_the_result(district, liaison, matter)
    result = await liaison.says("3月1日报到")
    told = await heard(district, talent, "3月1日报到")
    await liaison.edits(result, "3月2日报到")
    await district.settles()
    assert "3月2日报到" in told.text
    assert any("办好了" in label for row in told.buttons for label in row)
    card = next(message for message in talent.messages if "点单 →" in message.text)
    assert "办理结果：3月2日报到" in card.text


async def test_whoever_handed_a_matter_over_can_change_nothing_in_it(district: District) -> None:
    talent, liaison, department = district.talent, district.liaison, district.department
    matter = await files(district)
    said = await liaison.says("周四办好", reply_to=await liaison.hears(matter.number))
    copy = await heard(district, talent, "周四办好")
    async with district.parts.database.write() as tx:
        mine = select(staff.c.id).join(persons).where(persons.c.chat_id == department.id).scalar_subquery()
        await tx.execute(update(matters).where(matters.c.id == matter.id).values(owner_id=mine, office="education"))
    await liaison.edits(said, "不办了")
    await liaison.says("还是不办", reply_to=said)
    await district.settles()
    assert copy.text.count("不办") == 0
    assert "不办" not in " ".join(message.text for message in talent.messages)


async def test_words_whose_matter_was_asked_for_are_followed_by_their_edits_before_and_after(
    district: District,
) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    said = await talent.says("我周二下午都在厂里")
    await talent.hears("这是关于哪一件事的")
    await talent.edits(said, "我周三下午都在厂里")
    await district.settles()
    await tap(district, talent, matter.number)
    copy = await heard(district, liaison, "周三下午")
    await talent.edits(said, "我周四下午都在厂里")
    await talent.hears("改动已转达")
    await district.settles()
    assert "周四下午" in copy.text
    assert not liaison.sees("周二下午")


async def test_an_album_that_belongs_to_nothing_gets_one_answer(district: District) -> None:
    await district.talent.sends_album([PHOTO, PHOTO, PHOTO])
    await gathers(district)
    assert [message.from_bot for message in district.talent.messages[-4:]] == [False, False, False, True]

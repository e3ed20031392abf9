"""Several files about one matter, sent one after another: nobody is asked each time which matter they are about."""

from __future__ import annotations

from databases import SPOKEN
from district import PHOTO, District
from filed import files
from taps import tap

from sandbox import Person

pytestmark = SPOKEN

ASKED = "关于哪一件事"


def asked_which(person: Person) -> bool:
    """Whether this person was asked which matter something is about."""
    return any(ASKED in message.text for message in person.messages)


async def settled_files(district: District) -> None:
    """Files are with us, and the moment is over in which they might have been part of an album."""
    await district.settles()
    await district.passes(seconds=3)


async def asked_for_papers(district: District) -> str:
    """A school matter whose handler wants a certificate; its number."""
    matter = await files(district)
    await tap(district, district.liaison, "接单", "请补材料")
    await district.liaison.says("户口簿首页和孩子那一页")
    news = await district.talent.hears("需要您补材料")
    await district.settles()
    await district.talent.presses("补材料", on=news)
    await district.settles()
    return matter.number


async def test_papers_sent_one_by_one_all_reach_the_handler(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    number = await asked_for_papers(district)
    await talent.sends_photo(PHOTO, caption="首页")
    await talent.hears("还有就接着发")
    await talent.sends_document(b"%PDF-1.4", "孩子那一页.pdf")
    await talent.sends_voice(b"OggS")
    await settled_files(district)
    assert not asked_which(talent)
    assert [m.raw["document"]["file_name"] for m in liaison.messages if "document" in m.raw] == ["孩子那一页.pdf"]
    assert any("voice" in m.raw for m in liaison.messages)
    await talent.hears(f"已转达：{number}")
    assert not (await talent.hears("需要您补材料")).inline  # what is answered asks no more
    await tap(district, liaison, "全部经过", "看材料")
    shown = [message.text for message in liaison.messages if "份，共 3 份" in message.text]
    assert [text.split("（")[0] for text in shown] == [f"{number} 第 {n} 份，共 3 份" for n in (1, 2, 3)]
    assert shown[0].endswith("\n首页")


async def test_words_after_papers_are_a_question_again_and_later_files_are_asked_about(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await asked_for_papers(district)
    await talent.sends_photo(PHOTO)
    await talent.says("什么是三个一")
    await talent.hears("三个一")
    await talent.sends_photo(PHOTO)
    await settled_files(district)
    await talent.hears(ASKED)
    await district.settles()
    assert len([m for m in liaison.messages if "photo" in m.raw]) == 1


async def test_what_was_sent_is_not_called_unsent_by_cancel(district: District) -> None:
    await asked_for_papers(district)
    await district.talent.sends_photo(PHOTO)
    await district.talent.hears("还有就接着发")
    await district.talent.says("/cancel")
    await district.talent.hears("没有填到一半的表")


async def test_after_half_an_hour_a_file_may_be_about_anything(district: District) -> None:
    await asked_for_papers(district)
    await district.talent.sends_photo(PHOTO)
    await district.talent.hears("还有就接着发")
    await district.passes(minutes=31)
    await district.talent.sends_photo(PHOTO)
    await settled_files(district)
    await district.talent.hears(ASKED)


async def test_a_certificate_follows_the_result_to_the_cardholder(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await tap(district, liaison, "接单", "送单")
    await liaison.says("入学通知书在下面")
    await liaison.hears("可以接着发")
    await liaison.sends_document(b"%PDF-1.4", "通知书.pdf")
    await settled_files(district)
    assert not asked_which(liaison)
    assert [m.raw["document"]["file_name"] for m in talent.messages if "document" in m.raw] == ["通知书.pdf"]


async def test_files_after_a_note_stay_among_the_staff(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await tap(district, liaison, "接单", "内部备注")
    await liaison.sends_photo(PHOTO, caption="只给同事看")
    await liaison.sends_document(b"%PDF-1.4", "内部.pdf")
    await liaison.hears("持卡人看不到")
    await district.settles()
    assert not any("document" in m.raw or "photo" in m.raw for m in talent.messages)

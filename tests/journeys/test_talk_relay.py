"""Words pass between the cardholder and who holds the matter, stay with it, and notes stay among the staff."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import PHOTO, District
from filed import files
from sqlalchemy import select, update
from taps import tap

from db.schema.matters import matters
from db.schema.people import persons, staff
from desk.desk import Desk
from desk.views import Matter, Words
from sandbox import Person
from sandbox.seen import Message

pytestmark = SPOKEN


async def entries_of(district: District, matter_id: int) -> list[Words]:
    async with district.parts.database.read() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        return await desk.views.words(matter_id, with_internal=True)


async def heard(district: District, person: Person, text: str) -> Message:
    """The newest message to this person that says so and is not the status card."""
    await district.settles()
    found = [m for m in person.messages if m.from_bot and text in m.text and "点单 →" not in m.text]
    assert found, f"nothing says {text!r}: {person.messages[-6:]}"
    return found[-1]


async def is_asked_for_the_result(district: District, person: Person, matter: Matter) -> None:
    """They take the matter, and press that it is done."""
    await person.presses("接单", on=await person.hears(matter.number))
    await district.settles()
    await person.presses("送单")
    await person.hears("办理结果是什么")


async def gathers(district: District) -> None:
    """Let the parts of an album come together."""
    await district.settles()
    await district.passes(seconds=3)


async def test_a_reply_to_the_card_reaches_the_handler_and_the_answer_quotes_it(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    card = await talent.hears(matter.number)
    asked = await talent.says("周五 <b>之前</b> 能办好吗？https://example.org", reply_to=card)
    question = await heard(district, liaison, "周五 <b>之前</b> 能办好吗")
    assert "杨帆" in question.text
    assert question.raw["link_preview_options"]["is_disabled"]
    await talent.hears("已转达")
    await liaison.says("可以，周四就能办好", reply_to=question)
    answer = await heard(district, talent, "周四就能办好")
    assert answer.reply_to == asked.id
    assert "何青" in answer.text
    await talent.says("太好了", reply_to=answer)
    thanks = await heard(district, liaison, "太好了")
    assert thanks.reply_to is not None
    assert [each.text for each in await entries_of(district, matter.id)] == [
        "周五 <b>之前</b> 能办好吗？https://example.org",
        "可以，周四就能办好",
        "太好了",
    ]


async def test_an_internal_note_never_reaches_the_cardholder(district: District) -> None:
    """Not as news, not in the card, not in the history, not through files, an album, an edit, or a reply."""
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    theirs = await liaison.hears(matter.number)
    await liaison.presses("内部备注", on=theirs)
    note = await liaison.says("SECRET-WORDS 领导打过招呼")
    await liaison.hears("持卡人看不到")
    await liaison.edits(note, "SECRET-EDITED")
    await district.settles()
    await liaison.presses("内部备注", on=theirs)
    await liaison.hears("写内部备注", after=note)
    await liaison.sends_album([PHOTO, PHOTO], "SECRET-ALBUM")
    await gathers(district)
    await talent.presses("全部经过")
    await district.settles()
    await talent.presses("看材料")
    await district.passes(hours=1)
    seen = " ".join(message.text for message in talent.messages)
    assert "SECRET" not in seen
    assert "内部备注" not in seen
    assert not [message for message in talent.messages if message.media and message.from_bot]
    await liaison.presses("全部经过", on=theirs)
    await district.settles()
    assert "SECRET-EDITED" in liaison.last.text


async def test_a_reply_to_a_note_stays_among_the_staff(district: District) -> None:
    talent, liaison, admin = district.talent, district.liaison, district.admin
    matter = await files(district)
    async with district.parts.database.write() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        await desk.post.card(matter.id, (await desk.people.with_role("dispatcher"))[0].id, admin.id)
    card = await liaison.hears(matter.number)
    await liaison.says("先留个话", reply_to=card)  # refreshes everybody's card, so that the dispatcher has one
    await district.settles()
    await admin.presses("内部备注")
    await admin.says("HUSH 先别答应")
    note = await heard(district, liaison, "HUSH")
    await liaison.says("HUSH 明白", reply_to=note)
    await liaison.hears("持卡人看不到")
    await district.settles()
    assert "HUSH" not in " ".join(message.text for message in talent.messages)


async def test_after_closing_words_go_to_the_last_owner(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    card = await talent.hears(matter.number)
    await liaison.presses("接单")
    await district.settles()
    await liaison.presses("送单")
    await liaison.says("办好了，3月1日报到")
    await talent.hears("办好了吗")
    await talent.presses("办好了")
    await talent.hears("1 分最差")
    await talent.presses("5★")
    await district.settles()
    await talent.says("忘了问，几点报到", reply_to=card)
    assert "杨帆" in (await heard(district, liaison, "几点报到")).text


async def test_words_for_an_owner_who_has_left_go_to_the_dispatcher(district: District) -> None:
    talent, liaison, admin = district.talent, district.liaison, district.admin
    matter = await files(district)
    card = await talent.hears(matter.number)
    async with district.parts.database.write() as tx:
        closed = (
            update(matters).where(matters.c.id == matter.id).values(status="closed", closed_at=district.clock.now())
        )
        await tx.execute(closed)
        theirs = select(persons.c.id).where(persons.c.chat_id == liaison.id).scalar_subquery()
        await tx.execute(update(staff).where(staff.c.person_id == theirs).values(active=False))
    question = await talent.says("还有一个问题", reply_to=card)
    words = await heard(district, admin, "还有一个问题")
    await admin.says("我来答复", reply_to=words)
    assert (await heard(district, talent, "我来答复")).reply_to == question.id


async def test_words_without_a_reply_are_asked_about_once_and_passed_on(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    await files(district, category="loan", concern="team")
    await talent.sends_album([PHOTO, PHOTO], "补充的照片")
    await gathers(district)
    which = [message for message in talent.messages if "关于哪一件事" in message.text]
    assert len(which) == 1
    await talent.presses(matter.number, on=which[0])
    await gathers(district)
    assert len([message for message in liaison.messages if message.album]) == 2
    assert "补充的照片" in " ".join(message.text for message in liaison.messages)
    assert which[0].text == f"✅ 已转达：{matter.number}"  # the question has become its answer


async def test_words_that_waited_for_a_matter_that_is_over_do_not_catch_the_next_question(district: District) -> None:
    talent = district.talent
    matter = await files(district)
    await talent.says("转学证明周五才开得出来")
    await talent.hears("关于哪一件事")
    await talent.says(f"/do {matter.number} 撤回")
    await district.settles()
    await talent.presses("撤回")
    await district.settles()
    await talent.says("今天天气怎么样")
    await heard(district, talent, "这个不在我的问答里")
    assert len([message for message in talent.messages if "关于哪一件事" in message.text]) == 1


async def test_a_ready_made_reply_is_sent_with_one_press(district: District) -> None:
    talent, department = district.talent, district.department
    matter = await files(district, category="award", concern="project")
    card = await department.hears(matter.number)
    await department.presses("留言", on=card)
    await department.hears("想说什么")
    await department.presses("材料齐了")
    assert "材料齐了，我们核对后给您答复" in (await talent.hears("材料齐了")).text


async def test_an_office_that_shows_no_names_has_handlers(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    office = district.parts.services.house.catalogue.office("organisation")
    assert office is not None
    monkeypatch.setitem(office.__dict__, "shows_name", False)
    talent, liaison = district.talent, district.liaison
    matter = await files(district)
    card = await talent.hears(matter.number)
    await liaison.presses("接单")
    await talent.hears("接单了")
    theirs = await liaison.hears(matter.number)
    await liaison.says("正在办", reply_to=theirs)
    await talent.hears("正在办")
    await talent.presses("全部经过", on=card)
    await talent.says("/contacts")
    await talent.hears("对口联系人")
    await district.settles()
    seen = " ".join(message.text for message in talent.messages)
    assert "何青" not in seen
    assert "经办人" in seen


async def test_a_new_owner_opens_the_whole_history(district: District) -> None:
    talent, department = district.talent, district.department
    matter = await files(district, words="想转学")
    card = await talent.hears(matter.number)
    await talent.sends_photo(PHOTO, "成绩单", reply_to=card)
    await talent.says("孩子上三年级", reply_to=card)
    await district.settles()
    async with district.parts.database.write() as tx:
        mine = select(staff.c.id).join(persons).where(persons.c.chat_id == department.id).scalar_subquery()
        await tx.execute(update(matters).where(matters.c.id == matter.id).values(owner_id=mine, office="education"))
    await talent.says("换人了吗", reply_to=card)
    theirs = await department.hears(matter.number)
    await department.presses("全部经过", on=theirs)
    await district.settles()
    history = department.last
    assert "孩子上三年级" in history.text
    assert "成绩单" in history.text
    assert "想转学" in history.text
    await department.presses("看材料", on=history)
    await district.settles()
    assert department.last.media == "photo"


async def test_each_side_reads_its_own_language_around_the_same_words(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await talent.presses("English")
    await talent.presses("English", on=await talent.hears("Which language"))
    await district.settles()
    matter = await files(district)
    card = await talent.hears(matter.number)
    await talent.says("When can my child start?", reply_to=card)
    await talent.hears("Passed on")
    question = await heard(district, liaison, "When can my child start?")
    await liaison.sends_photo(PHOTO, "三月一日", reply_to=question)
    answer = await heard(district, talent, "三月一日")
    assert "Organisation department" in answer.text
    await talent.sends_photo(PHOTO)
    await district.settles()
    await district.passes(seconds=3)
    await talent.hears("Which matter is this about")
    await talent.presses("Do not pass it on")
    await district.settles()
    assert len([message for message in liaison.messages if message.media and message.from_bot]) == 0


async def test_a_name_that_would_turn_our_lines_is_shown_plain(district: District) -> None:
    guest, liaison = district.talent, district.liaison
    async with district.parts.database.write() as tx:
        evil = "\u202e杨\u200b帆\u202c\n✅ 已办结"
        await tx.execute(update(persons).where(persons.c.chat_id == guest.id).values(name=evil))
    matter = await files(district)
    await guest.says("在吗", reply_to=await guest.hears(matter.number))
    words = await heard(district, liaison, "在吗")
    assert "杨帆 ✅ 已办结" in words.text
    assert "\u202e" not in words.text


async def test_a_transfer_that_is_let_be_says_so(district: District) -> None:
    await files(district)
    await tap(district, district.liaison, "转交给别人办…", "取消")
    assert district.liaison.last.text == "好，这一步先不做。"

"""What people type, send or say where a press was expected: it is taken for what it is, or told what is wanted."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import PHOTO, District
from filed import files
from sqlalchemy import select
from taps import tap
from test_first_try_words import times
from test_life_acts import delivers

from db.schema.matters import matters
from handlers.rating import typed

pytestmark = SPOKEN


async def column(district: District, name: str) -> object:
    async with district.parts.database.read() as tx:
        return await tx.scalar(select(matters.c[name]))


async def wants_papers(district: District) -> None:
    """A matter whose handler waits for papers."""
    await files(district)
    await tap(district, district.liaison, "接单", "请补材料")
    await district.liaison.says("居住证复印件")
    await district.talent.hears("需要您补材料")
    await district.settles()


async def test_a_rating_is_typed_while_it_is_the_last_thing_asked(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await tap(district, talent, "办好了")
    await talent.hears("1 分最差")
    await talent.says("5分")
    await talent.hears("谢谢您评了 5 分")
    await district.settles()
    assert await column(district, "rating") == 5
    await talent.says("4")
    await district.settles()
    assert await column(district, "rating") == 5


async def test_a_number_after_anything_else_was_said_is_no_rating(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await tap(district, talent, "办好了")
    asked = await talent.hears("1 分最差")
    await district.passes(minutes=1)
    await liaison.says("顺便问一下，家里几个孩子？", reply_to=await liaison.hears("持卡人确认办好了"))
    await talent.hears("家里几个孩子")
    await talent.says("2")
    await district.settles()
    assert await column(district, "rating") is None
    await talent.presses("5★", on=asked)
    await district.settles()
    assert await column(district, "rating") == 5


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("5", 5),
        (" 5 分。", 5),
        ("五星", 5),
        ("⭐⭐⭐⭐⭐", 5),
        ("⭐️⭐️⭐️", 3),
        ("4★", 4),
        ("4/5", 4),
        ("3 stars", 3),
        ("我给5分", 5),
        ("6", None),
        ("0", None),
        ("5个人", None),
        ("15", None),
        ("", None),
    ],
)
def test_only_one_to_five_by_itself_is_a_rating(text: str, rating: int | None, database_url: str) -> None:
    assert typed(text) == rating


async def test_what_cannot_be_taken_skips_no_question(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "转学")
    asked = await talent.hears("希望什么时候入学")
    await talent.sends_location(31.8, 106.6)
    await talent.hears("不想答就按“跳过 ➡️”", after=asked)
    again = await talent.hears("希望什么时候入学", after=asked)
    await talent.shares_contact()
    await talent.hears("希望什么时候入学", after=again)
    await talent.says("2020-01-01")
    await talent.hears("这个日子已经过了")
    await talent.says("下学期")
    await talent.hears("只知道月份，就写“明年9月”")
    await talent.says("明年9月")
    await talent.hears("还有什么情况")
    await tap(district, talent, "跳过")
    await talent.sends_location(31.8, 106.6)
    await talent.hears("这一步请发照片或文件")


async def test_a_skipped_question_leaves_no_empty_line_on_the_card(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "转学", "跳过", "跳过", "先不发材料", "提交")
    card = await district.liaison.hears("EY-2026-000001")
    assert "转学" in card.text
    assert "希望入学时间" not in card.text


async def test_a_dot_is_no_reason_and_a_face_no_answer(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await tap(district, talent, "没有解决")
    for nothing in (".", "😀"):
        said = await talent.says(nothing)
        await talent.hears("请写一句话", after=said)
    await talent.says("/do 1 没有解决 。")
    await district.settles()
    assert await column(district, "status") == "delivered"
    await talent.says("学校不收")
    await talent.hears("升了一级")


async def test_acts_are_listed_with_the_comma_of_the_language(district: District) -> None:
    talent = district.talent
    await files(district)
    await talent.says("/language")
    await tap(district, talent, "English")
    await talent.says("/do 1")
    listed = (await talent.hears("You can")).text
    assert "、" not in listed
    assert ", " in listed


async def test_a_question_is_answered_though_a_consent_waits(district: District) -> None:
    talent = district.talent
    await files(district)
    await talent.says("/new")
    await talent.hears("办事前")
    await talent.says("英才卡丢了还要不要紧呢？")
    await district.settles()
    assert times(talent, "按一下按钮") == 0
    told = await talent.says("EY-2026-000001 办得怎么样了")
    card = await talent.hears("👤", after=told)
    assert "EY-2026-000001" in card.text
    assert times(talent, "按一下按钮") == 0
    await tap(district, talent, "同意，继续")
    await talent.hears("哪一类")


@pytest.mark.parametrize("words", ["EY-2026-000001", "ey-2026-1", "EY-2026-000001 any news?", "EY-2026-000001进展？"])
async def test_ones_own_number_brings_the_card(district: District, words: str) -> None:
    talent = district.talent
    await files(district)
    said = await talent.says(words)
    assert "EY-2026-000001" in (await talent.hears("👤", after=said)).text
    assert not times(talent, "没有现成的答案")


async def test_somebody_elses_number_tells_nothing(district: District) -> None:
    run_team = district.run_team
    await files(district)
    heard = []
    for number in ("EY-2026-000001", "EY-2026-000777"):
        await run_team.says(number)
        await district.settles()
        heard.append((run_team.last.text, run_team.last.buttons))
    assert heard[0] == heard[1]


async def test_a_question_to_the_clerk_can_be_passed_on_while_papers_are_wanted(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await wants_papers(district)
    await talent.says("人才公寓怎么申请？居住证要不要？")
    offer = await talent.hears("这句话要是问经办人的")
    await talent.presses("问 EY-2026-000001 的经办人", on=offer)
    await liaison.hears("人才公寓怎么申请？居住证要不要？")
    await talent.hears("已转达：EY-2026-000001")
    await district.settles()
    assert await column(district, "status") == "waiting"


async def test_a_recording_is_words_and_the_papers_are_still_wanted(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await wants_papers(district)
    await talent.sends_voice(b"OggS", reply_to=await talent.hears("需要您补材料"))
    still = await talent.hears("还请发照片、文件")
    assert "居住证复印件" in still.text
    await district.settles()
    assert [m.media for m in liaison.messages if m.media]
    await talent.presses("补材料", on=await talent.hears("需要您补材料"))
    await talent.hears("请发照片")
    await talent.sends_voice(b"OggS")
    await district.settles()
    assert times(talent, "还请发照片、文件") == 2
    assert await column(district, "status") == "waiting"
    await talent.sends_photo(PHOTO, reply_to=await talent.hears("需要您补材料"))
    await liaison.hears("材料补来了")
    await talent.presses("补材料", on=await talent.hears("需要您补材料"))
    await district.settles()
    assert talent.toasts[-1].startswith("您在 ")


async def test_one_press_passes_all_on_and_the_others_say_so(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    first = await talent.says("学校那边催材料了")
    one = await talent.hears("关于哪一件事", after=first)
    second = await talent.says("户口簿我已经带去了")
    two = await talent.hears("关于哪一件事", after=second)
    await talent.presses("EY-2026-000001", on=two)
    assert "户口簿我已经带去了" in (await liaison.hears("学校那边催材料了")).text
    await district.settles()
    await talent.presses("EY-2026-000001", on=one)
    await district.settles()
    assert talent.toasts[-1] == "您说的已经转给 EY-2026-000001 了，不用再发。"
    third = await talent.says("我们小区又停水了")
    three = await talent.hears("关于哪一件事", after=third)
    await talent.presses("我在问问题", on=three)
    await district.settles()
    await talent.presses("EY-2026-000001", on=one)
    await district.settles()
    assert "已经转给" in talent.toasts[-1]

"""What the cardholder writes about a result counts: it is passed on, asked back by buttons, and no silence any more."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from filed import files
from sqlalchemy import select
from taps import tap
from test_first_try_words import times
from test_life_acts import delivers

from db.schema.matters import matters


async def status(district: District) -> str:
    async with district.parts.database.read() as tx:
        return str(await tx.scalar(select(matters.c.status)))


async def test_not_solved_in_words_is_asked_back_at_once_and_the_words_are_the_reason(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    news = await talent.hears("您说了算")
    said = await talent.says("没有办好，学校不收", reply_to=news)
    await liaison.hears("没有办好，学校不收")
    await talent.says("说材料不对", reply_to=news)
    asked = await talent.hears("这样算办好了吗", after=said)
    assert asked.buttons == [["👍 办好了", "👎 没有解决"]]
    await tap(district, talent, "没有解决")
    assert "升了一级" in talent.toasts[-1]
    assert "没有办好，学校不收\n说材料不对" in (await liaison.hears("持卡人说没有解决")).text
    assert await status(district) == "dispatched"


async def test_words_that_mean_solved_close_it_by_the_same_buttons(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await talent.says("办好了，谢谢你们", reply_to=await talent.hears("您说了算"))
    await talent.presses("办好了", on=await talent.hears("这样算办好了吗"))
    await talent.hears("1 分最差")
    await district.settles()
    assert await status(district) == "closed"


@SPOKEN
@pytest.mark.parametrize("words", ["👍", "👍🏻", "办好了！", "Solved.", "It's solved", "还没有解决"])
async def test_how_it_is_said_by_itself_after_a_result_is_asked_back_by_buttons(district: District, words: str) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await talent.says(words)
    asked = await talent.hears("EY-2026-000001 办好了吗？请按一下")
    assert asked.buttons == [["👍 办好了", "👎 没有解决"]]
    assert times(talent, "关于哪一件事") == 0
    await talent.presses("没有解决", on=asked)
    await talent.hears("哪里没有解决")  # nothing was said yet that could be a reason


@SPOKEN
async def test_of_two_results_it_is_asked_which(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    for _each in range(2):
        await files(district)
        await delivers(district, liaison)
    await talent.says("办好了")
    which = await talent.hears("有 2 件事在等您说办好没有")
    await talent.presses("EY-2026-000001", on=which)
    assert "👍 办好了" in str((await talent.hears("经过")).buttons)


async def test_a_result_is_not_closed_while_words_about_it_stand_unanswered(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await delivers(district, liaison)
    await talent.says("学校还是不收", reply_to=await talent.hears("您说了算"))
    words = await liaison.hears("学校还是不收")
    await district.passes(days=9)
    assert await status(district) == "delivered"
    assert times(talent, "先办结了") == 0
    assert times(liaison, "还没人答复") == 1
    assert times(talent, "您说的话转给经办人了") == 2
    await district.passes(days=9)
    assert await status(district) == "delivered"
    assert times(liaison, "还没人答复") == 2
    await liaison.says("学校那边说周五前补录", reply_to=words)
    await talent.hears("周五前补录")
    await district.passes(days=5)
    assert await status(district) == "delivered"  # silence counts from the answer
    await district.passes(days=4)
    assert "没有等到您说办没办好" in (await talent.hears("先办结了")).text
    assert times(liaison, "还没人答复") == 2
    assert await status(district) == "closed"

"""A cry for help is told at once whom to phone, also in the middle of a form or of words for a handler."""

from __future__ import annotations

from databases import SPOKEN
from district import District
from filed import files
from taps import tap

pytestmark = SPOKEN


async def test_a_cry_for_help_in_a_form_is_answered_and_the_form_goes_on(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "其他事", "我本人")
    cry = await talent.says("我娃儿没呼吸了")
    assert "120" in (await talent.hears("马上打电话", after=cry)).text
    await district.settles()
    assert sum("马上打电话" in each.text for each in talent.messages) == 1
    assert "（4/5）" in talent.messages[-2].text  # the words are kept as the answer, and the next step is asked


async def test_a_cry_for_help_to_a_handler_reaches_them_and_is_answered(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    cry = await talent.says("我不想活了", reply_to=await talent.hears("EY-2026-000001"))
    await talent.hears("马上打电话", after=cry)
    await liaison.hears("我不想活了")

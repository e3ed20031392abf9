"""Editors see which questions led to a matter: of a group that got no answer, and of an entry that gave one."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from taps import tap
from test_faq_misses import NOON, ask_what_nobody_knows, first_group
from test_filing import fills_in_whatever_is_asked

pytestmark = [pytest.mark.usefixtures("faq_folder"), SPOKEN]


async def test_a_question_without_an_answer_that_led_to_a_matter_is_counted_in_its_group(district: District) -> None:
    talent, admin = district.talent, district.admin
    await ask_what_nobody_knows(district, talent)
    assert "提交了事项" not in await first_group(district, admin)
    await talent.says(NOON[0])
    await tap(district, talent, "交给负责的人办", "同意，继续", "其他事")
    await fills_in_whatever_is_asked(district, talent)
    await tap(district, talent, "提交")
    shown = await first_group(district, admin)
    assert "1/2（问了 4 次）" in shown
    assert "其中 1 次，问完就提交了事项" in shown
    following = await tap(district, admin, "下一组")
    assert "提交了事项" not in following.text


async def test_an_entry_tells_how_often_it_was_given_and_after_which_questions_a_matter_was_filed(
    district: District,
) -> None:
    talent, admin = district.talent, district.admin
    for text in ("娃儿上学咋个办", "小孩上学找哪个"):
        await talent.says(text)
        await district.settles()
    await tap(district, talent, "帮我办这件事", "同意，继续", "小学")
    await fills_in_whatever_is_asked(district, talent)
    await admin.says("/faq_admin 子女入学")
    before = await tap(district, admin, "子女入学")
    assert "近 90 天答复 2 次，其中 0 次" in before.text
    await tap(district, talent, "提交")
    await admin.says("/faq_admin 子女入学")
    after = await tap(district, admin, "子女入学")
    assert "近 90 天答复 2 次，其中 1 次，问完就提交了事项\n• 小孩上学找哪个\n\n" in after.text
    await district.passes(days=90)
    await admin.says("/faq_admin 子女入学")
    assert "近 90 天" not in (await tap(district, admin, "子女入学")).text

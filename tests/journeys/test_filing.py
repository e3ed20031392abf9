"""A cardholder asks, files a key small matter, and the right contact gets it."""

from __future__ import annotations

from district import PHOTO, District


async def test_a_question_becomes_a_matter_that_is_handled_confirmed_and_rated(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await talent.says("娃儿上学咋个办")
    await talent.hears("帮我办这件事")

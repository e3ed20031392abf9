"""Changing the language: by the button, by naming it, in the middle of a form."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from taps import tap

pytestmark = SPOKEN


@pytest.mark.parametrize("words", ["English", "in English", "用英文"])
async def test_whoever_names_a_language_is_spoken_to_in_it(district: District, words: str) -> None:
    talent = district.talent
    await talent.says(words)
    await talent.hears("English from now on")
    await talent.says("中文")
    await talent.hears("以后用中文")


async def test_a_form_asks_its_step_again_in_the_new_language(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学")
    await talent.says("/lang")
    await tap(district, talent, "English")
    assert "First entry or a change of school?" in talent.last.text
    await tap(district, talent, "First entry")
    assert "When should the child start?" in talent.last.text

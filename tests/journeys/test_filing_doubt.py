"""Words for the filing form that may be an answer or a question: whoever wrote them is asked, and nothing is lost."""

from __future__ import annotations

from district import District
from taps import tap

from sandbox import Message


async def writes_wishes(district: District, words: str) -> Message:
    """Words where the school form asks for what else there is to say; what is heard to them."""
    await district.talent.says("/new")
    await tap(district, district.talent, "同意，继续", "子女入学", "小学", "转学", "跳过")
    await district.talent.says(words)
    await district.settles()
    return district.talent.last


async def test_words_that_may_be_a_question_are_asked_about_and_can_be_the_answer(district: District) -> None:
    talent = district.talent
    asked = await writes_wishes(district, "能不能和姐姐同校，怎么选学校？")
    assert "是“情况说明”的回答，还是在问我" in asked.text
    await tap(district, talent, "是回答")
    await talent.hears("有材料就发照片")
    await tap(district, talent, "先不发材料")
    await talent.hears("能不能和姐姐同校，怎么选学校？")


async def test_words_about_another_matter_are_asked_about_and_can_be_a_question(district: District) -> None:
    talent = district.talent
    await writes_wishes(district, "办营业执照")
    await tap(district, talent, "是在问")
    assert any("没解决？帮我办这件事" in label for row in talent.messages[-2].buttons for label in row)
    assert "还有什么情况" in talent.last.text
    await talent.says("和姐姐同校")
    await talent.hears("有材料就发照片")


async def test_an_edited_answer_is_told_how_the_form_is_changed(district: District) -> None:
    talent = district.talent
    await writes_wishes(district, "和姐姐同校")
    said = next(message for message in talent.messages if message.text == "和姐姐同校")
    await talent.edits(said, "和哥哥同校")
    await talent.hears("表里还是您先前的回答")
    await district.settles()
    assert not talent.sees("您问的是")

"""relay minimal: a message carries no content, and says all the same what happened, what is wanted, and by when."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from filed import files
from taps import tap
from visitor import link_of, visitor

from desk.matter import Matter
from sandbox import Message, Person

pytestmark = [SPOKEN, pytest.mark.minimal]

TALENT_NAME, CATEGORY = "杨帆", "入学"


@pytest.fixture
async def matter(district: District) -> Matter:
    return await files(district)


async def on_the_page(district: District, person: Person, matter: Matter, act: str, **fields: str) -> None:
    """This person does this on the matter's page."""
    async with visitor(district.parts.services.pages) as browser:
        await person.says("/page")
        await district.settles()
        await browser.signs_in(person)
        await browser.acts(f"/desk/{matter.number}", act, **fields)
    await district.settles()


async def deliver(district: District, matter: Matter) -> None:
    await tap(district, district.liaison, "接单")
    await on_the_page(district, district.liaison, matter, "deliver", words="已安排登科小学")


def labels(message: Message) -> list[str]:
    return [label for row in message.buttons for label in row]


def way(message: Message, label: str) -> str:
    """Where this link leads, below the pages."""
    found = next(b["url"] for row in message.inline for b in row if b["text"] == label)
    return str(found.partition("/desk/")[2])


def told(person: Person, matter: Matter) -> list[str]:
    return [each.text for each in person.messages if each.from_bot and matter.number in each.text]


def card(person: Person, matter: Matter) -> Message:
    return next(each for each in reversed(person.messages) if each.text.startswith(f"{matter.number}\n"))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_no_card_shows_its_own_markup_and_both_sides_read_by_when(district: District, language: str) -> None:
    for person in (district.talent, district.liaison):
        await person.says("/language")
        await tap(district, person, "中文" if language == "zh" else "English")
    matter = await files(district)
    await district.passes(hours=2)
    await tap(district, district.liaison, "接单" if language == "zh" else "Accept")
    by = "11月" if language == "zh" else "Nov"
    for person in (district.talent, district.liaison):
        texts = told(person, matter)
        assert texts
        assert [text for text in texts if "<" in text or TALENT_NAME in text or CATEGORY in text] == []
        assert ("🔵接单" if language == "zh" else "🔵 accepted") in card(person, matter).text
        assert by in card(person, matter).text.split("🏁")[1]


async def test_a_cardholder_hears_that_papers_are_wanted_and_that_the_clock_stands_still(
    district: District, matter: Matter
) -> None:
    await tap(district, district.liaison, "接单")
    await on_the_page(district, district.liaison, matter, "ask", words="小禾苗的户口簿")
    news = await district.talent.hears("需要您补材料")
    assert "期限暂停" in news.text
    assert "户口簿" not in news.text
    assert labels(news) == ["📎 补材料", "🌐 打开网页", "🔑 登录链接"]
    assert way(news, "📎 补材料") == f"{matter.number}?act=supply#act-supply"
    assert "等您补材料" in card(district.talent, matter).text
    assert "等持卡人补材料" in card(district.liaison, matter).text
    await district.passes(days=1)
    assert "还在等您的材料" in (await district.talent.hears("什么时候方便")).text


async def test_a_result_asks_whether_it_is_solved_and_is_answered_on_the_spot(
    district: District, matter: Matter
) -> None:
    await deliver(district, matter)
    news = await district.talent.hears("办好了吗？您说了算")
    assert "11月30日（周一）10:00 前没有您的回音，就先办结" in news.text
    assert "还可以重新办理" in news.text
    assert labels(news) == ["👍 办好了", "👎 没有解决", "🌐 打开网页", "🔑 登录链接"]
    assert way(news, "👎 没有解决") == f"{matter.number}?act=dispute#act-dispute"
    assert "👎 没有解决" in labels(card(district.talent, matter))
    await district.talent.presses("办好了", on=news)
    await district.settles()
    await tap(district, district.talent, "5★")
    await district.liaison.hears("持卡人确认办好了")


async def test_silence_is_asked_about_and_the_closing_is_as_announced_and_can_be_undone(
    district: District, matter: Matter
) -> None:
    await deliver(district, matter)
    await district.passes(days=2, hours=1)
    asked = await district.talent.hears("请您说一声")
    assert "11月30日（周一）10:00 前没有您的回音" in asked.text
    assert "👍 办好了" in labels(asked)
    await district.passes(days=4, hours=22)  # Monday, just before
    assert "已办结" not in card(district.talent, matter).text
    await district.passes(hours=2)
    closed = await district.talent.hears("先办结了")
    assert "前可以重新办理" in closed.text
    assert way(closed, "🔁 重新办理") == f"{matter.number}?act=reopen#act-reopen"
    assert labels(card(district.talent, matter))[:2] == ["⭐ 评分", "🔁 重新办理"]


async def test_staff_hear_by_when_it_was_due_each_time_it_goes_a_step_up(district: District, matter: Matter) -> None:
    await district.passes(days=3)
    late = [text for text in told(district.liaison, matter) if "督办" in text]
    assert late
    assert [text for text in late if "11月23日" not in text] == []
    news = next(each for each in reversed(district.liaison.messages) if "督办" in each.text and each.buttons)
    assert "✅ 接单" in labels(news)


async def test_whoever_held_it_before_gets_no_link_to_what_they_may_not_look_at_any_more(
    district: District, matter: Matter
) -> None:
    await deliver(district, matter)
    await on_the_page(district, district.talent, matter, "dispute", words="小禾苗还没有学位")
    news = await district.liaison.hears("没有解决")
    assert "现在由别人办理" in news.text
    assert news.buttons == []
    assert "小禾苗" not in "".join(told(district.liaison, matter))


async def test_thanks_are_returned_while_a_matter_is_open(district: District, matter: Matter) -> None:
    await district.talent.says("谢谢")
    await district.settles()
    assert district.talent.last.text == "不客气，有事随时找我。"


async def test_what_needs_no_words_can_be_done_by_typing_and_the_rest_leads_to_its_form(
    district: District, matter: Matter
) -> None:
    talent = district.talent
    await talent.says("/do 1 urge")
    await district.settles()
    assert f"已催办：{matter.number}" in "".join(told(talent, matter))
    await district.liaison.hears("持卡人来催了")
    await talent.says("/do 1 留言")
    await district.settles()
    assert "没有转给任何人" not in talent.last.text
    async with visitor(district.parts.services.pages) as browser:
        page = await browser.signs_in(talent)
        assert '<details class="act" id="act-say" open>' in page.text
    await talent.says("/do 1 留言 小禾苗发烧了")
    await district.settles()
    assert "没有转给任何人" in talent.last.text


async def test_a_link_to_a_form_is_not_forgotten_on_the_way_through_the_bot(district: District, matter: Matter) -> None:
    await deliver(district, matter)
    news = await district.talent.hears("办好了吗？您说了算")
    async with visitor(district.parts.services.pages) as browser:
        door = await browser.get("/desk/" + way(news, "👎 没有解决"))
        payload = door.text.partition("?start=")[2].partition('"')[0]
        await district.talent.says(f"/start {payload}")
        await district.settles()
        page = await browser.enters(link_of(district.talent))
    assert page.path == f"/desk/{matter.number}"
    assert '<details class="act" id="act-dispute" open>' in page.text


async def test_the_digest_has_no_gaps_where_names_would_stand(district: District, matter: Matter) -> None:
    await district.passes(hours=23)
    digest = await district.liaison.hears("提要")
    line = next(line for line in digest.text.splitlines() if matter.number in line)
    assert line == f"{matter.number} · 11月23日（周一）15:00"


@pytest.mark.parametrize("who", ["talent", "liaison"])
async def test_help_names_the_way_to_the_page(district: District, who: str) -> None:
    person = district.sandbox.people[who]
    await person.says("/help")
    await district.settles()
    assert "/page" in person.last.text


async def test_a_card_number_written_first_begins_the_binding_here_as_well(district: District) -> None:
    guest = district.guest
    await guest.says("DEMO-0002")
    await tap(district, guest, "I agree")
    assert "phone" in guest.last.text

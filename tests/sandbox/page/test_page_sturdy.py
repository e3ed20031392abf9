"""What the chat page must withstand: hostile words, narrow screens, and a server that goes away."""

import asyncio
from pathlib import Path

import pytest
from page_bot import EchoBot
from page_screen import Screen
from playwright.async_api import Browser, expect

from sandbox import Sandbox

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]

EVIL = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'


async def test_hostile_words_and_names_stay_words(screen: Screen, town: Sandbox) -> None:
    town.add_person("admin", first_name=f"\u202e{EVIL}", last_name="Z̷̧̛a̸̡l̵̢g̶o🐉", role=EVIL)
    await screen.types(EVIL)
    await expect(screen.bubbles("mine").last).to_contain_text(EVIL)
    await expect(screen.bubbles("theirs").last).to_contain_text(EVIL)
    await expect(screen.phone("admin").locator(".name")).to_contain_text("<img")
    assert await screen.page.locator(".bubble img, .bubble script, .phone-head img").count() == 0
    assert await screen.page.evaluate("window.hurt") is None


async def test_the_page_cannot_make_elements_of_text_even_if_it_tried(screen: Screen) -> None:
    tried = "() => { try { document.body.innerHTML = '<p>x</p>'; return 'made'; } catch { return 'refused'; } }"
    assert await screen.page.evaluate(tried) == "refused"


async def test_entities_become_elements_and_a_spoiler_opens_by_a_click(screen: Screen) -> None:
    await screen.types("rich")
    last = screen.bubbles("theirs").last
    await expect(last.locator("strong em")).to_have_text("斜")
    await expect(last.locator("code")).to_have_text("EY-1")
    await last.locator(".spoiler").click()
    await expect(last.locator(".spoiler.shown")).to_have_text("秘密")


async def test_a_narrow_screen_shows_one_person_and_counts_for_the_others(
    screen: Screen, echo: EchoBot, town: Sandbox
) -> None:
    await screen.page.set_viewport_size({"width": 390, "height": 844})
    await expect(screen.page.locator(".phone:visible")).to_have_count(1)
    await expect(screen.phone("talent")).to_be_visible()
    await echo.call("sendMessage", chat_id=town.people["department"].id, text="有新单子")
    await expect(screen.chip("department").locator(".badge")).to_have_text("1")
    await screen.chip("department").click()
    await expect(screen.phone("department")).to_be_visible()
    await expect(screen.phone("talent")).to_be_hidden()
    await expect(screen.bubbles("theirs", "department").last).to_be_in_viewport()
    await expect(screen.chip("department").locator(".badge")).to_have_count(0)
    assert await screen.page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_the_pill_counts_what_came_while_reading_further_up(screen: Screen, echo: EchoBot, town: Sandbox) -> None:
    for number in range(30):
        await echo.call("sendMessage", chat_id=town.people["talent"].id, text=f"第 {number} 条\n……")
    await expect(screen.bubbles("theirs")).to_have_count(30)
    await screen.phone().locator(".scroller").evaluate("list => list.scrollTo(0, 0)")
    await expect(screen.phone().locator(".down")).to_be_visible()
    await echo.call("sendMessage", chat_id=town.people["talent"].id, text="新的")
    await expect(screen.phone().locator(".down .badge")).to_have_text("1")
    await screen.phone().locator(".down").click()
    await expect(screen.bubbles("theirs").last).to_be_in_viewport()
    await expect(screen.phone().locator(".down")).to_be_hidden()


async def test_what_happens_while_the_line_is_down_arrives_when_it_is_up_again(screen: Screen, town: Sandbox) -> None:
    port = int(town.url.rsplit(":", 1)[1])
    await town.stop()
    await expect(screen.page.locator("#line")).to_be_visible()
    await town.people["talent"].says("断线时说的")
    await town.start(port=port)
    await expect(screen.bubbles("mine").last).to_contain_text("断线时说的")
    await expect(screen.bubbles("theirs").last).to_contain_text("回声 断线时说的")
    await expect(screen.page.locator("#line")).to_be_hidden()


async def test_a_new_process_of_the_sandbox_is_taken_up_without_reload(
    screen: Screen, town: Sandbox, tmp_path: Path
) -> None:
    await screen.types("重启前")
    await expect(screen.bubbles("theirs").last).to_contain_text("回声 重启前")
    port = int(town.url.rsplit(":", 1)[1])
    await town.stop()
    again = Sandbox(limits=False, store=tmp_path)
    await again.start(port=port)
    try:
        await expect(screen.bubbles("theirs").last).to_contain_text("回声 重启前")
        await screen.types("重启后")
        await expect(screen.bubbles("theirs").last).to_contain_text("回声 重启后")
    finally:
        await again.stop()


async def test_two_windows_show_the_same(screen: Screen, browser: Browser, town: Sandbox) -> None:
    other = Screen(await browser.new_page(), town.url)
    await other.open()
    await asyncio.gather(screen.types("左边"), expect(other.bubbles("mine").last).to_contain_text("左边"))
    await expect(other.bubbles("theirs").last).to_contain_text("回声 左边")
    await other.page.close()


async def test_what_is_refused_goes_back_into_the_input(screen: Screen, town: Sandbox) -> None:
    await screen.page.route("**/send", lambda route: route.abort())
    await screen.types("没发出去的话")
    await expect(screen.phone().locator(".toast")).to_be_visible()
    await expect(screen.phone().locator(".input")).to_have_value("没发出去的话")


async def test_a_group_is_a_second_tab_with_its_own_count(screen: Screen, echo: EchoBot, town: Sandbox) -> None:
    group = town.add_group("专班群", [town.people["talent"], town.people["runner"]])
    await screen.open()
    await echo.call("sendMessage", chat_id=group.id, text="群里的话")
    tab = screen.phone().get_by_role("button", name="专班群")
    await expect(tab.locator(".badge")).to_have_text("1")
    await tab.click()
    await expect(screen.bubbles("theirs").last).to_contain_text("群里的话")
    await expect(screen.phone("runner").locator(".tabs")).to_be_visible()


async def test_a_pinned_message_stands_on_top(screen: Screen, echo: EchoBot, town: Sandbox) -> None:
    chat = town.people["talent"].id
    card = await echo.call("sendMessage", chat_id=chat, text="EY-2026-000123 已接单")
    await echo.call("pinChatMessage", chat_id=chat, message_id=card["message_id"])
    await expect(screen.phone().locator(".pin")).to_contain_text("EY-2026-000123")


async def test_two_buttons_side_by_side_have_room_for_their_labels(
    screen: Screen, echo: EchoBot, town: Sandbox
) -> None:
    """A short message above them must not squeeze them: on a real phone their labels stand in one line."""
    await screen.page.set_viewport_size({"width": 390, "height": 844})
    row = [{"text": label, "callback_data": label} for label in ("🏠 人才公寓与住房", "🎓 培训与定向")]
    keys = {"inline_keyboard": [row]}
    await echo.call("sendMessage", chat_id=town.people["talent"].id, text="要办哪一类事？", reply_markup=keys)
    last = screen.phone("talent").locator(".inline-keyboard .key").last
    await expect(last).to_be_visible()
    assert (await last.bounding_box())["height"] <= 40  # type: ignore[index]

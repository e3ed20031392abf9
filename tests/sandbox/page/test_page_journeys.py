"""What people do on the chat page, in a real browser, against the real sandbox and a bot behind it."""

import struct
import zlib

import pytest
from page_bot import EchoBot
from page_screen import Screen
from playwright.async_api import Browser, Locator, expect

from sandbox import Sandbox

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]


def picture(colour: tuple[int, int, int], name: str) -> dict[str, object]:
    """A PNG of one colour, as a browser's file chooser takes it."""
    width, height = 60, 40
    rows = (b"\0" + bytes(colour) * width) * height

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return {"name": name, "mimeType": "image/png", "buffer": data}


GREEN, GOLD = picture((10, 110, 90), "green.png"), picture((210, 150, 40), "gold.png")


async def test_what_is_typed_appears_and_the_answer_arrives_without_reload(screen: Screen) -> None:
    await screen.types("娃儿上学咋个办")
    await expect(screen.bubbles("mine").last).to_contain_text("娃儿上学咋个办")
    await expect(screen.bubbles("theirs").last).to_contain_text("回声 娃儿上学咋个办")
    await expect(screen.bubbles("mine").last.locator(".ticks")).to_have_attribute("aria-label", "已读 read")
    await expect(screen.phone("liaison").locator(".unit.theirs")).to_have_count(0)


async def test_shift_enter_makes_a_new_line(screen: Screen) -> None:
    box = screen.phone().locator(".input")
    await box.fill("一")
    await box.press("Shift+Enter")
    await box.press_sequentially("二")
    await box.press("Enter")
    await expect(screen.bubbles("theirs").last).to_contain_text("回声 一\n二", use_inner_text=True)
    assert await box.evaluate("box => box.scrollHeight - box.clientHeight") == 0  # nothing to scroll in an empty box


async def test_an_example_is_asked_with_one_press(screen: Screen) -> None:
    await screen.phone().locator(".input").fill("半句话")
    await screen.page.get_by_role("button", name="娃儿上学咋个办").click()
    await expect(screen.bubbles("mine").last).to_contain_text("娃儿上学咋个办")
    await expect(screen.bubbles("theirs").last).to_contain_text("回声 娃儿上学咋个办")
    await expect(screen.phone().locator(".input")).to_have_value("半句话")


async def test_an_example_opens_a_chat_that_is_not_started_or_blocked(browser: Browser) -> None:
    async with Sandbox(limits=False) as fresh:
        talent, bot = fresh.add_person("talent", first_name="杨帆"), EchoBot(fresh)
        newcomer = Screen(await browser.new_page(), fresh.url)
        await newcomer.open()
        await expect(newcomer.phone().locator(".welcome")).to_contain_text("请按“开始使用”")
        for times in (1, 2):
            await newcomer.page.get_by_role("button", name="想租人才公寓").click()
            await expect(newcomer.bubbles("mine")).to_contain_text(["/start", "想租人才公寓"] * times)
            await expect(newcomer.bubbles("theirs").last).to_contain_text("回声 想租人才公寓")
            await expect(newcomer.phone().locator(".composer")).to_be_visible()
            await talent.blocks_bot()
            await expect(newcomer.phone().locator(".composer")).to_be_hidden()
        await newcomer.page.context.close()
        await bot.stop()
    assert newcomer.errors == []


async def test_a_press_changes_the_message_in_place_and_shows_the_answer(screen: Screen) -> None:
    await screen.types("buttons")
    await screen.phone().get_by_role("button", name="帮我办 File").click()
    await expect(screen.phone().locator(".toast")).to_have_text("记下了")
    await expect(screen.bubbles("theirs")).to_have_count(1)
    await expect(screen.bubbles("theirs")).to_contain_text("已点单")
    await expect(screen.bubbles("theirs").locator(".edited")).to_be_visible()
    await expect(screen.phone().locator(".inline-keyboard")).to_have_count(0)


async def test_an_alert_stays_until_it_is_answered_and_an_unanswered_press_keeps_turning(screen: Screen) -> None:
    await screen.types("buttons")
    await screen.phone().get_by_role("button", name="慢 Slow").click()
    await expect(screen.phone().get_by_role("button", name="慢 Slow")).to_have_attribute("aria-busy", "true")
    await screen.phone().get_by_role("button", name="不是 No").click()
    await expect(screen.phone().get_by_role("alertdialog")).to_contain_text("记下了")
    await screen.page.keyboard.press("Escape")
    await expect(screen.phone().get_by_role("alertdialog")).to_have_count(0)
    await expect(screen.phone().get_by_role("button", name="不是 No")).not_to_have_attribute("aria-busy", "true")


async def test_a_photo_is_sent_with_its_caption_and_can_be_enlarged(screen: Screen) -> None:
    await screen.attaches("照片", GREEN)
    await screen.types("户口簿")
    await expect(screen.bubbles("mine").last.locator("img")).to_have_js_property("naturalWidth", 60)
    await expect(screen.bubbles("mine").last).to_contain_text("户口簿")
    await expect(screen.bubbles("theirs").last).to_contain_text("照片")
    await screen.bubbles("mine").last.locator(".picture").click()
    await expect(screen.page.locator("dialog.lightbox img")).to_be_visible()
    await screen.page.keyboard.press("Escape")
    await expect(screen.page.locator("dialog.lightbox")).to_have_count(0)


async def test_several_pictures_become_one_album_bubble(screen: Screen) -> None:
    before = await screen.bubbles("mine").count()
    await screen.attaches("照片", GREEN, GOLD)
    await screen.phone().locator(".send").click()
    await expect(screen.bubbles("mine").last.locator("img")).to_have_count(2)
    await expect(screen.bubbles("mine")).to_have_count(before + 1)


async def test_a_file_keeps_its_name(screen: Screen) -> None:
    file = {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": b"%PDF" + b"0" * 2048}
    await screen.attaches("文件", file)
    await screen.phone().locator(".send").click()
    await expect(screen.bubbles("mine").last.locator("a.file-card")).to_contain_text("营业执照.pdf")
    await expect(screen.bubbles("theirs").last).to_contain_text("文件")


async def test_a_contact_is_shared_with_the_key_that_asks_for_it(screen: Screen) -> None:
    await screen.types("keyboard")
    await screen.phone().get_by_role("button", name="分享号码").click()
    await expect(screen.bubbles("mine").last.locator(".contact-card")).to_contain_text("杨帆")
    await expect(screen.bubbles("theirs").last).to_contain_text("8613800000001")
    await expect(screen.phone().locator(".reply-keyboard")).to_be_hidden()


async def test_the_commands_menu_opens_with_a_slash_and_is_steered_by_keys(screen: Screen) -> None:
    box = screen.phone().locator(".input")
    await expect(shown_commands(screen)).to_have_count(0)
    await box.press_sequentially("/")
    await expect(shown_commands(screen)).to_have_count(2)
    await box.press("ArrowDown")
    await box.press("Enter")
    await expect(screen.bubbles("mine").last).to_contain_text("/my")
    await expect(box).to_have_value("")
    await screen.phone().locator(".slash").click()
    await expect(screen.phone().get_by_role("option", name="File a matter")).to_be_visible()
    await box.press("Escape")
    await expect(screen.phone().locator(".commands")).to_be_hidden()


def shown_commands(screen: Screen) -> Locator:
    """The entries of the talent's menu that are shown."""
    return screen.phone().locator(".commands:not([hidden]) li")


async def test_own_words_can_be_changed_and_a_message_answered(screen: Screen) -> None:
    await screen.types("第一句")
    await expect(screen.bubbles("theirs").last).to_contain_text("回声 第一句")
    await screen.phone().locator(".input").press("ArrowUp")
    await expect(screen.phone().locator(".context")).to_contain_text("编辑消息")
    await screen.types("改过的话")
    await expect(screen.bubbles("mine").last).to_contain_text("改过的话")
    await expect(screen.bubbles("mine").last).to_contain_text("已编辑 edited")
    await screen.bubbles("theirs").last.click(button="right")
    await screen.phone().get_by_role("menuitem", name="回复").click()
    await screen.types("回您的话")
    await expect(screen.bubbles("mine").last.locator(".quote")).to_contain_text("回声 第一句")
    await expect(screen.bubbles("theirs").last.locator(".quote")).to_contain_text("回您的话")


async def test_a_forced_reply_quotes_the_question(screen: Screen) -> None:
    await screen.types("why")
    await expect(screen.phone().locator(".context")).to_contain_text("请写原因")
    await expect(screen.phone().locator(".input")).to_have_attribute("placeholder", "退回原因")
    await screen.types("派错了")
    await expect(screen.bubbles("mine").last.locator(".quote")).to_contain_text("请写原因")


async def test_the_typing_sign_shows(screen: Screen) -> None:
    await screen.types("think")
    await expect(screen.phone().locator(".typing")).to_be_visible()


async def test_a_bot_that_is_blocked_is_unblocked_with_one_button(screen: Screen) -> None:
    await screen.phone().locator(".person-more").click()
    await screen.phone().get_by_role("menuitem", name="停用机器人").click()
    await expect(screen.phone().locator(".composer")).to_be_hidden()
    await screen.phone().get_by_role("button", name="解除停用").click()
    await expect(screen.phone().locator(".composer")).to_be_visible()

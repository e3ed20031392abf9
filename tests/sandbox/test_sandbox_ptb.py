"""The sandbox through the real python-telegram-bot client."""

import pytest
from sandbox_caller import PNG
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Forbidden, RetryAfter

from sandbox import Fault, Person, Sandbox


async def test_a_whole_conversation_goes_through_the_stock_client(sandbox: Sandbox, talent: Person) -> None:
    async with Bot(sandbox.token, base_url=sandbox.api_url, base_file_url=sandbox.file_url) as bot:
        assert bot.username == "EnyangTalentBot"
        await talent.says("娃儿上学咋个办")
        (update,) = await bot.get_updates(timeout=0)
        assert update.message is not None
        assert update.message.text == "娃儿上学咋个办"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("办理", callback_data="go")]])
        words = "<b>入学</b> 😀 &lt;ok&gt;"
        sent = await bot.send_message(talent.chat, words, parse_mode="HTML", reply_markup=keyboard)
        assert talent.last.text == "入学 😀 <ok>"
        assert talent.last.entities == [{"type": "bold", "offset": 0, "length": 2}]
        await talent.presses("办理")
        (press,) = await bot.get_updates(offset=update.update_id + 1)
        assert press.callback_query is not None
        assert press.callback_query.data == "go"
        assert await press.callback_query.answer("好的")
        assert talent.toasts == ["好的"]
        await sent.edit_text("已办理")
        assert talent.last.text == "已办理"
        assert talent.last.edited
        assert talent.last.buttons == []


async def test_files_albums_and_downloads_go_through_the_stock_client(sandbox: Sandbox, talent: Person) -> None:
    async with Bot(sandbox.token, base_url=sandbox.api_url, base_file_url=sandbox.file_url) as bot:
        await bot.send_photo(talent.chat, PNG, caption="图")
        assert talent.last.media == "photo"
        assert talent.last.file == PNG
        await bot.send_document(talent.chat, b"hello", filename="材料.txt")
        album = await bot.send_media_group(talent.chat, [InputMediaPhoto(PNG, caption="一"), InputMediaPhoto(PNG)])
        assert len({m.media_group_id for m in album}) == 1
        photo = await talent.sends_photo(b"not measured", caption="身份证")
        file = await bot.get_file(photo.raw["photo"][-1]["file_id"])
        assert bytes(await file.download_as_bytearray()) == b"not measured"


async def test_the_stock_client_raises_its_own_errors(
    sandbox: Sandbox, talent: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with Bot(sandbox.token, base_url=sandbox.api_url) as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(1, "?")
        sandbox.faults.add(Fault.too_many(retry_after=7))
        with pytest.raises(RetryAfter, match="7"):
            await bot.send_message(talent.chat, "一")
        await talent.blocks_bot()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(talent.chat, "二")


async def test_menus_and_keyboards_go_through_the_stock_client(sandbox: Sandbox, talent: Person) -> None:
    async with Bot(sandbox.token, base_url=sandbox.api_url) as bot:
        await bot.set_my_commands([BotCommand("new", "办事")], BotCommandScopeAllPrivateChats())
        await bot.set_my_commands([BotCommand("new", "File")], BotCommandScopeAllPrivateChats(), language_code="en")
        assert talent.commands == {"new": "办事"}
        await talent.speaks("en")
        assert talent.commands == {"new": "File"}
        await bot.send_message(talent.chat, "完", reply_markup=ReplyKeyboardRemove())
        info = await bot.get_chat(talent.chat)
        assert info.first_name == "杨帆"
        assert await bot.pin_chat_message(talent.chat, talent.last.id)


async def test_being_made_an_administrator_reads_as_the_client_expects(sandbox: Sandbox, talent: Person) -> None:
    sandbox.add_group("启帆创业团队", [talent])
    async with Bot(sandbox.token, base_url=sandbox.api_url, base_file_url=sandbox.file_url) as bot:
        updates = await bot.get_updates(timeout=0)
        (told,) = [update.my_chat_member for update in updates if update.my_chat_member]
        assert told.new_chat_member.status == "administrator"

"""Every refusal of Telegram's that a bot must live with, in its own words."""

import io
from typing import Any

import aiohttp
import pytest
from sandbox_caller import PNG, Caller

from sandbox import Person, Sandbox, VirtualClock
from sandbox.refusals import NOT_MODIFIED, QUERY_TOO_OLD


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>x", "parse_mode": "html"},
         'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "x", "parse_mode": "Klingon"}, "unsupported parse_mode"),
        ({"text": "x", "reply_markup": inline(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline(callback_data="好" * 22)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline(url="http://localhost/")},
         "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL"),
        ({"text": "x", "reply_markup": inline()},
         "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": []}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 101]}},
         "reply markup is too long"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ],
)  # fmt: skip
async def test_a_wrong_message_is_refused(params: dict[str, Any], reason: str, bot: Caller, talent: Person) -> None:
    assert await bot.refused("sendMessage", chat_id=talent.chat, **params) == (400, f"Bad Request: {reason}")
    assert not [m for m in talent.messages if m.from_bot]


async def test_the_longest_allowed_text_and_data_pass(bot: Caller, talent: Person) -> None:
    await bot("sendMessage", chat_id=talent.chat, text="😀" * 2048, reply_markup=inline(callback_data="x" * 64))
    assert len(talent.last.text) == 2048


@pytest.mark.parametrize(
    ("chat", "reason"), [(None, "chat_id is empty"), (1, "chat not found"), ("@nobody", "chat not found")]
)
async def test_an_unknown_chat_is_refused(chat: Any, reason: str, bot: Caller) -> None:
    params = {} if chat is None else {"chat_id": chat}
    assert await bot.refused("sendMessage", text="x", **params) == (400, f"Bad Request: {reason}")


async def test_nobody_is_written_to_before_they_start_the_bot(sandbox: Sandbox, bot: Caller) -> None:
    stranger = sandbox.add_person("stranger")
    refusal = await bot.refused("sendMessage", chat_id=stranger.chat, text="x")
    assert refusal == (403, "Forbidden: bot can't initiate conversation with a user")
    await stranger.start()
    await bot("sendMessage", chat_id=stranger.chat, text="x")


async def test_who_blocks_the_bot_is_announced_and_then_out_of_reach(
    sandbox: Sandbox, bot: Caller, talent: Person
) -> None:
    await talent.blocks_bot()
    (update,) = await bot("getUpdates")
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    refusal = (403, "Forbidden: bot was blocked by the user")
    assert await bot.refused("sendMessage", chat_id=talent.chat, text="x") == refusal
    assert await bot.refused("sendChatAction", chat_id=talent.chat, action="typing") == refusal
    await talent.start()
    news = await bot("getUpdates", offset=update["update_id"] + 1)
    assert [next(k for k in u if k != "update_id") for u in news] == ["my_chat_member", "message"]
    await bot("sendMessage", chat_id=talent.chat, text="x")


async def test_an_edit_must_change_something(bot: Caller, talent: Person) -> None:
    keyboard = inline(callback_data="a")
    sent = await bot("sendMessage", chat_id=talent.chat, text="<b>x</b>", parse_mode="HTML", reply_markup=keyboard)
    where = {"chat_id": talent.chat, "message_id": sent["message_id"]}
    same = await bot.refused("editMessageText", **where, text="<b>x</b>", parse_mode="HTML", reply_markup=keyboard)
    assert same == (400, f"Bad Request: {NOT_MODIFIED}")
    assert await bot.refused("editMessageReplyMarkup", **where, reply_markup=keyboard) == (
        400,
        f"Bad Request: {NOT_MODIFIED}",
    )
    await bot("editMessageText", **where, text="x", reply_markup=keyboard)
    await bot("editMessageReplyMarkup", **where)
    assert talent.last.buttons == []
    assert await bot.refused("editMessageText", **where, text="x" * 4097) == (400, "Bad Request: MESSAGE_TOO_LONG")


async def test_only_the_bots_own_messages_without_reply_keyboard_can_be_edited(bot: Caller, talent: Person) -> None:
    own = await talent.says("我的")
    refusal = (400, "Bad Request: message can't be edited")
    assert await bot.refused("editMessageText", chat_id=talent.chat, message_id=own.id, text="x") == refusal
    sent = await bot("sendMessage", chat_id=talent.chat, text="x", reply_markup={"keyboard": [["a"]]})
    assert await bot.refused("editMessageText", chat_id=talent.chat, message_id=sent["message_id"], text="y") == refusal


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("editMessageText", "message to edit not found"),
        ("deleteMessage", "message to delete not found"),
        ("pinChatMessage", "message to pin not found"),
        ("copyMessage", "message to copy not found"),
    ],
)
async def test_an_unknown_message_is_refused(method: str, reason: str, bot: Caller, talent: Person) -> None:
    refusal = await bot.refused(method, chat_id=talent.chat, from_chat_id=talent.chat, message_id=999, text="x")
    assert refusal == (400, f"Bad Request: {reason}")


async def test_words_and_captions_are_not_mixed_up(
    bot: Caller, sandbox: Sandbox, session: aiohttp.ClientSession, talent: Person
) -> None:
    photo = await talent.sends_photo(PNG)
    sent = await bot("sendPhoto", chat_id=talent.chat, photo=photo.raw["photo"][-1]["file_id"])
    where = {"chat_id": talent.chat, "message_id": sent["message_id"]}
    assert await bot.refused("editMessageText", **where, text="x") == (
        400,
        "Bad Request: there is no text in the message to edit",
    )
    await bot("editMessageCaption", **where, caption="新")
    assert talent.last.text == "新"
    assert await bot.refused("editMessageCaption", **where, caption="x" * 1025) == (
        400,
        "Bad Request: message caption is too long",
    )
    words = await bot("sendMessage", chat_id=talent.chat, text="x")
    refusal = await bot.refused("editMessageCaption", chat_id=talent.chat, message_id=words["message_id"], caption="x")
    assert refusal == (400, "Bad Request: there is no caption in the message to edit")


async def test_a_press_is_answered_once_and_within_150_seconds(
    clock: VirtualClock, bot: Caller, talent: Person
) -> None:
    await bot("sendMessage", chat_id=talent.chat, text="x", reply_markup=inline(callback_data="a"))
    first = await talent.presses("x")
    assert await bot("answerCallbackQuery", callback_query_id=first, text="好")
    refusal = (400, f"Bad Request: {QUERY_TOO_OLD}")
    assert await bot.refused("answerCallbackQuery", callback_query_id=first) == refusal
    late = await talent.presses("x")
    clock.advance(150)
    assert await bot.refused("answerCallbackQuery", callback_query_id=late) == refusal
    assert await bot.refused("answerCallbackQuery", callback_query_id="0") == refusal
    assert talent.toasts == ["好"]


async def upload(sandbox: Sandbox, session: aiohttp.ClientSession, method: str, **parts: Any) -> tuple[int, Any]:
    form = aiohttp.FormData()
    for name, value in parts.items():
        if isinstance(value, bytes):
            form.add_field(name, io.BytesIO(value), filename="f.bin")
        else:
            form.add_field(name, value)
    async with session.post(f"{sandbox.api_url}{sandbox.token}/{method}", data=form) as response:
        return response.status, await response.json()


async def test_files_are_refused_by_size_and_kind(
    sandbox: Sandbox, session: aiohttp.ClientSession, bot: Caller, talent: Person
) -> None:
    chat, mega = str(talent.chat), 1024 * 1024
    status, body = await upload(sandbox, session, "sendPhoto", chat_id=chat, photo=PNG + b"\0" * 10 * mega)
    assert status == 400
    assert body["description"].endswith("bytes is too big for a photo; the maximum size is 10485760 bytes")
    _, body = await upload(sandbox, session, "sendPhoto", chat_id=chat, photo=b"no picture")
    assert body["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    _, body = await upload(sandbox, session, "sendPhoto", chat_id=chat, photo=PNG, caption="x" * 1025)
    assert body["description"] == "Bad Request: message caption is too long"
    _, body = await upload(sandbox, session, "sendDocument", chat_id=chat, document=b"")
    assert body["description"] == "Bad Request: file must be non-empty"
    status, body = await upload(sandbox, session, "sendDocument", chat_id=chat, document=b"\0" * (50 * mega + 1))
    assert (status, body) == (413, {"ok": False, "error_code": 413, "description": "Request Entity Too Large"})
    assert await bot.refused("sendDocument", chat_id=chat) == (400, "Bad Request: there is no document in the request")


async def test_more_than_20_megabytes_cannot_be_downloaded(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    large = await talent.sends_document(b"\0" * (20 * 1024 * 1024 + 1))
    refusal = await bot.refused("getFile", file_id=large.raw["document"]["file_id"])
    assert refusal == (400, "Bad Request: file is too big")
    assert (await bot.refused("getFile", file_id="x"))[0] == 400


async def test_a_migrated_group_names_its_successor(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    group = sandbox.add_group("专班", [talent])
    old, new = group.id, group.migrate()
    status, body = await bot.raw("sendMessage", chat_id=old, text="x")
    assert (status, body["description"]) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert body["parameters"] == {"migrate_to_chat_id": new}
    assert (await bot("sendMessage", chat_id=new, text="x"))["message_id"] == 2
    group.removes_bot()
    assert await bot.refused("sendMessage", chat_id=new, text="x") == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"commands": [{"command": "Größe", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [], "scope": {"type": "moon"}}, "can't parse BotCommandScope: unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 1}}, "chat not found"),
        ({"commands": [], "language_code": "zh-hans"}, "invalid language code specified"),
    ],
)
async def test_a_wrong_menu_is_refused(params: dict[str, Any], reason: str, bot: Caller) -> None:
    assert await bot.refused("setMyCommands", **params) == (400, f"Bad Request: {reason}")


async def test_messages_older_than_two_days_stay(clock: VirtualClock, bot: Caller, talent: Person) -> None:
    sent = await bot("sendMessage", chat_id=talent.chat, text="x")
    clock.advance(48 * 3600 + 1)
    refusal = await bot.refused("deleteMessage", chat_id=talent.chat, message_id=sent["message_id"])
    assert refusal == (400, "Bad Request: message can't be deleted for everyone")


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"text": ["a"], "reply_parameters": {"message_id": "abc", "chat_id": {}}}),
        ("sendMessage", {"text": "x", "reply_parameters": 7}),
        ("sendMessage", {"text": "x", "entities": [{"type": "bold", "offset": "0", "length": None}]}),
        ("sendMessage", {"text": "x", "entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": 5}]}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": {"a": 1}}}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": 1, "callback_data": 2}]]}}),
        ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [[None]]}}),
        ("sendMessage", {"text": "x", "link_preview_options": "{"}),
        ("sendMediaGroup", {"media": [1, 2]}),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": None}] * 2}),
        ("sendPhoto", {"photo": {"a": 1}}),
        ("setMessageReaction", {"message_id": "x", "reaction": 5}),
        ("deleteMessages", {"message_ids": [{}]}),
        ("setMyCommands", {"commands": [None]}),
        ("setMyCommands", {"commands": [], "scope": {"type": ["a"]}}),
        ("getUpdates", {"offset": "x", "limit": [], "allowed_updates": [{}]}),
        ("getFile", {"file_id": 5}),
        ("answerCallbackQuery", {"callback_query_id": {"a": 1}}),
    ],
)
async def test_nonsense_never_breaks_the_server(
    method: str, params: dict[str, Any], bot: Caller, talent: Person
) -> None:
    status, body = await bot.raw(method, chat_id=talent.chat, **params)
    assert status in (200, 400)
    assert isinstance(body["ok"], bool)

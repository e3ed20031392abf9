"""How the Bot API may be called, by raw HTTP."""

import json
from typing import Any

import aiohttp
import pytest
from sandbox_caller import PNG, Caller

from sandbox import Person, Sandbox


def address(sandbox: Sandbox, method: str) -> str:
    return f"{sandbox.api_url}{sandbox.token}/{method}"


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_a_call_may_be_written_in_four_ways(
    way: str, sandbox: Sandbox, session: aiohttp.ClientSession, talent: Person
) -> None:
    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    flat = {"chat_id": str(talent.chat), "text": "你好", "reply_markup": json.dumps(markup)}
    form = aiohttp.FormData(flat, default_to_multipart=True)
    sending: dict[str, Any] = {
        "query": {"params": flat},
        "form": {"data": flat},
        "json": {"json": {"chat_id": talent.chat, "text": "你好", "reply_markup": markup}},
        "multipart": {"data": form},
    }[way]
    verb = "GET" if way == "query" else "POST"
    async with session.request(verb, address(sandbox, "sendMessage"), **sending) as response:
        assert (await response.json())["ok"]
    assert talent.last.text == "你好"
    assert talent.last.buttons == [["好"]]


async def test_method_names_are_the_same_in_any_case(bot: Caller) -> None:
    assert (await bot("GETME"))["username"] == "EnyangTalentBot"
    assert (await bot("getme"))["is_bot"] is True


async def test_an_unknown_method_is_404_and_a_wrong_token_401(
    sandbox: Sandbox, session: aiohttp.ClientSession, bot: Caller
) -> None:
    assert await bot.refused("sendTelepathy") == (404, "Not Found")
    async with session.get(f"{sandbox.api_url}1:WRONG/getMe") as response:
        assert response.status == 401
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_broken_json_is_refused(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    async with session.post(address(sandbox, "getMe"), data=b"{", headers=headers) as response:
        assert response.status == 400


async def test_an_album_attaches_its_files_by_name(
    sandbox: Sandbox, session: aiohttp.ClientSession, talent: Person
) -> None:
    media = [{"type": "photo", "media": f"attach://p{n}", "caption": str(n)} for n in range(3)]
    form = aiohttp.FormData({"chat_id": str(talent.chat), "media": json.dumps(media)})
    for n in range(3):
        form.add_field(f"p{n}", PNG, filename=f"{n}.png", content_type="image/png")
    async with session.post(address(sandbox, "sendMediaGroup"), data=form) as response:
        album = (await response.json())["result"]
    assert [m["caption"] for m in album] == ["0", "1", "2"]
    assert len({m["media_group_id"] for m in album}) == 1
    assert [m.file for m in talent.messages[-3:]] == [PNG] * 3


async def test_the_journal_keeps_calls_and_what_was_accepted(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    sandbox.journal.reset()
    await bot("sendMessage", chat_id=talent.chat, text="一")
    await bot.refused("sendMessage", chat_id=talent.chat, text="")
    assert [(c.method, c.status) for c in sandbox.journal.calls] == [("sendMessage", 200), ("sendMessage", 400)]
    assert [s.text for s in sandbox.journal.to(talent.chat)] == ["一"]
    assert len(sandbox.journal.of("SENDMESSAGE")) == 2


async def test_replies_previews_protection_and_silence_are_kept(bot: Caller, talent: Person) -> None:
    asked = await talent.says("问")
    await bot(
        "sendMessage", chat_id=talent.chat, text="答 a.cn", reply_parameters={"message_id": asked.id},
        link_preview_options={"is_disabled": True}, protect_content=True, disable_notification=True,
    )  # fmt: skip
    answer = talent.last
    assert answer.reply_to == asked.id
    assert answer.protected
    assert answer.silent
    assert answer.raw["link_preview_options"] == {"is_disabled": True}
    assert (await bot.refused("copyMessage", chat_id=talent.chat, from_chat_id=talent.chat, message_id=answer.id))[
        0
    ] == 400


async def test_a_copy_has_the_content_and_may_have_another_caption(bot: Caller, talent: Person) -> None:
    photo = await talent.sends_photo(PNG, "旧")
    where = {"chat_id": talent.chat, "from_chat_id": talent.chat, "message_id": photo.id}
    made = await bot("copyMessage", **where)
    assert set(made) == {"message_id"}
    assert (talent.last.text, talent.last.file) == ("旧", PNG)
    await bot("copyMessage", **where, caption="<b>新</b>", parse_mode="HTML")
    assert (talent.last.text, talent.last.media) == ("新", "photo")


async def test_reply_keyboards_come_and_go(bot: Caller, talent: Person) -> None:
    keyboard = {"keyboard": [["一", {"text": "电话", "request_contact": True}]], "resize_keyboard": True}
    await bot("sendMessage", chat_id=talent.chat, text="选", reply_markup=keyboard)
    assert talent.keyboard == [["一", "电话"]]
    assert talent.last.keyboard == [["一", "电话"]]
    await talent.presses("电话")
    assert talent.messages[-1].raw["contact"]["user_id"] == talent.id
    await bot("sendMessage", chat_id=talent.chat, text="好", reply_markup={"remove_keyboard": True})
    assert talent.keyboard == []


async def test_deleting_pinning_and_reacting_show_on_the_phone(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    asked = await talent.says("问")
    assert await bot(
        "setMessageReaction", chat_id=talent.chat, message_id=asked.id, reaction=[{"type": "emoji", "emoji": "👍"}]
    )
    assert asked.reaction == "👍"
    sent = await bot("sendMessage", chat_id=talent.chat, text="卡片")
    assert await bot("pinChatMessage", chat_id=talent.chat, message_id=sent["message_id"])
    assert (await bot("getChat", chat_id=talent.chat))["pinned_message"]["text"] == "卡片"
    assert await bot("deleteMessage", chat_id=talent.chat, message_id=sent["message_id"])
    assert not talent.sees("卡片")
    assert "pinned_message" not in await bot("getChat", chat_id=talent.chat)
    assert await bot("sendChatAction", chat_id=talent.chat, action="typing")

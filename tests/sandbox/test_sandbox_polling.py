"""Long polling: offsets, limits, remembered kinds, conflicts, expiry."""

import asyncio
from typing import Any

import pytest
from sandbox_caller import Caller

from sandbox import Person, Sandbox, VirtualClock


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_an_offset_acknowledges_them(bot: Caller, talent: Person) -> None:
    for word in "一二三":
        await talent.says(word)
    first = await bot("getUpdates")
    assert texts(first) == ["一", "二", "三"]
    assert await bot("getUpdates") == first
    assert texts(await bot("getUpdates", offset=first[1]["update_id"])) == ["二", "三"]
    assert texts(await bot("getUpdates", limit=1)) == ["二"]
    assert await bot("getUpdates", offset=first[2]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_the_newest_and_forgets_the_rest(bot: Caller, talent: Person) -> None:
    for word in "一二三":
        await talent.says(word)
    assert texts(await bot("getUpdates", offset=-1)) == ["三"]
    assert texts(await bot("getUpdates")) == ["三"]


async def test_a_waiting_poll_is_answered_by_the_next_message(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    poll = asyncio.ensure_future(bot("getUpdates", timeout=50))
    await sandbox.until(lambda: sandbox.updates.polling)
    await talent.says("来了")
    assert texts(await poll) == ["来了"]


async def test_a_poll_ends_empty_when_its_time_is_over(sandbox: Sandbox, clock: VirtualClock, bot: Caller) -> None:
    poll = asyncio.ensure_future(bot("getUpdates", timeout=30))
    await sandbox.until(lambda: sandbox.updates.polling)
    clock.advance(30)
    assert await poll == []


async def test_a_second_poller_ends_the_first_with_409(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    first = asyncio.ensure_future(bot.refused("getUpdates", timeout=50))
    await sandbox.until(lambda: sandbox.updates.polling)
    assert await bot("getUpdates") == []
    assert await first == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


async def test_polling_beside_a_webhook_is_409(bot: Caller) -> None:
    await bot("setWebhook", url="http://127.0.0.1:9/hook")
    code, why = await bot.refused("getUpdates")
    assert code == 409
    assert why.startswith("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
    await bot("deleteWebhook")
    assert await bot("getUpdates") == []


async def test_allowed_updates_are_remembered(bot: Caller, talent: Person) -> None:
    await bot("getUpdates", allowed_updates=["callback_query", "nonsense"])
    await talent.says("不要")
    assert await bot("getUpdates") == []
    assert (await bot("getWebhookInfo"))["allowed_updates"] == ["callback_query"]
    await bot("getUpdates", allowed_updates=[])
    await talent.says("要")
    assert texts(await bot("getUpdates")) == ["要"]


async def test_presses_expire_before_messages(clock: VirtualClock, bot: Caller, talent: Person) -> None:
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    await bot("sendMessage", chat_id=talent.chat, text="?", reply_markup=keyboard)
    await talent.presses("好")
    said = await talent.says("还在")
    assert len(await bot("getUpdates")) == 2
    clock.advance(150)
    assert texts(await bot("getUpdates")) == ["还在"]
    clock.advance(86_400)
    assert await bot("getUpdates") == []
    assert said.text == "还在"


async def test_edits_presses_contacts_and_files_arrive_as_telegram_sends_them(bot: Caller, talent: Person) -> None:
    said = await talent.says("错字")
    await talent.edits(said, "没有错字")
    await talent.shares_contact()
    await talent.sends_album([b"1", b"2"], "两张")
    await talent.sends_document(b"x", "合同.pdf", "合同")
    await talent.sends_voice(b"ogg")
    updates = await bot("getUpdates")
    assert updates[1]["edited_message"]["text"] == "没有错字"
    assert updates[1]["edited_message"]["edit_date"] >= updates[0]["message"]["date"]
    assert updates[2]["message"]["contact"] == {
        "phone_number": "+8613800000001", "first_name": "杨帆", "user_id": talent.id,
    }  # fmt: skip
    album = [update["message"] for update in updates[3:5]]
    assert album[0]["media_group_id"] == album[1]["media_group_id"]
    assert [m.get("caption") for m in album] == ["两张", None]
    assert updates[5]["message"]["document"]["file_name"] == "合同.pdf"
    assert "voice" in updates[6]["message"]


async def test_a_hand_made_update_is_delivered_as_it_is(sandbox: Sandbox, bot: Caller) -> None:
    sandbox.updates.push({"message": {"poison": True}})
    (update,) = await bot("getUpdates")
    assert update["message"] == {"poison": True}


@pytest.mark.parametrize("limit", [0, -5, 1000])
async def test_a_limit_out_of_range_is_brought_into_it(limit: int, bot: Caller, talent: Person) -> None:
    await talent.says("一")
    assert len(await bot("getUpdates", limit=limit)) == 1

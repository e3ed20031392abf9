"""What a restart keeps, also one without a farewell."""

from pathlib import Path

import aiohttp
from sandbox_caller import PNG, Caller

from sandbox import Sandbox
from sandbox.webhook import Settings


async def live_a_little(sandbox: Sandbox, bot: Caller) -> None:
    talent = sandbox.add_person("talent", first_name="杨帆", phone="+8613800000001", role="持卡人才")
    group = sandbox.add_group("专班", [talent])
    await talent.start()
    await talent.says("一")
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    await bot("sendMessage", chat_id=talent.chat, text="按", reply_markup=keyboard)
    await bot("sendMessage", chat_id=talent.chat, text="选", reply_markup={"keyboard": [["甲"]]})
    await bot("sendMessage", chat_id=group.id, text="组")
    await bot("setMyCommands", commands=[{"command": "new", "description": "办事"}])
    await bot("getUpdates", allowed_updates=["message", "callback_query", "my_chat_member"], limit=1)
    await talent.sends_photo(PNG, "图")
    await talent.presses("好")


async def test_everything_survives_a_restart(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with Sandbox(store=tmp_path) as first:
        await live_a_little(first, Caller(first, session))
        before = first.updates.pending
        shown = [m.raw for m in first.people["talent"].messages]
    async with Sandbox(store=tmp_path) as second:
        talent, bot = second.people["talent"], Caller(second, session)
        assert [m.raw for m in talent.messages] == shown
        assert second.updates.pending == before
        assert talent.account.started
        assert talent.account.role == "持卡人才"
        assert talent.keyboard == [["甲"]]
        assert talent.commands == {"new": "办事"}
        assert talent.messages[-1].file == PNG
        assert second.updates.allowed == ["message", "callback_query", "my_chat_member"]
        updates = await bot("getUpdates")
        press = updates[-1]["callback_query"]
        assert await bot("answerCallbackQuery", callback_query_id=press["id"])
        sent = await bot("sendMessage", chat_id=talent.chat, text="新")
        assert sent["message_id"] == shown[-1]["message_id"] + 1
        await talent.says("后来")
        assert (await bot("getUpdates"))[-1]["update_id"] == updates[-1]["update_id"] + 1
        assert second.add_person("other").id != talent.id


async def test_a_sandbox_that_dies_has_already_written_what_it_answered(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with Sandbox(store=tmp_path) as doomed:
        await live_a_little(doomed, Caller(doomed, session))
        async with Sandbox(store=tmp_path) as other:
            assert other.updates.pending == doomed.updates.pending
            assert [m.raw for m in other.people["talent"].messages] == [m.raw for m in doomed.people["talent"].messages]


async def test_deleted_things_stay_deleted(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with Sandbox(store=tmp_path) as first:
        bot = Caller(first, session)
        await live_a_little(first, bot)
        talent = first.people["talent"]
        assert await bot("deleteMessage", chat_id=talent.chat, message_id=talent.last.id)
        assert await bot("deleteMyCommands")
        await bot("getUpdates", offset=first.updates.next_id)
        left = len(talent.messages)
    async with Sandbox(store=tmp_path) as second:
        talent = second.people["talent"]
        assert len(talent.messages) == left
        assert talent.commands == {}
        assert not second.updates.pending


async def test_a_webhook_is_taken_up_again(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with Sandbox(store=tmp_path) as first:
        await Caller(first, session)("setWebhook", url="http://127.0.0.1:9/hook", secret_token="sesam")
    async with Sandbox(store=tmp_path) as second:
        assert second.telegram.webhook.settings == Settings("http://127.0.0.1:9/hook", "sesam")
        assert (await Caller(second, session).refused("getUpdates"))[0] == 409

"""The person's side in Python: pressing, waiting, blocking, groups, and failures that explain themselves."""

import pytest
from sandbox_caller import Caller

from sandbox import NotNow, Person, Sandbox, VirtualClock


def row(*labels: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": label, "callback_data": f"do:{label}"} for label in labels]]}


async def test_a_press_goes_to_the_newest_message_with_that_button(bot: Caller, talent: Person) -> None:
    await bot("sendMessage", chat_id=talent.chat, text="旧", reply_markup=row("接单", "退回"))
    new = await bot("sendMessage", chat_id=talent.chat, text="新", reply_markup=row("接单"))
    await talent.presses("接单")
    await talent.presses("退")
    first, second = [u["callback_query"] for u in await bot("getUpdates")]
    assert (first["data"], first["message"]["message_id"]) == ("do:接单", new["message_id"])
    assert second["data"] == "do:退回"
    assert first["from"]["id"] == talent.id


async def test_a_missing_button_names_those_that_are_there(bot: Caller, talent: Person) -> None:
    await bot("sendMessage", chat_id=talent.chat, text="选", reply_markup=row("接单", "退回"))
    with pytest.raises(AssertionError, match=r"接单.*退回"):
        await talent.presses("删除")


async def test_a_forged_press_arrives_as_it_is(bot: Caller, talent: Person) -> None:
    await bot("sendMessage", chat_id=talent.chat, text="选", reply_markup=row("接单"))
    await talent.presses_data("伪造", talent.last)
    (update,) = await bot("getUpdates")
    assert update["callback_query"]["data"] == "伪造"


async def test_hearing_in_vain_shows_the_end_of_the_chat(bot: Caller, talent: Person) -> None:
    await bot("sendMessage", chat_id=talent.chat, text="别的话", reply_markup=row("按钮"))
    with pytest.raises(AssertionError, match=r"(?s)does not hear '答案'.*别的话.*按钮"):
        await talent.hears("答案", timeout=0)


async def test_waiting_in_vain_tells_the_last_calls(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    await bot.refused("sendMessage", chat_id=1, text="x")
    with pytest.raises(AssertionError, match=r"(?s)sendMessage → 400 Bad Request: chat not found"):
        await sandbox.until(lambda: False, timeout=0)


async def test_start_carries_a_payload_and_a_blocked_bot_hears_nothing(bot: Caller, talent: Person) -> None:
    await talent.start("abc")
    assert talent.messages[-1].text == "/start abc"
    assert talent.messages[-1].entities == [{"type": "bot_command", "offset": 0, "length": 6}]
    await talent.blocks_bot()
    with pytest.raises(NotNow, match="blocked"):
        await talent.says("在吗")
    await talent.unblocks_bot()
    kinds = [next(k for k in u if k != "update_id") for u in await bot("getUpdates")]
    assert kinds == ["message", "my_chat_member", "my_chat_member"]


async def test_a_message_held_in_hand_shows_later_edits(bot: Caller, talent: Person, clock: VirtualClock) -> None:
    sent = await bot("sendMessage", chat_id=talent.chat, text="等待")
    held = talent.last
    assert held.date.timestamp() == int(clock.now())
    assert not held.edited
    await bot("editMessageText", chat_id=talent.chat, message_id=sent["message_id"], text="完成")
    assert (held.text, held.edited) == ("完成", True)


async def test_only_ones_own_messages_can_be_edited(bot: Caller, talent: Person) -> None:
    await bot("sendMessage", chat_id=talent.chat, text="x")
    with pytest.raises(NotNow):
        await talent.edits(talent.last, "y")


async def test_a_group_talks_and_the_bot_hears(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    leader = sandbox.add_person("leader")
    group = sandbox.add_group("专班", [talent, leader])
    await talent.says("大家好", chat=group.id)
    added, said = await bot("getUpdates")
    assert added["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    assert said["message"]["chat"]["title"] == "专班"
    await bot("sendMessage", chat_id=group.id, text="你好")
    assert [m.text for m in group.messages] == ["大家好", "你好"]
    new = group.migrate()
    migrated = [u["message"] for u in await bot("getUpdates", offset=said["update_id"] + 1)]
    assert migrated[0]["migrate_to_chat_id"] == new
    assert migrated[1]["migrate_from_chat_id"] == migrated[0]["chat"]["id"]


async def test_a_narrower_menu_and_the_own_language_win(bot: Caller, talent: Person) -> None:
    def commands(word: str) -> list[dict[str, str]]:
        return [{"command": "new", "description": word}]

    await bot("setMyCommands", commands=commands("default"))
    assert talent.commands == {"new": "default"}
    await bot("setMyCommands", commands=commands("private"), scope={"type": "all_private_chats"})
    await bot("setMyCommands", commands=commands("默认"), language_code="zh")
    assert talent.commands == {"new": "private"}
    scope = {"type": "chat", "chat_id": talent.chat}
    await bot("setMyCommands", commands=commands("own"), scope=scope)
    assert talent.commands == {"new": "own"}
    assert await bot("getMyCommands", scope=scope) == commands("own")
    await bot("deleteMyCommands", scope=scope)
    await bot("deleteMyCommands", scope={"type": "all_private_chats"})
    assert talent.commands == {"new": "默认"}


async def test_the_sandbox_listens_on_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        await Sandbox().start(host="0.0.0.0")

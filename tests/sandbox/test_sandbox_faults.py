"""Each fault does what it says, where and as often as it was told."""

import asyncio

import aiohttp
import pytest
from sandbox_caller import Caller

from sandbox import Fault, Person, Sandbox, VirtualClock


async def test_429_strikes_once_and_the_message_is_not_accepted(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    rule = sandbox.faults.add(Fault.too_many(retry_after=3), method="sendMessage")
    status, body = await bot.raw("sendMessage", chat_id=talent.chat, text="x")
    assert (status, body["parameters"]) == (429, {"retry_after": 3})
    assert not talent.sees("x")
    await bot("sendMessage", chat_id=talent.chat, text="x")
    assert rule.fired == 1


async def test_502_answers_html(sandbox: Sandbox, session: aiohttp.ClientSession, talent: Person) -> None:
    sandbox.faults.add(Fault.bad_gateway())
    async with session.get(f"{sandbox.api_url}{sandbox.token}/getMe") as response:
        assert (response.status, response.content_type) == (502, "text/html")
    assert sandbox.journal.calls[-1].fault == "bad_gateway"


@pytest.mark.parametrize(("fault", "accepted"), [(Fault.timeout_before(), False), (Fault.timeout_after(), True)])
async def test_a_lost_answer_leaves_open_whether_the_message_was_accepted(
    fault: Fault, accepted: bool, sandbox: Sandbox, bot: Caller, talent: Person
) -> None:
    sandbox.faults.add(fault, method="sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await bot("sendMessage", chat_id=talent.chat, text="x")
    assert talent.sees("x") is accepted
    assert sandbox.journal.calls[-1].status is None


async def test_a_hanging_call_waits_until_the_bot_gives_up(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    sandbox.faults.add(Fault.timeout_after(hang=True))
    call = asyncio.ensure_future(bot("sendMessage", chat_id=talent.chat, text="x"))
    await talent.hears("x")
    assert not call.done()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)


async def test_a_slow_call_takes_the_clocks_time(
    sandbox: Sandbox, clock: VirtualClock, bot: Caller, talent: Person
) -> None:
    rule = sandbox.faults.add(Fault.slow(20))
    call = asyncio.ensure_future(bot("sendMessage", chat_id=talent.chat, text="x"))
    await sandbox.until(lambda: rule.fired)
    assert not talent.sees("x")
    clock.advance(20)
    await call
    assert talent.sees("x")


async def test_a_fault_keeps_to_its_chat(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    other = sandbox.add_person("other")
    await other.start()
    sandbox.faults.add(Fault.blocked(), chat=talent.chat)
    await bot("sendMessage", chat_id=other.chat, text="x")
    assert (await bot.refused("sendMessage", chat_id=talent.chat, text="x"))[0] == 403


async def test_a_rate_is_kept_from_a_seed(sandbox: Sandbox, bot: Caller) -> None:
    async def failures() -> int:
        rule = sandbox.faults.add(Fault.too_many(), rate=0.07, seed=7)
        for _ in range(200):
            await bot.raw("getMe")
        sandbox.faults.remove(rule)
        return rule.fired

    first = await failures()
    assert 5 <= first <= 25
    assert await failures() == first


async def test_a_dropped_press_never_arrives(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    await bot("sendMessage", chat_id=talent.chat, text="?", reply_markup=keyboard)
    sandbox.faults.add(Fault.dropped_press())
    await talent.presses("好")
    await talent.presses("好")
    assert len(await bot("getUpdates")) == 1


async def test_an_acknowledged_update_may_come_again(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    sandbox.faults.add(Fault.repeated())
    await talent.says("一")
    first = await bot("getUpdates")
    after = first[0]["update_id"] + 1
    assert await bot("getUpdates", offset=after) == first
    assert await bot("getUpdates", offset=after) == []


async def test_a_batch_may_come_in_another_order(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    for n in range(8):
        await talent.says(str(n))
    sandbox.faults.add(Fault.reordered(), seed=1)
    shuffled = await bot("getUpdates")
    ordered = await bot("getUpdates")
    assert shuffled != ordered
    assert sorted(shuffled, key=lambda u: u["update_id"]) == ordered

"""Flood control on a virtual clock."""

from sandbox_caller import Caller

from sandbox import Person, Sandbox, VirtualClock


async def test_a_chat_takes_a_short_burst_then_one_a_second(clock: VirtualClock, bot: Caller, talent: Person) -> None:
    for n in range(5):
        await bot("sendMessage", chat_id=talent.chat, text=str(n))
    status, body = await bot.raw("sendMessage", chat_id=talent.chat, text="太快")
    assert status == 429
    assert body == {
        "ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }  # fmt: skip
    clock.advance(1)
    await bot("sendMessage", chat_id=talent.chat, text="可以")
    assert (await bot.refused("sendMessage", chat_id=talent.chat, text="又快"))[0] == 429


async def test_one_chat_in_flood_does_not_hold_up_another(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    other = sandbox.add_person("other")
    await other.start()
    for n in range(5):
        await bot("sendMessage", chat_id=talent.chat, text=str(n))
    assert (await bot.refused("sendMessage", chat_id=talent.chat, text="x"))[0] == 429
    await bot("sendMessage", chat_id=other.chat, text="x")


async def test_the_bot_as_a_whole_sends_30_a_second(sandbox: Sandbox, clock: VirtualClock, bot: Caller) -> None:
    people = [sandbox.add_person(f"p{n}") for n in range(31)]
    for person in people:
        await person.start()
    for person in people[:30]:
        await bot("sendMessage", chat_id=person.chat, text="x")
    assert (await bot.refused("sendMessage", chat_id=people[30].chat, text="x"))[0] == 429
    clock.advance(1)
    await bot("sendMessage", chat_id=people[30].chat, text="x")


async def test_a_group_takes_20_a_minute(sandbox: Sandbox, clock: VirtualClock, bot: Caller, talent: Person) -> None:
    group = sandbox.add_group("专班", [talent])
    for n in range(20):
        await bot("sendMessage", chat_id=group.id, text=str(n))
        clock.advance(1)
    status, body = await bot.raw("sendMessage", chat_id=group.id, text="x")
    assert (status, body["parameters"]) == (429, {"retry_after": 40})
    clock.advance(40)
    await bot("sendMessage", chat_id=group.id, text="x")


async def test_asking_and_answering_presses_is_not_counted(bot: Caller, talent: Person) -> None:
    for _ in range(60):
        await bot("sendChatAction", chat_id=talent.chat, action="typing")
        await bot("getChat", chat_id=talent.chat)


async def test_edits_are_counted(bot: Caller, talent: Person) -> None:
    sent = await bot("sendMessage", chat_id=talent.chat, text="0")
    where = {"chat_id": talent.chat, "message_id": sent["message_id"]}
    for n in range(1, 5):
        await bot("editMessageText", **where, text=str(n))
    assert (await bot.refused("editMessageText", **where, text="5"))[0] == 429


async def test_limits_can_be_switched_off(session: object) -> None:
    async with Sandbox(limits=False, clock=VirtualClock()) as free:
        person = free.add_person("talent")
        await person.start()
        bot = Caller(free, session)  # type: ignore[arg-type]
        for n in range(40):
            await bot("sendMessage", chat_id=person.chat, text=str(n))
        assert len(free.journal.to(person.chat)) == 40

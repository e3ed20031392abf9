"""Every refusal of Telegram that we know, word for word over a real connection, and what becomes of the message."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from room_clock import RoomClock
from telegram.error import TelegramError
from telegram_errors import CASES
from test_room_delivery import Office, letter, office, texts

from bot import transport
from bot.delivery import LEASE
from bot.outcomes import ALONE
from bot.refusals import Verdict, judge
from bot.transport import AiohttpRequest, Api
from db.engine import Database
from sandbox import Fault, Person, Sandbox

__all__ = ["office"]


def says(status: int, words: str, **parameters: int) -> Fault:
    body = {"ok": False, "error_code": status, "description": words, "parameters": parameters}
    return Fault.answer(status, json.dumps(body))


async def met(call: Awaitable[Any]) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await call
    return caught.value


async def test_every_known_answer_has_its_verdict(sandbox: Sandbox, api: Api) -> None:
    wrong = []
    for case in CASES:
        sandbox.faults.add(Fault.answer(case.status, case.body))
        found = judge(await met(api.call("sendMessage", {"chat_id": 1, "text": "x"})))
        wrong += [] if found is case.verdict else [(case.status, case.shown, found.name)]
    assert wrong == []
    assert {case.verdict for case in CASES} == set(Verdict)


async def test_no_answer_at_all_is_tried_again(sandbox: Sandbox, api: Api) -> None:
    for fault in (Fault.timeout_before(), Fault.timeout_after(), Fault.timeout_before(hang=True)):
        sandbox.faults.add(fault)
        assert judge(await met(api.call("sendMessage", {"chat_id": 1, "text": "x"}, read=0.05))) is Verdict.RETRY


async def test_an_answer_that_comes_letter_by_letter_is_not_waited_for_longer_than_a_message_may_be_in_hand(
    request_: AiohttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drips(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)

    monkeypatch.setattr(transport, "TRANSFER", 0.1)
    server = await asyncio.start_server(drips, "127.0.0.1", 0)
    async with server, asyncio.timeout(5):
        slow = Api(request_, "1:x", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert judge(await met(slow.call("sendMessage", {"chat_id": 1, "text": "x"}, read=0.05))) is Verdict.RETRY
        await request_.shutdown()


def test_whatever_it_takes_to_send_a_message_ends_while_it_is_in_hand() -> None:
    changed_then_sent_anew = 2 * (transport.READ + transport.TRANSFER)
    assert max(changed_then_sent_anew, transport.MEDIA + transport.TRANSFER) < LEASE.total_seconds()


async def test_a_group_that_moved_gets_everything_under_its_new_number(
    office: Office, sandbox: Sandbox, talent: Person
) -> None:
    old, new = sandbox.add_group("旧", [talent]), sandbox.add_group("新", [talent])
    sandbox.faults.add(says(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=new.id), chat=old.id)
    await office.owe(letter(old.id, "a"), letter(old.id, "b"))
    await office.sends(rounds=3)
    assert [sent.text for sent in sandbox.journal.sent if sent.chat == new.id] == ["a", "b"]
    assert {row.state for row in await office.rows()} == {"done"}


async def test_a_bot_that_is_not_let_in_waits_with_everything_and_loses_nothing(
    office: Office, sandbox: Sandbox, talent: Person
) -> None:
    other = sandbox.add_person("other")
    await other.start()
    sandbox.faults.add(says(401, "Unauthorized"))
    await office.owe(letter(talent.id, "a"))
    await office.sends()
    await office.owe(letter(other.id, "b"))
    await office.sends(rounds=20)
    assert (texts(talent), texts(other)) == ([], [])
    await office.sends(rounds=3, each=30)
    assert (texts(talent), texts(other)) == (["a"], ["b"])


async def test_a_change_to_a_message_that_is_gone_comes_as_a_new_one(office: Office, talent: Person) -> None:
    change = {"message_id": 99_999, "text": "现在这样"}
    await office.owe(letter(talent.id, "", method="editMessageText", params=change))
    await office.owe(letter(talent.id, "", method="editMessageReplyMarkup", params={"message_id": 99_999}))
    await office.sends(rounds=3)
    assert texts(talent) == ["现在这样"]
    assert {row.state for row in await office.rows()} == {"done"}
    assert office.dead == []


async def test_a_message_that_fails_for_ever_while_others_go_is_given_up_and_told(
    office: Office, sandbox: Sandbox, talent: Person
) -> None:
    other = sandbox.add_person("other")
    await other.start()
    sandbox.faults.add(Fault.bad_gateway(), chat=talent.id, times=ALONE + 1)
    await office.owe(letter(talent.id, "stone"), letter(talent.id, "next"))
    for n in range(ALONE + 2):
        await office.owe(letter(other.id, str(n)))
        await office.sends()
        office.clock.passes(40)
    assert texts(talent) == ["next"]
    assert [row.state for row in await office.rows()][:2] == ["dead", "done"]
    assert len(office.dead) == 1


async def test_while_nothing_goes_through_nothing_is_given_up(office: Office, sandbox: Sandbox, talent: Person) -> None:
    rule = sandbox.faults.add(Fault.bad_gateway(), times=10_000)
    await office.owe(letter(talent.id, "patient"))
    await office.sends(rounds=3 * ALONE, each=40)
    sandbox.faults.remove(rule)
    await office.sends(rounds=2, each=40)
    assert texts(talent) == ["patient"]
    assert (await office.rows())[0].attempts > 2 * ALONE


@pytest.mark.parametrize("crowd", [1, 3], ids=["one chat", "the bot"])
async def test_what_telegram_said_about_waiting_outlives_the_process(
    open_database: Callable[[], Awaitable[Database]],
    database: Database,
    sandbox: Sandbox,
    api: Api,
    clock: RoomClock,
    crowd: int,
) -> None:
    people = [sandbox.add_person(f"p{n}") for n in range(4)]
    for person in people:
        await person.start()
    before = Office(database, api, clock)
    for person in people[:crowd]:
        sandbox.faults.add(Fault.too_many(30), chat=person.id)
    await before.owe(*(letter(person.id, "a") for person in people[:crowd]))
    await before.sends()
    after = Office(await open_database(), api, clock)  # a process that knows nothing of it
    await after.owe(letter(people[3].id, "b"))
    await after.sends(rounds=20)
    free = crowd == 1
    assert (texts(people[0]), texts(people[3])) == ([], ["b"] if free else [])
    clock.passes(timedelta(seconds=12).total_seconds())
    await after.sends(rounds=3)
    assert (texts(people[0]), texts(people[3])) == (["a"], ["b"])

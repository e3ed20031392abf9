"""What is owed is sent, in order, at the allowed rate; every refusal ends as the table says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from room_clock import RoomClock
from sqlalchemy import insert, select
from telegram import error as telegram
from test_room_worker import OUTBOX, running, until

from bot.delivery import Delivery
from bot.limits import Limits, Rates
from bot.loop import Dead
from bot.refusals import Verdict, judge
from bot.transport import AiohttpRequest, Api
from db.engine import Database, Tx
from db.schema.queues import cards, outbox
from sandbox import Fault, Person, Sandbox


class Office:
    """A delivery and what it told us."""

    def __init__(self, database: Database, api: Api, clock: RoomClock) -> None:
        self.database = database
        self.clock = clock
        self.unreachable: list[int] = []
        self.dead: list[str] = []
        self.delivery = Delivery(database, OUTBOX, api, Limits(), clock, self._unreachable, self._dead)

    async def owe(self, *rows: dict[str, Any]) -> None:
        async with self.database.write() as tx:
            await OUTBOX.put_many(tx, rows, self.clock.now())
            tx.wake("outbox")

    async def sends(self, rounds: int = 1, each: float = 1.0) -> None:
        """Send all that may go, `rounds` times with some time in between."""
        async with running(self.delivery):
            await self.delivery.idle()
            for _ in range(rounds - 1):
                self.clock.passes(each)
                await self.delivery.idle()
        self.delivery._stopping = False

    async def rows(self) -> list[Any]:
        async with self.database.read() as tx:
            return list((await tx.execute(select(outbox).order_by(outbox.c.id))).all())

    async def _unreachable(self, _tx: Tx, dead: Sequence[Dead]) -> None:
        self.unreachable += [claimed["chat_id"] for claimed, _ in dead]

    async def _dead(self, _tx: Tx, dead: Sequence[Dead]) -> None:
        self.dead += [error for _, error in dead]


@pytest.fixture
def office(database: Database, api: Api, clock: RoomClock) -> Office:
    return Office(database, api, clock)


def letter(chat: int, text: str, **more: Any) -> dict[str, Any]:
    return {"key": str(chat), "chat_id": chat, "method": "sendMessage", "params": {"text": text}, **more}


def texts(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.from_bot]


async def test_messages_arrive_in_order_and_their_numbers_are_kept(office: Office, talent: Person) -> None:
    await office.owe(*(letter(talent.id, str(n)) for n in range(8)))
    await office.sends(rounds=6)
    assert texts(talent) == [str(n) for n in range(8)]
    rows = await office.rows()
    assert [row.state for row in rows] == ["done"] * 8
    assert [row.message_id for row in rows] == [m.id for m in talent.messages if m.from_bot]


async def test_what_is_owed_is_claimed_in_the_transaction_that_owes_it_and_sent_only_once_that_is_committed(
    office: Office, talent: Person
) -> None:
    async def fails() -> None:
        async with office.database.write() as tx:
            await OUTBOX.put_many(tx, [letter(talent.id, "never")], office.clock.now())
            tx.wake("outbox")
            tx.after_commit(lambda: pytest.fail("it was not committed"))
            raise RuntimeError

    async with running(office.delivery):
        await office.delivery.idle()
        with pytest.raises(RuntimeError):
            await fails()
        await office.owe(letter(talent.id, "owed"))
        assert not office.database.wake["outbox"].is_set()  # nobody has to look for it
        await office.delivery.idle()
    assert texts(talent) == ["owed"]


async def test_what_was_claimed_along_is_not_sent_when_the_commit_comes_to_nothing(
    office: Office, talent: Person
) -> None:
    async with running(office.delivery):
        await office.delivery.idle()
        take_along = office.database.takers["outbox"]

        async def and_then_all_is_undone(tx: Tx) -> bool:
            await take_along(tx)
            raise RuntimeError

        office.database.takers["outbox"] = and_then_all_is_undone
        with pytest.raises(RuntimeError):
            await office.owe(letter(talent.id, "never"))
        office.database.takers["outbox"] = take_along
        await office.owe(letter(talent.id, "owed"))
        await office.delivery.idle()
    assert texts(talent) == ["owed"]


async def test_a_message_that_is_long_on_its_way_keeps_no_other_from_being_sent_at_its_time(
    office: Office, sandbox: Sandbox, talent: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, away = sandbox.add_person("other"), asyncio.Event()
    await other.start()

    async def ready(params: Any) -> Any:
        if params["text"] == "slow":
            await away.wait()
        return params

    monkeypatch.setattr(office.delivery, "_ready", ready)
    await office.owe(
        letter(talent.id, "slow"), letter(other.id, "on time", due_at=office.clock.now() + timedelta(seconds=1))
    )
    async with running(office.delivery):
        for _ in range(4):
            await until(lambda: len(office.delivery._hands) == 1 and office.clock.ticking.sleeping == 1)
            office.clock.passes(0.25)
        await until(lambda: texts(other) == ["on time"])
        away.set()
        await office.delivery.idle()
    assert texts(talent) == ["slow"]


async def test_no_limit_of_telegram_is_ever_hit(office: Office, sandbox: Sandbox) -> None:
    people = [sandbox.add_person(f"p{n}") for n in range(12)]
    for person in people:
        await person.start()
    group = sandbox.add_group("组", people[:2])
    await office.owe(*(letter(chat, str(n)) for n in range(6) for chat in (*(p.id for p in people), group.id)))
    await office.sends(rounds=80, each=0.5)
    assert {call.status for call in sandbox.journal.calls} == {200}
    assert {row.state for row in await office.rows()} == {"done"}


async def test_a_clock_that_is_put_back_does_not_keep_everything_back_until_it_has_caught_up(
    database: Database, clock: RoomClock
) -> None:
    chats, wrong = [5, -7], clock.now() + timedelta(hours=1)
    before, now = Limits(), clock.now()
    async with database.write() as tx:
        assert await before.take(tx, chats, wrong) == [None, None]
    for limits in (before, Limits()):
        now += timedelta(seconds=1)
        assert limits.room(now) > 0
        async with database.write() as tx:
            assert await limits.take(tx, chats, now) == [None, None]


def test_a_group_has_a_slower_rate_than_a_person() -> None:
    rates = Rates()
    assert rates.of(-100).every >= timedelta(seconds=3)
    assert rates.of(100).every < timedelta(seconds=2)


async def test_a_refusal_for_too_many_holds_that_chat_only(office: Office, sandbox: Sandbox, talent: Person) -> None:
    other = sandbox.add_person("other")
    await other.start()
    sandbox.faults.add(Fault.too_many(30), chat=talent.id)
    await office.owe(letter(talent.id, "a"), letter(talent.id, "b"), letter(other.id, "c"), letter(other.id, "d"))
    await office.sends(rounds=3)
    assert (texts(talent), texts(other)) == ([], ["c", "d"])
    await office.sends(rounds=20, each=2)
    assert texts(talent) == ["a", "b"]
    assert (await office.rows())[0].attempts == 0


@pytest.mark.parametrize("fault", [Fault.bad_gateway(), Fault.timeout_before()], ids=["502", "closed"])
async def test_a_temporary_failure_is_tried_again(
    office: Office, sandbox: Sandbox, talent: Person, fault: Fault
) -> None:
    sandbox.faults.add(fault, times=2)
    await office.owe(letter(talent.id, "a"), letter(talent.id, "b"))
    await office.sends(rounds=8)
    assert texts(talent) == ["a", "b"]
    assert (await office.rows())[0].attempts == 2


async def test_who_blocked_the_bot_is_told_as_unreachable(office: Office, talent: Person) -> None:
    await talent.blocks_bot()
    await office.owe(letter(talent.id, "a"), letter(5_999_999_999, "nobody"))
    await office.sends()
    assert sorted(office.unreachable) == sorted([talent.id, 5_999_999_999])
    assert {row.state for row in await office.rows()} == {"dead"}


async def test_a_message_that_telegram_will_not_take_is_put_aside_and_the_next_one_goes(
    office: Office, talent: Person
) -> None:
    await office.owe(letter(talent.id, "x" * 5000), letter(talent.id, "next"))
    await office.sends()
    assert texts(talent) == ["next"]
    assert len(office.dead) == 1


async def test_what_was_sent_is_done_even_when_what_goes_with_it_cannot_be_written(
    office: Office, talent: Person
) -> None:
    await office.owe(letter(talent.id, "sent", entries=[1]), letter(talent.id, "next"))  # an entry of no matter at all
    await office.sends(rounds=3)
    assert texts(talent) == ["sent", "next"]
    assert [row.state for row in await office.rows()] == ["done", "done"]
    assert office.dead == []


async def test_a_card_is_sent_once_then_edited_and_sent_anew_when_it_is_gone(
    office: Office, sandbox: Sandbox, talent: Person
) -> None:
    async with office.database.write() as tx:
        values = {"id": 1, "matter_id": 1, "person_id": 1, "chat_id": talent.id}
        await tx.execute(insert(cards).values(values))
    for text in ("filed", "accepted", "accepted"):
        await office.owe(letter(talent.id, text, card_id=1) | {"method": "card"})
    await office.sends(rounds=3)
    assert texts(talent) == ["accepted"]
    assert [call.method.lower() for call in sandbox.journal.calls] == ["sendmessage", "editmessagetext"]
    first = talent.last.id
    await office.owe(letter(talent.id, "", method="deleteMessage", params={"message_id": first}))
    await office.owe(letter(talent.id, "delivered", card_id=1) | {"method": "card"})
    await office.sends(rounds=3)
    assert texts(talent) == ["delivered"]
    async with office.database.read() as tx:
        assert await tx.scalar(select(cards.c.message_id)) == talent.last.id


async def test_a_file_goes_along(office: Office, talent: Person) -> None:
    params = {"document": {"base64": "5L2g5aW9", "name": "你好.txt", "type": "text/plain"}, "caption": "图"}
    await office.owe(letter(talent.id, "", method="sendDocument", params=params))
    await office.sends()
    body = talent.last.raw
    assert (body["document"]["file_name"], body["caption"]) == ("你好.txt", "图")


async def test_the_token_is_in_no_error(request_: AiohttpRequest, unused_tcp_port: int) -> None:
    api = Api(request_, "123456:SECRET-TOKEN", f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(telegram.NetworkError) as failed:
        await api.call("getMe")
    assert "SECRET" not in repr(failed.value)
    assert failed.value.__cause__ is None


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (telegram.RetryAfter(3), Verdict.WAIT),
        (telegram.TimedOut(), Verdict.RETRY),
        (telegram.NetworkError("Bad Gateway (502)"), Verdict.RETRY),
        (telegram.Forbidden("Forbidden: bot was blocked by the user"), Verdict.UNREACHABLE),
        (telegram.Forbidden("Forbidden: bot was kicked from the supergroup chat"), Verdict.UNREACHABLE),
        (telegram.BadRequest("Bad Request: chat not found"), Verdict.UNREACHABLE),
        (telegram.BadRequest("Bad Request: message is not modified: specified new …"), Verdict.DONE),
        (telegram.BadRequest("Bad Request: message to edit not found"), Verdict.ANEW),
        (telegram.BadRequest("Bad Request: can't parse entities"), Verdict.REJECTED),
        (telegram.ChatMigrated(-100), Verdict.MOVED),
        (telegram.InvalidToken("Unauthorized"), Verdict.LOCKED_OUT),
    ],
)
def test_every_known_refusal_has_its_verdict(error: telegram.TelegramError, verdict: Verdict) -> None:
    assert judge(error) is verdict

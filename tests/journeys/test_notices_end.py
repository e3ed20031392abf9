"""Every notice ends: what is no longer true is not sent, of many cards the last is, what cannot be sent is told."""

from __future__ import annotations

from datetime import timedelta

from district import District
from filed import files
from sqlalchemy import select

from db.schema.queues import outbox
from desk.overtaken import reminder
from sandbox import Fault, Person


def heard(person: Person, words: str) -> int:
    return sum(words in message.text for message in person.messages if message.from_bot)


async def ends(district: District, purpose: str) -> list[str]:
    async with district.parts.database.read() as tx:
        rows = await tx.execute(select(outbox.c.state).where(outbox.c.purpose == purpose).order_by(outbox.c.id))
        return [row.state for row in rows]


async def test_a_reminder_whose_matter_moved_on_meanwhile_is_taken_back(district: District) -> None:
    matter = await files(district)
    gate = district.sandbox.faults.add(Fault.bad_gateway(), method="sendMessage", times=10_000)
    waited = timedelta()
    async with district.parts.database.read() as tx:
        liaison = await tx.scalar(
            select(outbox.c.person_id).where(outbox.c.chat_id == district.liaison.id, outbox.c.matter_id == matter.id)
        )
    name = reminder(matter.id, "accept", liaison)
    while not await ends(district, name):  # Telegram is away while the time to accept runs out
        await district.passes(hours=1)
        waited += timedelta(hours=1)
        assert waited < timedelta(days=2)
    await district.liaison.presses("接单")
    await district.settles()
    district.sandbox.faults.remove(gate)
    await district.passes(minutes=2)
    await district.passes(minutes=2)
    assert set(await ends(district, name)) == {"superseded"}
    assert heard(district.liaison, "还没有接单") == 0


async def test_of_many_changes_while_telegram_is_away_only_the_last_is_on_the_card(district: District) -> None:
    await files(district)
    before = len(district.sandbox.journal.of("editMessageText"))
    gate = district.sandbox.faults.add(Fault.bad_gateway(), chat=district.talent.id, times=10_000)
    for label in ("接单", "请补材料"):
        await district.liaison.presses(label)
        await district.settles()
    await district.liaison.says("户口本")
    await district.settles()
    district.sandbox.faults.remove(gate)
    await district.passes(minutes=1)
    await district.passes(minutes=1)
    cards = [
        c
        for c in district.sandbox.journal.of("editMessageText")[before:]
        if c.chat == district.talent.id and c.status == 200
    ]
    assert len(cards) == 1
    assert "户口本" in (await district.talent.hears("户口本")).text


async def test_a_cardholder_who_cannot_be_reached_is_phoned_by_whoever_handles_the_matter(district: District) -> None:
    matter = await files(district)
    district.sandbox.faults.add(Fault.blocked(), chat=district.talent.id, times=10_000)
    await district.liaison.presses("接单")
    await district.settles()
    assert heard(district.liaison, f"{matter.number} 的持卡人收不到") == 1
    await district.passes(minutes=5)
    await district.liaison.presses("送单")
    await district.liaison.says("办好了")
    await district.settles()
    assert heard(district.liaison, f"{matter.number} 的持卡人收不到") == 2
    assert heard(district.admin, "没能") == 0

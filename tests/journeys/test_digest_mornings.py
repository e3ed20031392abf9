"""Staff hear in the morning what is late, due, new and waiting; at night only what cannot wait."""

from __future__ import annotations

from pathlib import Path

import pytest
from district import District, open_district
from filed import files
from room_clock import RoomClock
from sqlalchemy import select, update

from db.schema.people import persons, staff
from desk.calendar import Workdays
from sandbox import Person, Sandbox
from sandbox.seen import Message


def digests(person: Person) -> list[Message]:
    return [message for message in person.messages if message.from_bot and "☀️" in message.text]


async def test_what_is_late_is_in_the_digest_with_a_button_that_opens_it(district: District) -> None:
    liaison = district.liaison
    matter = await files(district)
    await district.passes(hours=23)  # Tuesday 9:00
    (digest,) = digests(liaison)
    assert "已过期 1 件" in digest.text
    assert matter.number in digest.text
    await liaison.presses(matter.number, on=digest)
    assert "派单" in (await liaison.hears("经过")).text
    assert digests(district.department) == []


async def test_each_matter_stands_in_one_section_by_what_is_to_be_done(district: District) -> None:
    liaison = district.liaison
    first = await files(district)
    await liaison.presses("接单", on=await liaison.hears(first.number))
    await district.settles()
    await liaison.presses("请补材料")
    await liaison.hears("要补哪些材料")
    await liaison.says("户口本")
    await district.passes(hours=22.5)  # Tuesday 8:30
    await files(district, category="housing")
    await district.passes(hours=0.5)
    text = digests(liaison)[-1].text
    assert "等持卡人 1 件" in text
    assert "今天到期 1 件" in text
    assert "已过期" not in text


async def test_days_missed_in_an_outage_are_made_up_for_once(district: District) -> None:
    liaison = district.liaison
    await files(district)
    await district.passes(days=3)  # all at once, to Thursday 10:00
    assert len(digests(liaison)) == 1
    await district.passes(hours=22.9)
    assert len(digests(liaison)) == 1
    await district.passes(hours=0.2)  # past Friday 9:00
    assert len(digests(liaison)) == 2
    await district.passes(days=2)  # Sunday
    assert len(digests(liaison)) == 2
    await district.passes(days=1)
    assert len(digests(liaison)) == 3


async def test_a_restart_sets_nothing_twice(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    async with open_district(tmp_path, database_url, sandbox, clock) as district:
        await district.begins("talent", "liaison")
        await files(district)
    for hours in (10, 12.9):
        clock.passes(hours * 3600)
        async with open_district(tmp_path, database_url, sandbox, clock) as district:
            await district.settles()
            assert digests(sandbox.people["liaison"]) == []
            if hours > 12:
                await district.passes(hours=0.2)
                assert len(digests(sandbox.people["liaison"])) == 1
                await district.passes(hours=2)
                assert len(digests(sandbox.people["liaison"])) == 1


async def test_at_night_only_what_is_urgent_is_sent_and_it_is_not_held_up(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await district.passes(hours=12)  # 22:00
    card = next(message for message in liaison.messages if "点单 →" in message.text)
    await liaison.presses("接单", on=card)
    await district.settles()
    assert not [message for message in talent.messages if "接单了" in message.text]
    await liaison.says("明天一早就办", reply_to=card)
    await talent.hears("明天一早就办")
    await district.passes(hours=9.9)
    assert not [message for message in talent.messages if "接单了" in message.text]
    await district.passes(hours=0.2)  # past 8:00
    assert [message for message in talent.messages if "接单了" in message.text]


async def test_whoever_is_up_at_night_and_writing_is_told_at_once(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await district.passes(hours=12)  # 22:00
    await talent.says("今天天气怎么样")
    await district.passes(minutes=29)
    card = next(message for message in liaison.messages if "点单 →" in message.text)
    await liaison.presses("接单", on=card)
    await district.settles()
    await talent.hears("接单了")


async def test_a_leader_reads_a_digest_and_is_pinged_only_for_what_is_late_at_their_level(district: District) -> None:
    leader = district.sandbox.add_person("leader", first_name="石远")
    async with district.parts.database.write() as tx:
        holder = select(staff.c.person_id).join(persons).where(staff.c.role == "leader", persons.c.name == "石远")
        here = {"telegram_id": leader.id, "chat_id": leader.id}
        await tx.execute(update(persons).where(persons.c.id == holder.scalar_subquery()).values(**here))
    await leader.start()
    await district.settles()
    matter = await files(district)
    await district.passes(hours=6)  # due to be accepted by 15:00
    assert not [message for message in leader.messages if matter.number in message.text]
    await district.passes(hours=17.1)  # Tuesday 9:06
    (digest,) = digests(leader)
    assert matter.number in digest.text
    assert "何青在办" in digest.text
    assert digest.buttons == []
    await district.passes(hours=30)  # Wednesday 15:06: the ladder has come to the leader's level
    assert [message for message in leader.messages if "请督办" in message.text]


async def test_an_admin_is_told_on_mondays_that_the_year_ahead_is_missing(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workdays, "announced", lambda _days, year: year < 2027)
    await district.passes(days=6, hours=23)  # Monday 9:00
    assert "2027 年的放假调休安排还没有" in digests(district.admin)[-1].text
    assert digests(district.liaison) == []
    await district.passes(days=1)
    assert len(digests(district.admin)) == 1

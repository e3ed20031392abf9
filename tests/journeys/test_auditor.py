"""The auditor finds each kind of stuck row, tells the admins once what to do, and shows whether it lives itself."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from district import District
from filed import files
from sqlalchemy import delete, insert, select, update
from taps import tap

from bot.auditor import EVERY, SILENT
from bot.delivery import LEASE
from db.schema.book import book_jobs
from db.schema.matters import matters
from db.schema.queues import inbox, outbox, timers
from desk.alarms import News
from desk.desk import Desk
from desk.inspection import Finding
from handlers.alarms import owe_alarms
from sandbox import Person

ROWS: dict[Any, dict[str, Any]] = {
    inbox: {"key": "1", "body": "{}"},
    outbox: {"key": "1", "chat_id": 1, "method": "sendMessage", "params": {}},
    timers: {"kind": "remind", "body": {}},
    book_jobs: {"key": "1", "body": {}},
}


async def plant(district: District, **common: Any) -> dict[Any, int]:
    """The same row in every queue; the number of each."""
    now, planted = district.clock.now(), {}
    async with district.parts.database.write() as tx:
        for table, own in ROWS.items():
            values = {**own, "due_at": now, "created_at": now, **common}
            planted[table] = (await tx.execute(insert(table).values(**values).returning(table.c.id))).scalar_one()
    return planted


async def looks(district: District, seconds: float = EVERY) -> None:
    """Time passes, the auditor looks, and what it has to say arrives."""
    district.clock.passes(seconds)
    await district.parts.auditor.look()
    await district.settles()


def alarms(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.text[:1] in "🚨⚠✅" and message.from_bot]


async def run(district: District, statement: Any) -> None:
    async with district.parts.database.write() as tx:
        await tx.execute(statement)


async def test_what_hangs_in_a_hand_is_told_once_and_its_end_too(district: District) -> None:
    held = {"lease": f"{district.parts.database.process}.0123456789abcdef"}
    await plant(district, **held, leased_until=district.clock.now() + 100 * LEASE)
    await looks(district, 2 * LEASE.total_seconds() + 1)
    assert alarms(district.admin) == [], "at the first look nobody knows how long it has stood"
    await looks(district)
    told = alarms(district.admin)
    assert [text[:1] for text in told] == ["🚨"] * 4
    assert any("该发的消息等了 4 分钟" in text and "先打电话" in text for text in told)
    await looks(district)
    await looks(district)
    assert alarms(district.admin) == told
    async with district.parts.database.write() as tx:
        for table in ROWS:
            await tx.execute(update(table).where(table.c.lease == held["lease"]).values(state="superseded", lease=None))
    await looks(district)
    assert [text[:4] for text in alarms(district.admin)[4:]] == ["✅ 已恢"] * 4


async def test_what_was_given_up_and_told_to_nobody_is_told_now_and_nothing_twice(district: District) -> None:
    numbers = await plant(district, state="dead", done_at=district.clock.now())
    await district.talent.blocks_bot()
    async with district.parts.database.write() as tx:  # given up in the ordinary way, which tells by itself
        letter = {**ROWS[outbox], "key": str(district.talent.id), "chat_id": district.talent.id}
        now = district.clock.now()
        await tx.execute(insert(outbox).values(**letter, due_at=now, created_at=now))
        tx.wake("outbox")
    await district.settles()
    await looks(district)
    told = alarms(district.admin)
    assert len(told) == 4
    assert all(any(f"编号 {number}）" in text for text in told) for number in numbers.values())
    await looks(district)
    assert alarms(district.admin) == told


async def test_an_open_matter_without_a_plan_and_an_act_nobody_heard_of(district: District) -> None:
    first, second = await files(district), await files(district)
    await looks(district)
    assert alarms(district.admin) == []
    await run(district, delete(timers).where(timers.c.matter_id == first.id))
    await district.liaison.presses("接单")
    await district.settles()
    async with district.parts.database.read() as tx:
        accepted = await tx.scalar(select(matters.c.id).where(matters.c.status == "accepted"))
    there = district.talent.id == outbox.c.chat_id
    await run(
        district,
        delete(outbox).where(there, outbox.c.matter_id == accepted, outbox.c.created_at == district.clock.now()),
    )
    await looks(district)
    told = alarms(district.admin)
    assert len(told) == 2
    assert any(first.number in text and "没有安排任何提醒" in text for text in told)
    assert any("人工告知持卡人" in text for text in told)
    await run(district, delete(timers).where(timers.c.matter_id == second.id))
    district.clock.passes(90 * 24 * 3600)
    await looks(district)
    [last] = [text for text in alarms(district.admin)[2:] if first.number in text]
    assert "提醒和升级都已用完" in last
    assert second.number in last


async def test_a_dead_auditor_is_seen_from_outside(district: District) -> None:
    address = f"http://127.0.0.1:{district.service.port}"

    async def page(name: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"{address}/{name}") as answer:
            return answer.status, await answer.text()

    await looks(district)
    assert await page("readyz") == (200, "ready\n")
    assert await page("healthz") == (200, "ok\n")
    last = district.clock.now()
    await district.parts.auditor.stop()
    await district.passes(seconds=SILENT.total_seconds())
    assert "no process has audited since" in (await page("readyz"))[1]
    assert (await page("healthz"))[0] == 503
    line = next(line for line in (await page("metrics"))[1].splitlines() if line.startswith("desk_auditor_heartbeat"))
    assert float(line.split()[1]) == pytest.approx(last.timestamp(), abs=0.01)


async def test_who_gets_a_card_later_was_not_owed_what_came_before_it(district: District) -> None:
    """Who was asked for more time, and later got the matter back, had no card while it was handed on."""
    liaison, department, admin = district.liaison, district.department, district.admin
    await files(district)
    await tap(district, liaison, "接单", "申请延期")
    await liaison.says("12月10日")
    await liaison.hears("为什么要延期")
    await liaison.says("学校要核实")
    await admin.hears("申请延期到")
    district.clock.passes(1)
    await tap(district, liaison, "转交", "教育主管部门", "江禾")
    await liaison.says("入学归教育部门办")
    await department.hears("EY-2026-000001")
    district.clock.passes(1)
    await tap(district, department, "退回")
    await department.says("住址在外地")
    await admin.hears("派错了单位")
    await looks(district)
    await looks(district)
    assert alarms(admin) == []


async def test_a_matter_that_two_findings_are_about_is_named_once(district: District) -> None:
    await files(district)
    findings = [Finding("untold", n, {"number": "EY-2026-000001"}) for n in ("1", "2")]
    async with district.parts.database.write() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        await owe_alarms(desk, district.parts.services, News(findings, []))
    await district.settles()
    assert alarms(district.admin)[0].count("EY-2026-000001") == 1

"""The auditor's report: who saw, who did, who was refused; by person, matter and days; broken rows named."""

from __future__ import annotations

import argparse

import pytest
from district import District
from filed import files
from sqlalchemy import delete, select, update

from bot.commands import audit
from db.schema.authority import ledger
from desk.audit import verify
from desk.desk import Desk
from desk.ledger import Done
from sandbox import Person

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on which database it is."""


@pytest.fixture
async def auditor(district: District) -> Person:
    """The demo's auditor, and something to find."""
    await district.run_team.says("/roster")
    matter = await files(district, category="school")
    await district.liaison.presses("接单")
    await district.settles()
    await district.run_team.says(f"/do {matter.number}")
    await district.settles()
    return district.auditor


async def asks(district: District, person: Person, words: str) -> str:
    await person.says(words)
    await district.settles()
    return str(person.last.text)


async def test_the_auditor_reads_who_saw_who_did_and_who_was_refused(district: District, auditor: Person) -> None:
    report = await asks(district, auditor, "/audit")
    assert "何青办：接单 EY-2026-000001" in report
    assert "何青看：状态卡 EY-2026-000001" in report
    assert "跑快被拒 1 次：导入花名册" in report or "被拒 1 次：导入花名册" in report
    assert "被拒 1 次：按编号办理 EY-2026-000001" in report
    of_one = await asks(district, auditor, "何青")
    assert "何青办：接单" in of_one
    assert "被拒" not in of_one
    of_matter = await asks(district, auditor, "EY-2026-000001")
    assert "办：点单" in of_matter
    assert "导入花名册" not in of_matter
    last = await asks(district, auditor, "1")
    assert "看审计报告 （何青）" in last
    assert "看审计报告 只看 EY-2026-000001" in last
    assert "=" not in last
    assert "没有找到“王五”" in await asks(district, auditor, "王五")


@ON_SQLITE
async def test_nobody_but_an_auditor_reads_it(district: District, auditor: Person) -> None:
    for person in (district.admin, district.talent):
        assert await asks(district, person, "/audit") == "没有这个功能。发 /help 看我能做什么。"
    assert "没有这个功能" in await asks(district, auditor, "/roster")


@ON_SQLITE
async def test_the_command_line_has_the_same_report(
    district: District, auditor: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"task": "report", "person": "", "matter": "EY-2026-000001", "days": 7, "limit": 50, "language": "en"}
    assert await audit.run(district.parts.settings, argparse.Namespace(**asked)) == 0
    said = capsys.readouterr().out
    assert "何青 did: " in said
    assert "was refused 1×" in said
    assert await audit.run(district.parts.settings, argparse.Namespace(**{**asked, "person": "nobody"})) == 1


@pytest.mark.parametrize("harm", ["changed", "cut", "taken"])
@ON_SQLITE
async def test_a_row_of_the_offices_acts_that_was_touched_is_named(district: District, harm: str) -> None:
    async with district.parts.database.write() as tx:
        house = district.parts.services.house
        for n in range(3):
            await Desk(tx, house, district.clock.now()).ledger.note(Done.INVITED, None, n)
    async with district.parts.database.read() as tx:
        assert (await verify(tx)).sound
        last = (await tx.execute(select(ledger.c.n).order_by(ledger.c.n.desc()).limit(1))).scalar_one()
    async with district.parts.database.write() as tx:
        if harm == "changed":
            await tx.execute(update(ledger).where(ledger.c.n == last - 1).values(subject=99))
        else:
            await tx.execute(delete(ledger).where(ledger.c.n == (last if harm == "cut" else last - 1)))
    async with district.parts.database.read() as tx:
        found = await verify(tx)
    assert (found.of_office, found.n) == (True, last if harm == "cut" else last - 1)

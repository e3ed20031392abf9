"""A roster far larger than a district has, names as long as a file may have them: every list arrives, and whole."""

from __future__ import annotations

from datetime import date

import pytest
from district import District
from filed import files
from sqlalchemy import insert, select
from taps import tap
from test_roster import changed, roster, sends

from db.schema.people import links, persons, project_members, projects, staff, team_members, teams
from db.schema.queues import inbox, outbox
from handlers.journeys import FEATURES
from handlers.paging import PER_PAGE
from sandbox import Person

MANY = 150
LONG = "山野食品与康养文旅融合创新创业团队<&>" * 10
SINCE = date(2026, 1, 1)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is shown has nothing to do with the kind of database."""


@pytest.fixture
async def large(district: District) -> District:
    """150 teams and as many projects of one cardholder, one run-team member and one department, and a large office."""
    await district.director.start()
    await district.auditor.start()
    async with district.parts.database.write() as tx:
        post = await tx.scalar(select(staff.c.id).join(persons).where(persons.c.key == "pao_kuai"))
        talent = await tx.scalar(select(persons.c.id).where(persons.c.key == "yang_fan"))
        for n in range(MANY):
            name = {"key": f"big{n}", "name_zh": f"{n}号{LONG}"[:200], "name_en": f"No. {n} {LONG}"[:200]}
            team = await tx.scalar(insert(teams).values(**name).returning(teams.c.id))
            project = await tx.scalar(insert(projects).values(**name).returning(projects.c.id))
            for kind, subject, end in (
                ("run_team", team, {"staff_id": post}),
                ("department", project, {"office": "education"}),
            ):
                await tx.execute(insert(links).values(kind=kind, subject_id=subject, since=SINCE, **end))
            await tx.execute(insert(team_members).values(team_id=team, person_id=talent))
            await tx.execute(insert(project_members).values(project_id=project, person_id=talent))
            born = district.clock.now()
            who = {"key": f"staff{n}", "name": f"{n}号{LONG}"[:200], "created_at": born}
            person = await tx.scalar(insert(persons).values(**who).returning(persons.c.id))
            await tx.execute(insert(staff).values(person_id=person, office="organisation", role="handler"))
    await district.settles()
    return district


async def broken(district: District) -> list[object]:
    """What could not be sent or handled."""
    async with district.parts.database.read() as tx:
        unsent = select(outbox.c.method, outbox.c.params, outbox.c.error).where(outbox.c.state == "dead")
        unread = select(inbox.c.error).where(inbox.c.state == "dead")
        return [*(await tx.execute(unsent)).all(), *(await tx.execute(unread)).all()]


def labels(person: Person) -> list[str]:
    return [label for row in person.last.buttons for label in row]


async def test_every_command_of_everybody_is_answered(large: District) -> None:
    await files(large, concern="team")
    commands = dict.fromkeys(command.name for feature in FEATURES for command in feature.commands)
    for key in ("talent", "liaison", "department", "run_team", "director", "admin", "auditor"):
        person = large.sandbox.people[key]
        for name in commands:
            before = len(person.messages)
            await person.says(f"/{name}")
            await large.settles()
            assert len(person.messages) > before, (key, name)
            assert await broken(large) == [], (key, name)
    for _ in range(8):
        await large.passes(hours=12)
    assert await broken(large) == []


async def test_the_teams_of_a_run_team_member_come_a_page_at_a_time(large: District) -> None:
    run_team = large.run_team
    await run_team.says("/visits")
    await large.settles()
    seen = set(labels(run_team))
    assert len(seen) == PER_PAGE + 1
    for _ in range(MANY // PER_PAGE):
        await tap(large, run_team, "下一页")
        seen |= set(labels(run_team))
    assert "下一页 ➡️" not in labels(run_team)
    assert len({label for label in seen if "号" in label}) == MANY
    await tap(large, run_team, "上一页")
    assert await broken(large) == []


async def test_whoever_stands_in_or_is_invited_is_found_on_a_later_page(large: District) -> None:
    liaison, admin = large.liaison, large.admin
    await liaison.says("/away 到周五")
    await tap(large, liaison, "下一页", "下一页")
    assert any("号" in label for label in labels(liaison))
    await admin.says("/invite")
    await tap(large, admin, "区委组织部", "下一页", "上一页", "下一页")
    assert len(labels(admin)) == PER_PAGE + 3
    await files(large)
    async with large.parts.database.write() as tx:
        there = persons.c.key.startswith("staff")
        await tx.execute(persons.update().where(there).values(chat_id=persons.c.id + 9_000_000_000))
    await tap(large, liaison, "接单", "转交", "本单位同事")
    assert await broken(large) == []
    assert "110 位没有列出" in liaison.last.text, liaison.last.text
    assert await broken(large) == []


async def test_what_a_matter_is_about_is_found_on_a_later_page(large: District) -> None:
    talent = large.talent
    await talent.says("/new")
    await tap(large, talent, "同意，继续", "政策兑现", *["下一页"] * 20)
    chosen = labels(talent)[0]
    await tap(large, talent, chosen)
    assert "下一页 ➡️" not in labels(talent)
    assert await broken(large) == []


async def test_long_rows_of_a_file_are_previewed_and_the_second_person_can_decide(large: District) -> None:
    admin, director = large.admin, large.director
    rows: list[list[object]] = [[f"n{n}", "<&>" * 66, "", "教育主管部门", "经办人"] for n in range(60)]
    await sends(large, admin, changed(await roster(large), "工作人员", *rows))
    await tap(large, admin, "导入")
    assert "同意" in str(director.last.buttons)
    assert await broken(large) == []
    await sends(large, admin, changed(await roster(large), "持卡人才", *([["<&>" * 60] * 8] * 60)))
    assert "没有导入" in " ".join(message.text for message in admin.messages[-3:])
    assert await broken(large) == []

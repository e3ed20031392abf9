"""Links, absences and leavers behind the scenes: what moves, what stays, and on which day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.engine import Database, Tx
from db.schema.matters import matters
from db.schema.people import absences, links, persons, staff
from db.schema.queues import timers
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.house import House
from desk.links import LinkEnd
from desk.people import Person
from desk.refusals import Refused
from desk.rules.roster import LinkKind

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


async def person(tx: Tx, desk: Desk, key: str) -> Person:
    found = await desk.people.get(await tx.scalar(select(persons.c.id).where(persons.c.key == key)))
    assert found is not None
    return found


async def owners(tx: Tx) -> list[str]:
    """Who owns each matter, by their key."""
    query = select(persons.c.key).join(staff, staff.c.person_id == persons.c.id)
    query = query.join(matters, matters.c.owner_id == staff.c.id).order_by(matters.c.id)
    return list((await tx.execute(query)).scalars())


async def test_a_link_that_changes_twice_in_a_day_ends_and_begins_without_a_gap(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        talent = await person(tx, desk, "yang_fan")
        await desk.matters.file(talent, Filing(category="school", concern=Concern("person")))
        assert await owners(tx) == ["he_qing"]
        gu, bai = await person(tx, desk, "leader_gu"), await person(tx, desk, "leader_bai")
        for leader in (gu, bai):
            moved = await desk.links.change(LinkKind.LEADER, talent.id, LinkEnd(staff=leader.posts[0].id))
            assert moved.count == 1
        assert await owners(tx) == ["lu_ping"]
        again = await desk.links.change(LinkKind.LEADER, talent.id, LinkEnd(staff=bai.posts[0].id))
        assert again.count == 0  # it is theirs already
        held = await tx.scalar(
            select(func.count())
            .select_from(links)
            .where(links.c.kind == "leader", links.c.subject_id == talent.id, links.c.since <= TODAY)
            .where(links.c.until.is_(None) | (links.c.until >= TODAY))
        )
        assert held == 1


async def test_what_was_handed_elsewhere_stays_when_a_link_changes(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        talent = await person(tx, desk, "yang_fan")
        matter = await desk.matters.file(talent, Filing(category="school", concern=Concern("person")))
        elsewhere = await person(tx, desk, "jiang_he")
        await desk.succession.move(matter, await desk.handover.to_post(elsewhere.posts[0].id))
        leader = await person(tx, desk, "leader_gu")
        moved = await desk.links.change(LinkKind.LEADER, talent.id, LinkEnd(staff=leader.posts[0].id))
        assert moved.count == 0
        assert await owners(tx) == ["jiang_he"]


async def test_an_absence_that_overlaps_gives_way_and_one_ahead_waits_for_its_day(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        liaison, deputy = await person(tx, desk, "he_qing"), await person(tx, desk, "ye_nan")
        tomorrow = TODAY + timedelta(days=1)
        await desk.absences.leave(liaison, tomorrow, FRIDAY, deputy.posts[0].id)
        assert await tx.scalar(select(func.count()).select_from(timers).where(timers.c.kind == "absence")) == 1
        await desk.absences.leave(liaison, TODAY, FRIDAY, deputy.posts[0].id)
        mine = absences.c.staff_id == liaison.posts[0].id
        assert await tx.scalar(select(func.count()).select_from(absences).where(mine)) == 1
        with pytest.raises(Refused, match="deputy_away"):
            await desk.absences.leave(deputy, TODAY, FRIDAY, liaison.posts[0].id)
        with pytest.raises(Refused, match="not_a_colleague"):
            await desk.absences.leave(deputy, TODAY, FRIDAY, deputy.posts[0].id)
        with pytest.raises(Refused, match="over"):
            await desk.absences.leave(liaison, FRIDAY, TODAY, deputy.posts[0].id)
        assert await desk.absences.back(liaison)
        assert not await desk.absences.back(liaison)
        assert await desk.absences.of(liaison) is None


async def test_when_everybody_of_an_office_leaves_nothing_is_unowned(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        talent = await person(tx, desk, "yang_fan")
        about = next(each for each in await desk.roster.concerns_of(talent) if each.kind == "project")
        matter = await desk.matters.file(talent, Filing(category="award", concern=about))
        assert await owners(tx) == ["jiang_he"]
        await desk.staffing.leaves(await person(tx, desk, "jiang_he"))
        assert await owners(tx) == ["qiu_shan"]
        await desk.staffing.leaves(await person(tx, desk, "qiu_shan"))
        (owner,) = await owners(tx)
        assert owner in ("zhou_an", "tang_lin")  # the talent office, which cannot be absent
        (step,) = matter.steps
        holder = await desk.people.of_post(step.staff_id)
        assert holder is not None
        await desk.staffing.leaves(holder)
        after = await desk.views.matter(matter.id)
        assert after is not None
        assert after.steps[0].staff_id != step.staff_id
        assert (await person(tx, desk, "jiang_he")).posts == ()

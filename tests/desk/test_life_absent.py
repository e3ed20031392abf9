"""Who is away behind the scenes: days that change, who is told instead, and what a matter becomes meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from db.engine import Database, Tx
from db.schema.matters import matters
from db.schema.people import absences, persons, staff
from db.schema.queues import timers
from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.house import House
from desk.people import Person
from desk.refusals import Refused
from desk.rules.deadlines import Rung
from desk.rules.life import Act, Status
from desk.views import Matter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)
FIRST, LATER, LAST = date(2026, 12, 14), date(2026, 12, 16), date(2026, 12, 18)


async def people(tx: Tx, desk: Desk, *keys: str) -> list[Person]:
    found = [await desk.people.get(await tx.scalar(select(persons.c.id).where(persons.c.key == key))) for key in keys]
    return [each for each in found if each is not None]


async def files(tx: Tx, desk: Desk, key: str = "yang_fan") -> Matter:
    (talent,) = await people(tx, desk, key)
    return await desk.matters.file(talent, Filing(category="school", concern=Concern("person")))


async def owner(tx: Tx) -> str:
    """Who owns the only matter, by their key."""
    query = select(persons.c.key).join(staff, staff.c.person_id == persons.c.id)
    return str(await tx.scalar(query.join(matters, matters.c.owner_id == staff.c.id)))


async def does(desk: Desk, matter: Matter, act: Act, person: Person, deed: Deed | None = None) -> Matter:
    return await desk.matters.act(matter, act, person, standing.roles(person, matter), deed or Deed())


async def set_for(tx: Tx) -> list[datetime]:
    """When absences are to begin."""
    query = select(timers.c.due_at).where(timers.c.kind == "absence", timers.c.state == "due")
    return list((await tx.execute(query.order_by(timers.c.due_at))).scalars())


async def days_of(tx: Tx, person: Person) -> list[tuple[date, date]]:
    mine = absences.c.staff_id.in_([post.id for post in person.posts])
    rows = await tx.execute(select(absences).where(mine).order_by(absences.c.first_day))
    return [(row.first_day, row.last_day) for row in rows]


async def test_a_planned_absence_whose_days_change_begins_on_its_new_first_day(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        await files(tx, desk)
        liaison, deputy = await people(tx, desk, "he_qing", "ye_nan")
        for first in (FIRST, LATER, FIRST, LATER):
            await desk.absences.leave(liaison, first, LAST, deputy.posts[0].id)
        assert await set_for(tx) == [datetime(2026, 12, 15, 16, 1, tzinfo=UTC)]
        body = await tx.scalar(select(timers.c.body).where(timers.c.kind == "absence", timers.c.state == "due"))
        await Desk(tx, house, datetime(2026, 12, 13, 16, 1, tzinfo=UTC)).absences.begins(body)
        assert await owner(tx) == "he_qing"
        await Desk(tx, house, datetime(2026, 12, 15, 16, 1, tzinfo=UTC)).absences.begins(body)
        assert await owner(tx) == "ye_nan"


async def test_one_absence_of_two_that_changes_leaves_the_other_as_planned(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        liaison, deputy = await people(tx, desk, "he_qing", "ye_nan")
        await desk.absences.leave(liaison, FIRST, LAST, deputy.posts[0].id)
        await desk.absences.leave(liaison, date(2027, 2, 1), date(2027, 2, 5), deputy.posts[0].id)
        await desk.absences.leave(liaison, LATER, LAST, deputy.posts[0].id)
        assert [each.date() for each in await set_for(tx)] == [date(2026, 12, 15), date(2027, 1, 31)]  # in UTC


async def test_who_is_back_from_today_keeps_the_days_planned_for_later_until_they_end_them_too(
    seeded: Database, house: House
) -> None:
    winter = (date(2027, 2, 1), date(2027, 2, 5))
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        liaison, deputy = await people(tx, desk, "he_qing", "ye_nan")
        await desk.absences.leave(liaison, *winter, deputy.posts[0].id)
        await desk.absences.leave(liaison, TODAY, FRIDAY, deputy.posts[0].id)
        assert await desk.absences.back(liaison)
        assert await days_of(tx, liaison) == [winter]
        assert len(await set_for(tx)) == 1
        assert await desk.absences.back(liaison)
        assert await days_of(tx, liaison) == []
        assert await set_for(tx) == []
        assert not await desk.absences.back(liaison)


async def test_who_has_left_stands_in_for_nobody(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk)
        former, next_one = await people(tx, desk, "ye_nan", "lu_ping")
        rung = {"post": matter.owner_id, "office": matter.office, "holder": matter.person_id}
        assert await desk.roster.on_rung(Rung.DEPUTY, **rung) == [former.id]
        await desk.staffing.leaves(former)
        await tx.execute(update(staff).where(staff.c.id == former.posts[0].id).values(deputy_id=next_one.posts[0].id))
        assert former.id not in await desk.roster.on_rung(Rung.DEPUTY, **rung)


async def test_whom_an_absence_names_stands_in_before_the_deputy_of_the_post(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk)
        liaison, deputy, named = await people(tx, desk, "he_qing", "ye_nan", "lu_ping")
        rung = {"post": matter.owner_id, "office": matter.office, "holder": matter.person_id}
        await desk.absences.leave(liaison, TODAY, FRIDAY, named.posts[0].id)
        assert await desk.roster.on_rung(Rung.DEPUTY, **rung) == [named.id]
        await desk.people.reachability(named.user_id or 0, reachable=False)
        assert await Desk(tx, house, NOW).roster.on_rung(Rung.DEPUTY, **rung) == [deputy.id]


async def test_a_request_for_more_time_reaches_the_dispatchers_while_the_head_is_away(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk, "hua_sheng")
        handler, head, dispatcher = await people(tx, desk, "jiang_he", "qiu_shan", "zhou_an")
        assert matter.owner_person_id == handler.id
        matter = await does(desk, matter, Act.ACCEPT, handler)
        assert list(await desk.newsroom.supervisors(matter)) == [head.id]
        await desk.absences.leave(head, TODAY, FRIDAY, handler.posts[0].id)
        asked = Deed("等学校回函", until=matter.deliver_due + timedelta(days=1))
        matter = await does(desk, matter, Act.EXTEND, handler, asked)
        assert dispatcher.id in {news.person_id for news in desk.newsroom.news if news.act is Act.EXTEND}
        assert (await does(desk, matter, Act.GRANT, dispatcher)).deliver_due == asked.until


async def test_who_got_a_matter_while_papers_were_awaited_has_it_in_hand_when_they_come(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk)
        talent, liaison, deputy = await people(tx, desk, "yang_fan", "he_qing", "ye_nan")
        matter = await does(desk, matter, Act.ACCEPT, liaison)
        assert matter.accepted_at == NOW
        matter = await does(desk, matter, Act.ASK, liaison, Deed("户口本"))
        matter = await does(desk, matter, Act.SUPPLY, talent, Deed("在这里"))
        assert matter.accepted_at == NOW
        await does(desk, matter, Act.ASK, liaison, Deed("房产证"))
        await desk.absences.leave(liaison, TODAY, FRIDAY, deputy.posts[0].id)
        later = NOW + timedelta(hours=3)
        desk = Desk(tx, house, later)
        matter = await desk.views.matter(matter.id) or matter
        assert (matter.owner_person_id, matter.accepted_at) == (deputy.id, None)
        matter = await does(desk, matter, Act.SUPPLY, talent, Deed("也在这里"))
        assert (matter.status, matter.accepted_at) == (Status.ACCEPTED, later)


async def test_a_result_was_in_hand_whoever_got_the_matter_while_papers_or_an_answer_were_awaited(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk)
        talent, liaison, deputy, next_one = await people(tx, desk, "yang_fan", "he_qing", "ye_nan", "lu_ping")
        matter = await does(desk, matter, Act.ACCEPT, liaison)
        await does(desk, matter, Act.ASK, liaison, Deed("户口本"))
        await desk.absences.leave(liaison, TODAY, FRIDAY, deputy.posts[0].id)
        later = NOW + timedelta(hours=3)
        desk = Desk(tx, house, later)
        matter = await desk.views.matter(matter.id) or matter
        assert (matter.owner_person_id, matter.accepted_at) == (deputy.id, None)
        matter = await does(desk, matter, Act.DELIVER, deputy, Deed("不用了，办好了"))
        assert matter.accepted_at == later
        desk = Desk(tx, house, later + timedelta(hours=1))
        await desk.absences.leave(deputy, TODAY, FRIDAY, next_one.posts[0].id)
        matter = await desk.views.matter(matter.id) or matter
        assert (matter.owner_person_id, matter.accepted_at) == (next_one.id, later)
        assert (await does(desk, matter, Act.CONFIRM, talent, Deed(rating=5))).accepted_at == later


async def test_a_matter_is_handed_only_to_posts_that_work_on_matters(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk)
        (liaison,) = await people(tx, desk, "he_qing")
        for each in await people(tx, desk, "shen_jian", "leader_bai"):
            with pytest.raises(Refused, match="no_worker"):
                await does(desk, matter, Act.TRANSFER, liaison, Deed("转", to_post=each.posts[0].id))
        (deputy,) = await people(tx, desk, "ye_nan")
        matter = await does(desk, matter, Act.TRANSFER, liaison, Deed("转", to_post=deputy.posts[0].id))
        assert matter.owner_person_id == deputy.id

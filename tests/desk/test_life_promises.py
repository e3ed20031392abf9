"""What was promised stays true behind the scenes: dates that move, matters that come back, parts of who has left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from test_life_absent import FRIDAY, TODAY, does, files, people

from db.engine import Database
from db.schema.people import persons, staff, talent_cards
from db.schema.queues import outbox
from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.house import House
from desk.post import Letter
from desk.refusals import NoCard, Refused
from desk.rules.deadlines import Rung
from desk.rules.life import Act, Status

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAYS = timedelta(days=1)


async def test_more_time_that_was_asked_for_before_papers_were_awaited_is_never_less_time(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        handler, head = await people(tx, desk, "jiang_he", "qiu_shan")
        matter = await does(desk, await files(tx, desk, "hua_sheng"), Act.ACCEPT, handler)
        asked = Deed("等学校回函", until=matter.deliver_due + 1 * DAYS)
        matter = await does(desk, matter, Act.EXTEND, handler, asked)
        matter = await does(desk, matter, Act.ASK, handler, Deed("户口本"))
        later = Desk(tx, house, NOW + 14 * DAYS)
        matter = await does(later, matter, Act.SUPPLY, handler, Deed("纸质的到了"))
        before = matter.deliver_due
        assert (await does(later, matter, Act.GRANT, head)).deliver_due > before


async def test_more_time_is_not_offered_to_be_granted_once_the_old_date_is_over(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        handler, head = await people(tx, desk, "jiang_he", "qiu_shan")
        matter = await does(desk, await files(tx, desk, "hua_sheng"), Act.ACCEPT, handler)
        asked = Deed("等学校回函", until=matter.deliver_due + 1 * DAYS)
        matter = await does(desk, matter, Act.EXTEND, handler, asked)
        roles = standing.roles(head, matter)
        assert Act.GRANT in standing.offers(matter, roles, house, matter.deliver_due - timedelta(minutes=1))
        late = standing.offers(matter, roles, house, matter.deliver_due)
        assert Act.GRANT not in late
        assert Act.REFUSE_EXTENSION in late


async def test_whoever_of_the_talent_office_gets_what_came_back_can_do_something_about_it(
    seeded: Database, house: House
) -> None:
    """Also when no dispatcher is there, and they are none."""
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        handler, dispatcher, head = await people(tx, desk, "jiang_he", "zhou_an", "tang_lin")
        others = [post.id for post in head.posts if post.role != "head"]
        await tx.execute(delete(staff).where(staff.c.id.in_(others)))
        matter = await files(tx, desk, "hua_sheng")
        await desk.absences.leave(dispatcher, TODAY, FRIDAY, next(p.id for p in head.posts if p.role == "head"))
        matter = await does(desk, matter, Act.RETURN, handler, Deed("不归我们"))
        (head,) = await people(tx, desk, "tang_lin")
        assert matter.owner_person_id == head.id
        offered = standing.offers(matter, standing.roles(head, matter), house, NOW)
        assert {Act.ACCEPT, Act.DISPATCH} <= {*offered}
        assert (await does(desk, matter, Act.ACCEPT, head)).owner_person_id == head.id


async def test_a_matter_that_comes_back_after_it_was_accepted_is_not_late_to_be_accepted_at_once(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        (handler,) = await people(tx, desk, "jiang_he")
        matter = await does(desk, await files(tx, desk, "hua_sheng"), Act.ACCEPT, handler)
        due, later = matter.deliver_due, Desk(tx, house, NOW + 2 * DAYS)
        matter = await does(later, matter, Act.RETURN, handler, Deed("不归我们"))
        assert matter.status is Status.RETURNED
        assert matter.accept_due > later.now
        assert matter.deliver_due == due


async def test_what_comes_back_unaccepted_keeps_the_date_that_was_told(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        (handler,) = await people(tx, desk, "jiang_he")
        matter = await files(tx, desk, "hua_sheng")
        due = matter.accept_due
        later = Desk(tx, house, NOW + timedelta(minutes=30))
        assert (await does(later, matter, Act.RETURN, handler, Deed("不归我们"))).accept_due == due


async def test_a_part_of_who_has_left_since_the_matter_was_closed_is_somebodys_when_it_is_opened_again(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        (talent,) = await people(tx, desk, "yang_fan")
        about = next(each for each in await desk.roster.concerns_of(talent) if each.kind == "project")
        matter = await desk.matters.file(talent, Filing(category="award", concern=about))
        owner, holder = [await desk.people.of_post(post) for post in (matter.owner_id, matter.steps[0].staff_id)]
        assert owner is not None
        assert holder is not None
        matter = await does(desk, matter, Act.ACCEPT, owner)
        matter = await does(desk, matter, Act.DELIVER, owner, Deed("办好了"))
        matter = await does(desk, matter, Act.CONFIRM, talent)
        await desk.staffing.leaves(holder)
        matter = await does(desk, matter, Act.REOPEN, talent, Deed("没到账"))
        assert matter.steps[0].done_at is None
        assert await desk.roster.hands(matter.steps[0].staff_id)


async def test_who_is_on_the_roster_by_another_id_keeps_their_matters_when_they_bind_their_card_again(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        (before,) = await people(tx, desk, "hua_sheng")
        matter = await files(tx, desk, "hua_sheng")
        anew = insert(persons).values(key="r999", name=before.name, created_at=NOW).returning(persons.c.id)
        holder: int = await tx.scalar(anew)
        await tx.execute(update(talent_cards).where(talent_cards.c.person_id == before.id).values(person_id=holder))
        (former,) = await people(tx, desk, "hua_sheng")
        now = await desk.accounts.bind(former, holder, way="card")
        (mine,) = await desk.views.open_of(now.id)
        assert (mine.id, mine.person_name) == (matter.id, before.name)
        assert [each.actor for each in await desk.views.history(matter.id) if each.actor_id] == [before.name]
        closed = await does(desk, mine, Act.WITHDRAW, now)
        assert closed.status is Status.WITHDRAWN


async def test_a_dispatcher_may_press_for_what_the_clock_has_just_raised(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        matter = await files(tx, Desk(tx, house, NOW), "hua_sheng")
        (dispatcher,) = await people(tx, Desk(tx, house, NOW), "zhou_an")
        late = Desk(tx, house, matter.accept_due)
        await late.clockwork.fire("escalate", matter.id, {"promise": "accept", "step": 0})
        matter = await does(late, matter, Act.ESCALATE, dispatcher)
        with pytest.raises(Refused, match="too_soon"):
            await does(late, matter, Act.ESCALATE, dispatcher)


async def test_what_staff_prepared_is_not_filed_with_a_card_that_is_no_longer_valid(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        clerk, talent = await people(tx, desk, "jiang_he", "hua_sheng")
        matter = await desk.behalf.prepare(clerk, talent, Filing(category="school", concern=Concern("person")))
        mine = talent_cards.c.person_id == talent.id
        await tx.execute(update(talent_cards).where(mine).values(status="revoked"))
        (talent,) = await people(tx, desk, "hua_sheng")
        with pytest.raises(NoCard):
            await desk.behalf.confirm(matter, talent, standing.roles(talent, matter))
        assert (await does(desk, matter, Act.WITHDRAW, talent)).status is Status.WITHDRAWN


async def test_while_no_dispatcher_is_there_the_last_rung_is_whoever_else_gets_what_nobody_can_take(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk, "hua_sheng")
        dispatcher, director = await people(tx, desk, "zhou_an", "tang_lin")
        rung = {"post": matter.owner_id, "office": matter.office, "holder": matter.person_id}
        assert await desk.roster.on_rung(Rung.TALENT_OFFICE, **rung) == [dispatcher.id]
        await desk.absences.leave(dispatcher, TODAY, FRIDAY, director.posts[0].id)
        assert await desk.roster.on_rung(Rung.TALENT_OFFICE, **rung) == [dispatcher.id, director.id]


async def test_the_date_that_was_promised_stands_in_an_office_with_other_hours(seeded: Database, house: House) -> None:
    short = {"hours": ((780, 1020),)}
    offices = [each.model_copy(update=short if each.id == "education" else {}) for each in house.catalogue.offices]
    other = replace(house, catalogue=replace(house.catalogue, offices=tuple(offices)))
    async with seeded.write() as tx:
        desk = Desk(tx, other, NOW)
        liaison, handler = await people(tx, desk, "he_qing", "jiang_he")
        matter = await does(desk, await files(tx, desk), Act.ACCEPT, liaison)
        given = await does(desk, matter, Act.TRANSFER, liaison, Deed("归教育", to_post=handler.posts[0].id))
        assert given.office == "education"
        assert given.deliver_due == matter.deliver_due
        back = await does(desk, given, Act.RETURN, handler, Deed("不归我们"))
        assert back.deliver_due == matter.deliver_due


async def test_whoever_prepared_a_matter_and_has_left_hears_nothing_of_it(seeded: Database, house: House) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        clerk, talent = await people(tx, desk, "jiang_he", "hua_sheng")
        matter = await desk.behalf.prepare(clerk, talent, Filing(category="school", concern=Concern("person")))
        await desk.staffing.leaves(clerk)
        later = Desk(tx, house, NOW + 1 * DAYS)
        await later.behalf.confirm(matter, talent, standing.roles(talent, matter))
        assert clerk.id not in {news.person_id for news in later.newsroom.news}


@pytest.mark.parametrize("moves", [True, False])
async def test_what_waits_for_the_morning_does_not_go_to_an_account_that_is_theirs_no_more(
    seeded: Database, house: House, moves: bool
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        matter = await files(tx, desk, "hua_sheng")
        (talent,) = await people(tx, desk, "hua_sheng")
        assert talent.chat_id is not None
        said = {"chat_id": talent.chat_id, "text": "请到学校来一趟"}
        night = Letter(talent.chat_id, "sendMessage", said, wait=DAYS, later=True)
        await desk.post.owe([replace(night, matter_id=matter.id, person_id=talent.id)])
        if moves:
            stranger = await desk.people.meet(9001, 9001, "zh")
            await desk.accounts.bind(stranger, talent.id, way="link")
            assert (matter.id, talent.id) in desk.newsroom.brought
        else:
            await desk.accounts.unbind(talent)
        unsent = select(outbox.c.chat_id).where(outbox.c.state == "due", outbox.c.matter_id == matter.id)
        assert (await tx.execute(unsent)).scalars().all() == []


async def test_what_staff_prepared_before_somebody_came_here_awaits_them_when_they_bind(
    seeded: Database, house: House
) -> None:
    async with seeded.write() as tx:
        desk = Desk(tx, house, NOW)
        clerk, talent = await people(tx, desk, "jiang_he", "hua_sheng")
        await desk.accounts.unbind(talent)
        matter = await desk.behalf.prepare(clerk, talent, Filing(category="school", concern=Concern("person")))
        later = Desk(tx, house, NOW + 1 * DAYS)
        await later.accounts.bind(await later.people.meet(9001, 9001, "zh"), talent.id, way="link")
        assert (matter.id, talent.id) in later.newsroom.brought

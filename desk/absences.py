"""Being away: a range of days with somebody who stands in, to whom open matters move and new ones come."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from db.engine import Tx
from db.queue import Queue
from db.schema.people import absences, persons, staff
from db.schema.queues import timers
from desk import serving
from desk.people import Person
from desk.refusals import NoSuchThing, Refused
from desk.rules.reasons import because
from desk.rules.zone import at_hour, day_of
from desk.succession import Moved, Succession

QUEUE = Queue(timers)
BEGINS = "absence"
"""The kind of timer that moves what is open when an absence begins."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Colleague:
    """Somebody who can stand in. `away_until` is set when they are away themselves."""

    post_id: int
    name: str
    office: str
    away_until: date | None = None


@dataclass(frozen=True)
class Away:
    """An absence as it stands."""

    first: date
    last: date
    deputy: str


class Absences:
    """Sets and ends absences, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, succession: Succession) -> None:
        self._tx = tx
        self._now = now
        self._today = day_of(now)
        self._succession = succession

    async def of(self, person: Person) -> Away | None:
        """The absence that lasts today or comes next."""
        mine = absences.c.staff_id.in_([post.id for post in person.posts])
        found = (
            await self._tx.execute(
                select(absences, persons.c.name)
                .outerjoin(staff, staff.c.id == absences.c.deputy_id)
                .outerjoin(persons, persons.c.id == staff.c.person_id)
                .where(mine, absences.c.last_day >= self._today)
                .order_by(absences.c.first_day)
            )
        ).first()
        return Away(found.first_day, found.last_day, found.name or "") if found else None

    async def colleagues(self, person: Person, first: date, last: date) -> list[Colleague]:
        """Who can stand in for them: the deputy of their post first, then everybody else of their offices."""
        offices = {post.office for post in person.posts}
        named = await self._deputy_of(person)
        query = (
            select(staff.c.id, staff.c.office, staff.c.person_id, persons.c.name)
            .join(persons)
            .where(staff.c.active, staff.c.person_id != person.id, staff.c.role.not_in(("leader", "auditor", "editor")))
            .where(staff.c.office.in_(offices) | (staff.c.id == named))
            .order_by((staff.c.id != named) if named else staff.c.id, staff.c.id)
        )
        away = await self._away_between(first, last)
        found: dict[int, Colleague] = {}
        for row in (await self._tx.execute(query)).all():
            found.setdefault(row.person_id, Colleague(row.id, row.name, row.office, away.get(row.id)))
        return list(found.values())

    async def leave(self, person: Person, first: date, last: date, deputy: int) -> Moved:
        """They are away on these days, both included, and this post stands in.

        What is open moves at once when the absence has begun, else on its first day. An earlier absence that overlaps
        is replaced.

        Raises:
            Refused: the days are past or the wrong way round, or the deputy is away then, gone, or they themselves.
        """
        if not person.posts:
            raise NoSuchThing
        if last < first or last < self._today:
            raise Refused("away.over")
        chosen = next((each for each in await self.colleagues(person, first, last) if each.post_id == deputy), None)
        if chosen is None:
            raise Refused("away.not_a_colleague")
        if chosen.away_until is not None:
            raise Refused("away.deputy_away", name=chosen.name, until=chosen.away_until)
        moved = Moved()
        if first <= self._today:
            await serving.step_aside(self._tx, [post.id for post in person.posts])
        for post in person.posts:
            await self._replace(post.id, first, last)
            moved += await self._begin(post.id, person.name, first, last, deputy)
        return moved

    async def back(self, person: Person) -> bool:
        """They are back: from today on new matters come to them again; whether they were away at all.

        It ends the absence that `of` shows, the one of today or else the next; those after it stay as planned. What was
        handed over stays where it is being handled.
        """
        shown = await self.of(person)
        if shown is None:
            return False
        mine = absences.c.staff_id.in_([post.id for post in person.posts]) & (absences.c.last_day >= self._today)
        ending = mine & (absences.c.first_day <= max(shown.first, self._today))
        await self._call_off(ending & (absences.c.first_day >= self._today))
        await self._tx.execute(update(absences).where(ending).values(last_day=self._today - ONE_DAY))
        return True

    async def entered(self, post: int, name: str, first: date, last: date, deputy: int | None) -> Moved:
        """The roster's file says that this post is away on these days: what is over is only written down."""
        if last >= self._today:
            if first <= self._today:
                await serving.step_aside(self._tx, [post])
            return await self._begin(post, name, first, last, deputy)
        days = {"first_day": first, "last_day": last}
        await self._tx.execute(insert(absences).values(staff_id=post, deputy_id=deputy, **days))
        return Moved()

    async def struck_out(self, rows: Sequence[int]) -> None:
        """The roster's file does not name these absences any more, or on other days."""
        await self._call_off(absences.c.id.in_(rows))

    async def begins(self, body: Mapping[str, Any]) -> None:
        """The first day has come: what is open moves, unless the absence was taken back."""
        query = select(absences, persons.c.name).join(staff, staff.c.id == absences.c.staff_id)
        query = query.join(persons, persons.c.id == staff.c.person_id).where(absences.c.id == body["absence"])
        row = (await self._tx.execute(query)).first()
        if row is not None and row.first_day <= self._today <= row.last_day:
            await serving.step_aside(self._tx, [row.staff_id])
            await self._move(row.staff_id, row.name, row.last_day, row.deputy_id)

    async def _begin(self, post: int, name: str, first: date, last: date, deputy: int | None) -> Moved:
        days = {"first_day": first, "last_day": last}
        row = insert(absences).values(staff_id=post, deputy_id=deputy, **days).returning(absences.c.id)
        absence_id = (await self._tx.execute(row)).scalar_one()
        if first <= self._today:
            return await self._move(post, name, last, deputy)
        at = at_hour(first, time(0, 1)).astimezone(UTC)
        planned = {"due_at": at, "kind": BEGINS, "matter_id": None, "body": {"absence": absence_id}}
        # SQLite gives the number of a deleted row to the next one: the name has a part that never comes again.
        once = f"{_named(absence_id)}:{first}:{secrets.token_hex(4)}"
        await QUEUE.put_many(self._tx, [{**planned, "dedupe": once}], self._now)
        self._tx.wake("timers")
        return Moved()

    async def _move(self, post: int, name: str, last: date, deputy: int | None) -> Moved:
        return await self._succession.hand_over(post, because("routing.away", absent=name, until=last), deputy)

    async def _replace(self, post: int, first: date, last: date) -> None:
        """An absence that overlaps gives way to the new one."""
        overlaps = (absences.c.first_day <= last) & (absences.c.last_day >= first)
        await self._call_off((absences.c.staff_id == post) & overlaps)

    async def _call_off(self, which: ColumnElement[bool]) -> None:
        """These absences are not to be: they go, and what was planned for their first day goes with them."""
        gone = (await self._tx.execute(delete(absences).where(which).returning(absences.c.id))).scalars().all()
        names = [_named(number) for number in gone]
        planned = or_(timers.c.dedupe.in_(names), *(timers.c.dedupe.startswith(f"{name}:") for name in names))
        if names:
            await QUEUE.cancel(self._tx, (timers.c.kind == BEGINS) & planned, self._now)

    async def _deputy_of(self, person: Person) -> int | None:
        posts = [post.id for post in person.posts]
        query = select(staff.c.deputy_id).where(staff.c.id.in_(posts), staff.c.deputy_id.is_not(None))
        found: Sequence[int] = list((await self._tx.execute(query.order_by(staff.c.id))).scalars())
        return found[0] if found else None

    async def _away_between(self, first: date, last: date) -> dict[int, date]:
        """Every post that is away on one of these days; all posts of one person are away together."""
        query = select(absences).where(absences.c.first_day <= last, absences.c.last_day >= first)
        return {row.staff_id: row.last_day for row in (await self._tx.execute(query)).all()}


def _named(absence_id: int) -> str:
    """How the name of an absence's timer begins; those of earlier versions had no more."""
    return f"{BEGINS}:{absence_id}"

"""The three ones as they change: a link ends, another begins, and the open matters it carried go with it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select, update

from db.engine import Tx
from db.queue import Queue
from db.schema.people import links, staff
from db.schema.queues import timers
from desk.handover import Assignment
from desk.house import House
from desk.roster import Roster
from desk.rules.roster import LinkKind
from desk.rules.zone import at_hour, day_of
from desk.succession import Moved, Succession
from desk.views import Matter, Views

QUEUE = Queue(timers)
BEGINS = "link"
"""The kind of timer that moves what is open when a link begins."""

ONE_DAY = timedelta(days=1)
CONCERNS = {LinkKind.LEADER: "person", LinkKind.DEPARTMENT: "project", LinkKind.RUN_TEAM: "team"}


@dataclass(frozen=True)
class LinkEnd:
    """Who looks after a subject: a member of staff, or for a project a department."""

    staff: int | None = None
    office: str | None = None


class Links:
    """Changes links, inside one transaction."""

    def __init__(
        self, tx: Tx, house: House, now: datetime, roster: Roster, views: Views, succession: Succession
    ) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._today = day_of(now)
        self._roster = roster
        self._views = views
        self._succession = succession

    async def change(self, kind: LinkKind, subject: int, end: LinkEnd, *, since: date | None = None) -> Moved:
        """From this day on (today when not said) the subject is looked after by this member of staff or department.

        1. The link that held until then ends the day before.
        2. The new one begins.
        3. Open matters that the old link had brought to its people go to the new ones: at once, or on that day.

        Parameters:
            subject: the row of the person, project or team, by `kind`.
        """
        since = since or self._today
        before = await self._holding(kind, subject, since)
        if before is not None and (before.staff_id, before.office) == (end.staff, end.office):
            return Moved()
        await self._end(kind, subject, since)
        values = {
            "kind": kind.value,
            "subject_id": subject,
            "since": since,
            "staff_id": end.staff,
            "office": end.office,
        }
        link_id = (await self._tx.execute(insert(links).values(**values).returning(links.c.id))).scalar_one()
        former = LinkEnd(before.staff_id, before.office) if before is not None else LinkEnd()
        if since <= self._today:
            return await self._move(kind, subject, former)
        await self._later(link_id, since, former)
        return Moved()

    async def changed(self, kind: LinkKind, subject: int, former: LinkEnd) -> Moved:
        """The roster says that this link is another one now: open matters that the former one had brought follow."""
        return await self._move(kind, subject, former)

    async def planned(self, link_id: int, since: date, former: LinkEnd) -> None:
        """The roster says that this link begins on a later day: what the former one had brought follows then."""
        await self._later(link_id, since, former)

    async def begins(self, body: Mapping[str, Any]) -> None:
        """The day of a new link has come: what is open goes with it."""
        row = (await self._tx.execute(select(links).where(links.c.id == body["link"]))).first()
        if row is not None and row.since <= self._today:
            await self._move(LinkKind(row.kind), row.subject_id, LinkEnd(body["staff"], body["office"]))

    async def _move(self, kind: LinkKind, subject: int, former: LinkEnd) -> Moved:
        count = 0
        for matter in await self._views.open_about(CONCERNS[kind], subject):
            if matter.level == 0 and await self._was_theirs(matter, former):
                category = self._house.category(matter.category)
                found = await self._roster.route(matter.person_id, category, matter.concern)
                given = Assignment(found.owner, found.office, found.reason)
                count += await self._succession.move(matter, given)
        return Moved(count)

    async def _was_theirs(self, matter: Matter, former: LinkEnd) -> bool:
        """Whether the old link's people hold it: what was handed elsewhere, or went up, stays where it is."""
        if former.office is not None:
            return matter.office == former.office
        if former.staff is None:
            return matter.owner_role in ("liaison", "run_team") or matter.office == self._house.catalogue.backstop.id
        theirs = (staff.c.id == former.staff) | (staff.c.acts_for == former.staff)
        posts = list((await self._tx.execute(select(staff.c.id).where(theirs))).scalars())
        deputies = select(staff.c.deputy_id).where(staff.c.id.in_(posts), staff.c.deputy_id.is_not(None))
        return matter.owner_id in (*posts, *(await self._tx.execute(deputies)).scalars())

    async def _holding(self, kind: LinkKind, subject: int, on: date) -> Row[tuple[object, ...]] | None:
        query = select(links).where(self._about(kind, subject), links.c.since <= on)
        query = query.where(links.c.until.is_(None) | (links.c.until >= on)).order_by(links.c.since.desc())
        return (await self._tx.execute(query)).first()

    async def _end(self, kind: LinkKind, subject: int, since: date) -> None:
        lasting = and_(self._about(kind, subject), links.c.until.is_(None) | (links.c.until >= since))
        await self._tx.execute(update(links).where(lasting).values(until=since - ONE_DAY))

    def _about(self, kind: LinkKind, subject: int) -> ColumnElement[bool]:
        return and_(links.c.kind == kind.value, links.c.subject_id == subject)

    async def _later(self, link_id: int, since: date, former: LinkEnd) -> None:
        body = {"link": link_id, "staff": former.staff, "office": former.office}
        at = at_hour(since, time(0, 1)).astimezone(UTC)
        # SQLite gives the number of a deleted row to the next one: the name has a part that never comes again.
        name = f"{BEGINS}:{link_id}:{since}:{secrets.token_hex(4)}"
        row = {"due_at": at, "kind": BEGINS, "matter_id": None, "dedupe": name, "body": body}
        await QUEUE.put_many(self._tx, [row], self._now)
        self._tx.wake("timers")

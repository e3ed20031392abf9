"""The morning digest: what each member of staff holds that is late, due today, new or waiting, once a workday.

One timer per office and day, set for the office's opening; firing sets the next. A day missed while the service was
away is sent once, late; whoever is on leave gets none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, select

from db.engine import Tx
from db.queue import Queue
from db.schema.people import absences, persons, staff
from db.schema.queues import timers
from desk.house import House
from desk.people import People, Person
from desk.rules.life import Status
from desk.rules.zone import at_hour, day_of
from desk.views import Matter, Views
from desk.visits import Followed, Visits
from words import Saying

KIND = "digest"
QUEUE = Queue(timers)
LOOK_AHEAD = 30
"""Days within which an office opens again."""
MOST = 200

_TO_ACCEPT = frozenset({Status.FILED, Status.DISPATCHED, Status.RETURNED})
_WAITING = frozenset({Status.WAITING, Status.DELIVERED})


@dataclass(frozen=True)
class Digest:
    """What one person reads in the morning. `of_leader`: the matters of the leader they are, who acts in none.

    `warnings` are what an admin has to see to, such as a calendar that ends with the year.
    """

    person_id: int
    day: date
    late: Sequence[Matter] = ()
    today: Sequence[Matter] = ()
    new: Sequence[Matter] = ()
    waiting: Sequence[Matter] = ()
    visits_today: Sequence[Followed] = ()
    visits_due: Sequence[Followed] = ()
    of_leader: bool = False
    warnings: Sequence[Saying] = ()

    @property
    def sections(self) -> Mapping[str, Sequence[Matter]]:
        """The matters by what is to be done about them, the most pressing first."""
        return {"late": self.late, "today": self.today, "new": self.new, "waiting": self.waiting}

    def __bool__(self) -> bool:
        return any(self.sections.values()) or bool(self.visits_today or self.visits_due or self.warnings)


class Digests:
    """Plans the digests and gathers what they say, inside one transaction; `ready` is what it has to send."""

    def __init__(self, tx: Tx, house: House, now: datetime, people: People, views: Views, visits: Visits) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._people = people
        self._views = views
        self._visits = visits
        self.ready: list[Digest] = []

    async def plan(self) -> None:
        """See that the next digest of every office is set; what is set already stays as it is."""
        for office in self._house.catalogue.offices:
            await self._plan(office.id)

    async def fire(self, body: Mapping[str, Any]) -> None:
        """Gather an office's digests and set its next one.

        A digest of an earlier day is sent only while today's office hours have begun: before them today's own is still
        to come, and on a day off nobody wants to hear of yesterday.
        """
        office, today = body["office"], day_of(self._now)
        opens = self._opening(office, today)
        if opens is not None and opens <= self._now:
            for person in await self._staff_of(office, today):
                digest = await self._of(person, today)
                if digest:
                    self.ready.append(digest)
        await self._plan(office)

    async def _plan(self, office: str) -> None:
        today = day_of(self._now)
        days = (today + timedelta(days=n) for n in range(LOOK_AHEAD))
        opening = next((at for day in days if (at := self._opening(office, day)) and at > self._now), None)
        if opening is None:
            return
        day = day_of(opening).isoformat()
        row = {"due_at": opening, "kind": KIND, "dedupe": f"digest:{office}:{day}", "body": {"office": office}}
        await QUEUE.put(self._tx, row, self._now)
        self._tx.wake("timers")

    def _opening(self, office: str, day: date) -> datetime | None:
        """When an office opens on this day; `None` when it does not."""
        midnight = at_hour(day, time())
        opens = self._house.hours_of(office).next_opening(midnight)
        return opens.astimezone(self._now.tzinfo) if day_of(opens) == day else None

    async def _staff_of(self, office: str, today: date) -> list[Person]:
        """Whoever has their first post in this office, can be reached, and is not on leave."""
        first = (
            select(staff.c.person_id, func.min(staff.c.id).label("id"))
            .where(staff.c.active)
            .group_by(staff.c.person_id)
        ).subquery()
        away = exists().where(
            and_(absences.c.staff_id == staff.c.id, absences.c.first_day <= today, absences.c.last_day >= today)
        )
        query = (
            select(staff.c.person_id)
            .join(first, first.c.id == staff.c.id)
            .join(persons, persons.c.id == staff.c.person_id)
            .where(staff.c.office == office, persons.c.chat_id.is_not(None), persons.c.reachable, ~away)
            .order_by(staff.c.person_id)
        )
        found = [await self._people.get(number) for number in (await self._tx.execute(query)).scalars()]
        return [person for person in found if person is not None]

    async def _of(self, person: Person, today: date) -> Digest:
        """Each matter once, in the first section that fits."""
        leads = person.has_role("leader")
        sections: dict[str, list[Matter]] = {"late": [], "today": [], "new": [], "waiting": []}
        posts = await self._posts(person)
        for matter in await self._views.held_by(posts, limit=MOST):
            section = _section(matter, self._dues(matter, posts), self._now, today)
            if section:
                sections[section].append(matter)
        teams = await self._visits.followed_by(person)
        return Digest(
            person.id,
            today,
            **sections,
            visits_today=[team for team in teams if team.planned is not None and team.planned <= today],
            visits_due=[team for team in teams if team.due <= self._now and not team.planned],
            of_leader=leads,
            warnings=self._warnings(person, today),
        )

    def _warnings(self, person: Person, today: date) -> Sequence[Saying]:
        """On Mondays, for admins."""
        return self._house.calendar_warnings(today) if person.has_role("admin") and today.weekday() == 0 else ()

    def _dues(self, matter: Matter, posts: Sequence[int]) -> list[datetime]:
        """What is promised by these posts: of a matter that others lead, only their own parts."""
        if matter.owner_id in posts:
            return [matter.deliver_due, *([matter.accept_due] if matter.status in _TO_ACCEPT else [])]
        mine = [step for step in matter.steps if step.staff_id in posts and step.done_at is None]
        return [self._house.step_due(matter, step) or matter.deliver_due for step in mine] or [matter.deliver_due]

    async def _posts(self, person: Person) -> list[int]:
        """The posts whose matters concern this person: their own, their leader's, and a leader's liaisons'."""
        own = [number for post in person.posts for number in (post.id, post.acts_for) if number is not None]
        leading = [post.id for post in person.posts if post.role == "leader"]
        query = select(staff.c.id).where(staff.c.acts_for.in_(leading), staff.c.active)
        return [*own, *(await self._tx.execute(query)).scalars()] if leading else own


def _section(matter: Matter, dues: Sequence[datetime], now: datetime, today: date) -> str | None:
    """The section a matter stands in, by the promises that are its reader's to keep."""
    if matter.status in _WAITING:
        return "waiting"
    if min(dues) <= now:
        return "late"
    if day_of(min(dues)) == today:
        return "today"
    return "new" if matter.status in _TO_ACCEPT else None

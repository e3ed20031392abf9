"""The run-team's log: which teams somebody follows, when each was last contacted, and visits planned and made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select, update

from db.engine import Tx
from db.schema.people import links, persons, staff, talent_cards, team_members, teams
from db.schema.visits import visits
from desk.filing import Upload
from desk.house import House
from desk.names import plain_name
from desk.people import Person
from desk.refusals import Refused
from desk.rules.reasons import Name
from desk.rules.roster import LinkKind
from desk.rules.zone import at_hour
from desk.sealing import OF_VISIT, closed, opened


@dataclass(frozen=True)
class Followed:
    """A team as the member who follows it sees it.

    `last` is the last visit made, `due` the moment by which the next contact should have been, `planned` the day of the
    next visit that is planned.
    """

    id: int
    name: Name
    staff_id: int
    last: datetime | None
    due: datetime
    planned: date | None


@dataclass(frozen=True)
class Visit:
    """One visit that was made."""

    at: datetime
    by: str
    words: str
    files: Sequence[Upload]


class Visits:
    """The log, inside one transaction."""

    def __init__(self, tx: Tx, house: House, now: datetime, today: date) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._today = today

    async def followed_by(self, person: Person) -> list[Followed]:
        """The teams this person follows today, the one longest without contact first."""
        posts = [post.id for post in person.posts]
        holds = and_(links.c.since <= self._today, or_(links.c.until.is_(None), links.c.until >= self._today))
        query = (
            select(teams.c.id, teams.c.name_zh, teams.c.name_en, links.c.staff_id, links.c.since, staff.c.office)
            .join(links, and_(links.c.kind == LinkKind.RUN_TEAM.value, links.c.subject_id == teams.c.id))
            .join(staff, staff.c.id == links.c.staff_id)
            .where(links.c.staff_id.in_(posts), holds)
        )
        found = []
        for row in (await self._tx.execute(query)).all():
            last = await self._last(row.id)
            # A link newer than the last visit gives whoever took the team over the whole interval.
            began = at_hour(row.since, time()).astimezone(self._now.tzinfo)
            start = max(last, began) if last else began
            due = self._house.hours_of(row.office).after(start, self._house.tempo.visit_every)
            name = Name(row.name_zh, row.name_en)
            found.append(Followed(row.id, name, row.staff_id, last, due, await self._planned(row.id)))
        return sorted(found, key=lambda team: team.due)

    async def team(self, person: Person, team_id: int) -> Followed:
        """One of the teams this person follows.

        Raises:
            Refused: they do not follow it, or not any more.
        """
        found = next((team for team in await self.followed_by(person) if team.id == team_id), None)
        if found is None:
            raise Refused("visits.not_yours")
        return found

    async def members(self, team: Followed) -> list[tuple[int, str]]:
        """The cardholders of a team: their persons' ids and names."""
        query = (
            select(persons.c.id, persons.c.name)
            .join(team_members, team_members.c.person_id == persons.c.id)
            .join(talent_cards, talent_cards.c.person_id == persons.c.id)
            .where(team_members.c.team_id == team.id)
            .order_by(persons.c.id)
        )
        return [(row.id, plain_name(row.name)) for row in (await self._tx.execute(query)).all()]

    async def plan(self, team: Followed, day: date) -> None:
        """Plan the next visit; it replaces one that was planned before and not made.

        Raises:
            Refused: the day is past.
        """
        if day < self._today:
            raise Refused("visits.past")
        open_plan = and_(visits.c.team_id == team.id, visits.c.visited_at.is_(None))
        done = await self._tx.execute(update(visits).where(open_plan).values(planned_on=day, staff_id=team.staff_id))
        if done.rowcount == 0:
            await self._put(team, planned_on=day)

    async def log(self, team: Followed, words: str, uploads: Sequence[Upload]) -> None:
        """Write down a visit made just now; a plan for today or before is fulfilled by it."""
        files = [[each.kind, each.file_id, each.name, each.size] for each in uploads]
        kept = {
            "visited_at": self._now,
            "staff_id": team.staff_id,
            **closed(self._house.vault, {"words": words, "files": files}, OF_VISIT),
        }
        planned = and_(visits.c.team_id == team.id, visits.c.visited_at.is_(None), visits.c.planned_on <= self._today)
        done = await self._tx.execute(update(visits).where(planned).values(**kept))
        if done.rowcount == 0:
            await self._put(team, **kept)

    async def made(self, team_id: int, *, limit: int = 5) -> list[Visit]:
        """The last visits to a team, the newest first."""
        query = (
            select(visits, persons.c.name)
            .join(staff, staff.c.id == visits.c.staff_id)
            .join(persons, persons.c.id == staff.c.person_id)
            .where(visits.c.team_id == team_id, visits.c.visited_at.is_not(None))
            .order_by(visits.c.visited_at.desc(), visits.c.id.desc())
            .limit(limit)
        )
        return [self._visit(row) for row in (await self._tx.execute(query)).all()]

    def _visit(self, row: Row[Any]) -> Visit:
        said = opened(self._house.vault, row, OF_VISIT)
        return Visit(row.visited_at, plain_name(row.name), said["words"], [Upload(*file) for file in said["files"]])

    async def _last(self, team_id: int) -> datetime | None:
        query = select(func.max(visits.c.visited_at)).where(visits.c.team_id == team_id)
        found: datetime | None = await self._tx.scalar(query)
        return found

    async def _planned(self, team_id: int) -> date | None:
        open_plan = and_(visits.c.team_id == team_id, visits.c.visited_at.is_(None))
        found: date | None = await self._tx.scalar(select(func.min(visits.c.planned_on)).where(open_plan))
        return found

    async def _put(self, team: Followed, **values: object) -> None:
        row = {"team_id": team.id, "staff_id": team.staff_id, "files": [], "created_at": self._now, **values}
        await self._tx.execute(insert(visits).values(**row))

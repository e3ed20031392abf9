"""The three ones in the database: who is assigned to a person, project or team, and who stands in for whom today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, or_, select

from db.engine import Tx
from db.schema.matters import matters
from db.schema.people import absences, links, persons, project_members, projects, staff, team_members, teams
from desk.catalogue import Category
from desk.filing import Concern
from desk.house import House
from desk.lateness import UNENDED_MATTER
from desk.names import plain_name
from desk.people import Person
from desk.rules.deadlines import Rung
from desk.rules.reasons import Name
from desk.rules.roster import Absence, Day, Link, LinkKind, Office, Staff
from desk.rules.routing import Facts, Route, route
from desk.views import OPEN


@dataclass(frozen=True)
class Contact:
    """One of somebody's three contacts. `subject` is the project or team, empty for their leader."""

    kind: str
    name: str
    office: str
    subject: Name | None


class Roster:
    """Reads the roster of one day, inside one transaction."""

    def __init__(self, tx: Tx, house: House, today: date) -> None:
        self._tx = tx
        self._house = house
        self._today = today

    async def route(self, person_id: int, category: Category, concern: Concern) -> Route:
        """Who owns a new matter under the three ones, who else knows, why, and every rule tried."""
        day = await self.day(person_id, concern)
        facts = Facts(
            person_id=person_id,
            concern=concern.kind,
            concern_id=concern.id,
            office=category.office,
            concern_name=concern.name or Name(""),
            pinned=category.pinned,
            co_offices=tuple(category.co_handlers),
        )
        return route(facts, day.links, day.absences, day.unreachable, day.offices, day.pool, day.on)

    async def day(self, person_id: int, concern: Concern) -> Day:
        """Everything routing has to know today about one matter."""
        return Day(
            links=await self._links(person_id, concern),
            absences=await self._absences(),
            unreachable=await self._unreachable(),
            offices=await self._offices(),
            pool=await self._pool(),
            on=self._today,
        )

    async def concerns_of(self, person: Person) -> list[Concern]:
        """What a matter of theirs can be about: themselves, and each project and team they belong to."""
        found = [Concern("person")]
        for kind, table, members, mine in (
            ("project", projects, project_members, project_members.c.project_id),
            ("team", teams, team_members, team_members.c.team_id),
        ):
            query = select(table).join(members, mine == table.c.id).where(members.c.person_id == person.id)
            rows = (await self._tx.execute(query.order_by(table.c.id))).all()
            found += [Concern(kind, row.id, Name(row.name_zh, row.name_en)) for row in rows]
        return found

    async def contacts_of(self, person: Person) -> list[Contact]:
        """The contacts of this person, of each project and of each team of theirs."""
        found = []
        offices = await self._offices()
        pool = await self._pool()
        for concern in await self.concerns_of(person):
            for link in await self._links(person.id, concern):
                if not link.holds(self._today):
                    continue
                who = pool.get(link.staff) if link.staff else None
                office = link.office or (who.office if who else "")
                if who is None and office not in offices:
                    continue  # they have left, or the offices file has lost it: there is nobody to name
                name = who.name if who else offices[office].name.zh
                found.append(Contact(link.kind.value, name, office, concern.name))
        return found

    async def hands(self, staff_id: int) -> list[int]:
        """The persons who act for this post: its holder, or for a leader the liaisons; a leader reads the digest."""
        query = select(staff.c.person_id, staff.c.role).where(
            or_(staff.c.id == staff_id, staff.c.acts_for == staff_id), staff.c.active
        )
        found = (await self._tx.execute(query)).all()
        acting = [row.person_id for row in found if row.role != "leader"]
        return acting or [row.person_id for row in found]

    async def heads(self, office: str) -> list[int]:
        """The persons who head an office."""
        query = select(staff.c.person_id).where(staff.c.office == office, staff.c.role == "head", staff.c.active)
        return list((await self._tx.execute(query)).scalars())

    async def heads_here(self, office: str) -> list[int]:
        """The heads of an office who can be written to and are not away today."""
        today = (absences.c.first_day <= self._today) & (absences.c.last_day >= self._today)
        away = exists().where(absences.c.staff_id == staff.c.id, today)
        heads = (staff.c.office == office) & (staff.c.role == "head") & staff.c.active
        query = select(staff.c.person_id).join(persons).where(heads, persons.c.reachable, ~away)
        return list((await self._tx.execute(query.where(persons.c.chat_id.is_not(None)))).scalars())

    async def deputies(self, staff_id: int) -> list[int]:
        """Who acts for the nearest post that can stand in for this one today: whom an absence names comes first."""
        day = await self.day(0, Concern("person"))
        nearest = next(day.stand_ins(day.pool.get(staff_id) or await self.former(staff_id), None), None)
        return await self.hands(nearest.id) if nearest else []

    async def on_rung(self, rung: Rung, *, post: int, office: str, holder: int) -> list[int]:
        """The persons on a rung of the ladder, of a matter that this post of this office has for this cardholder."""
        match rung:
            case Rung.HANDLER:
                return await self.hands(post)
            case Rung.DEPUTY:
                return await self.deputies(post)
            case Rung.HEAD:
                return await self.heads(office)
            case Rung.LIAISON:
                return await self._around_the_leader(holder)
            case Rung.TALENT_OFFICE:
                return await self._talent_office()

    async def _talent_office(self) -> list[int]:
        """The dispatchers; and while none of them is there, whoever else gets what nobody can take."""
        query = select(staff.c.person_id).where(staff.c.role == "dispatcher", staff.c.active)
        found = list((await self._tx.execute(query.distinct().order_by(staff.c.person_id))).scalars())
        last = (await self.day(0, Concern("person"))).backstop()
        others = [] if last.role == "dispatcher" else await self.hands(last.id)
        return list(dict.fromkeys([*found, *others]))

    async def _around_the_leader(self, person_id: int) -> list[int]:
        """Those who act for this cardholder's leader, then the leader."""
        found = await self._links(person_id, Concern("person"))
        leaders = [link.staff for link in found if link.holds(self._today) and link.staff is not None]
        theirs = or_(staff.c.acts_for.in_(leaders), staff.c.id.in_(leaders))
        query = select(staff.c.person_id).where(theirs, staff.c.active).order_by(staff.c.acts_for.is_(None), staff.c.id)
        return list(dict.fromkeys((await self._tx.execute(query)).scalars()))  # one may act for two of them

    async def former(self, post_id: int) -> Staff | None:
        """Somebody who has left already: their deputy is still known."""
        row = (await self._tx.execute(select(staff, persons.c.name).join(persons).where(staff.c.id == post_id))).first()
        return Staff(row.id, plain_name(row.name), row.office, row.role, row.acts_for, row.deputy_id) if row else None

    async def _links(self, person_id: int, concern: Concern) -> list[Link]:
        mine = and_(links.c.kind == LinkKind.LEADER.value, links.c.subject_id == person_id)
        if concern.kind == "project":
            mine = and_(links.c.kind == LinkKind.DEPARTMENT.value, links.c.subject_id == concern.id)
        elif concern.kind == "team":
            mine = and_(links.c.kind == LinkKind.RUN_TEAM.value, links.c.subject_id == concern.id)
        rows = (await self._tx.execute(select(links).where(mine))).all()
        return [Link(LinkKind(r.kind), r.subject_id, r.since, r.until, r.staff_id, r.office) for r in rows]

    async def _absences(self) -> list[Absence]:
        rows = await self._tx.execute(select(absences).where(absences.c.last_day >= self._today))
        return [Absence(row.staff_id, row.first_day, row.last_day, row.deputy_id) for row in rows]

    async def _unreachable(self) -> frozenset[int]:
        """Staff whose chat refuses messages, or who never opened one."""
        gone = or_(persons.c.reachable.is_(False), persons.c.chat_id.is_(None))
        rows = await self._tx.execute(select(staff.c.id).join(persons).where(staff.c.active, gone))
        return frozenset(rows.scalars())

    async def _offices(self) -> dict[str, Office]:
        heads = await self._tx.execute(select(staff).where(staff.c.active, staff.c.role == "head"))
        by_office = {row.office: row for row in heads}
        return {
            office.id: Office(
                office.id,
                Name(office.name.zh, office.name.en),
                head=by_office[office.id].id if office.id in by_office else None,
                deputy=by_office[office.id].deputy_id if office.id in by_office else None,
                backstop=office.backstop,
            )
            for office in self._house.catalogue.offices
        }

    async def _pool(self) -> dict[int, Staff]:
        held = (
            select(matters.c.owner_id, func.count().label("open"), func.max(matters.c.filed_at).label("last"))
            .where(UNENDED_MATTER, matters.c.status.in_([status.value for status in OPEN]))
            .group_by(matters.c.owner_id)
            .subquery()
        )
        query = (
            select(staff, persons.c.name, held.c.open, held.c.last)
            .join(persons)
            .outerjoin(held, held.c.owner_id == staff.c.id)
            .where(staff.c.active)
        )
        return {
            row.id: Staff(
                row.id, plain_name(row.name), row.office, row.role, row.acts_for, row.deputy_id, row.open or 0, row.last
            )
            for row in (await self._tx.execute(query)).all()
        }

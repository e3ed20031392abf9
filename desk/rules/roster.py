"""Who is there on a day: staff, offices, the three ones, absences, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from desk.rules.reasons import Name

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class LinkKind(StrEnum):
    """The three ones: leader ↔ cardholder, department ↔ project, run-team member ↔ team."""

    LEADER = "leader"
    DEPARTMENT = "department"
    RUN_TEAM = "run_team"


@dataclass(frozen=True)
class Link:
    """One of the three ones: `subject` (person, project or team) is looked after by a member of staff or an office."""

    kind: LinkKind
    subject: int
    since: date
    until: date | None = None
    staff: int | None = None
    office: str | None = None

    def holds(self, on: date) -> bool:
        """Whether the link is in force on this day; both ends count."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Absence:
    """Days on which somebody is away, first and last included, and who stands in."""

    staff: int
    first: date
    last: date
    deputy: int | None = None

    def covers(self, on: date) -> bool:
        """Whether they are away on this day."""
        return self.first <= on <= self.last


@dataclass(frozen=True)
class Staff:
    """Somebody who may own a matter. `open` matters held now; `last_given` when they were given one."""

    id: int
    name: str
    office: str
    role: str
    acts_for: int | None = None
    deputy: int | None = None
    open: int = 0
    last_given: datetime | None = None


@dataclass(frozen=True)
class Office:
    """An office with its head and the deputy it names. The `backstop` takes what nobody else can."""

    id: str
    name: Name
    head: int | None = None
    deputy: int | None = None
    backstop: bool = False


class NoBackstopError(Exception):
    """The roster names nobody in the backstop office, so a matter could end up with no owner."""


Links = Sequence[Link]
Absences = Sequence[Absence]
Offices = Mapping[str, Office]
Pool = Mapping[int, Staff]


@dataclass(frozen=True)
class Day:
    """Everything that is known on the day."""

    links: Links
    absences: Absences
    unreachable: frozenset[int]
    offices: Offices
    pool: Pool
    on: date

    def link(self, kind: LinkKind, subject: int | None) -> Link | None:
        """The link in force; the newest, should there be two."""
        held = [each for each in self.links if (each.kind, each.subject) == (kind, subject) and each.holds(self.on)]
        return max(held, key=lambda each: each.since, default=None)

    def absence(self, staff: int) -> Absence | None:
        """The absence that covers today."""
        return next((each for each in self.absences if each.staff == staff and each.covers(self.on)), None)

    def present(self, staff: int) -> bool:
        """In service, not away, and reachable."""
        return staff in self.pool and staff not in self.unreachable and self.absence(staff) is None

    def of_office(self, office: str, roles: Collection[str] = ("handler", "run_team", "dispatcher")) -> list[Staff]:
        """Who works on matters in an office, whoever is next in turn first."""
        return sorted((each for each in self.pool.values() if each.office == office and each.role in roles), key=_turn)

    def liaisons(self, leader: int) -> list[Staff]:
        """Who acts for a leader, whoever is next in turn first."""
        return sorted((each for each in self.pool.values() if each.acts_for == leader), key=_turn)

    def office_name(self, office: str) -> Name:
        """An office's name; its id, should the file have lost it."""
        return self.offices[office].name if office in self.offices else Name(office)

    def stand_ins(self, meant: Staff | None, office: str | None) -> Iterator[Staff]:
        """Everybody present who may stand in, the nearest first; deputies of deputies are followed, circles are not."""
        house = self.offices.get(office or "")
        heads = [house.deputy, house.head] if house else []
        waiting = [*(self._deputies(meant) if meant else []), *heads]
        seen = {meant.id} if meant else set()
        while waiting:
            candidate = waiting.pop(0)
            if candidate is None or candidate in seen or candidate not in self.pool:
                continue
            seen.add(candidate)
            if self.present(candidate):
                yield self.pool[candidate]
            waiting[:0] = self._deputies(self.pool[candidate])

    def _deputies(self, staff: Staff) -> list[int | None]:
        absence = self.absence(staff.id)
        return [absence.deputy if absence else None, staff.deputy]

    def backstop(self) -> Staff:
        """Somebody of the backstop office: present if possible, anybody otherwise."""
        homes = [office.id for office in self.offices.values() if office.backstop]
        team = sorted((each for each in self.pool.values() if each.office in homes), key=_last_resort)
        if not team:
            raise NoBackstopError
        return next((each for each in team if self.present(each.id)), team[0])


def _turn(staff: Staff) -> tuple[int, datetime, int]:
    return staff.open, staff.last_given or LONG_AGO, staff.id


def _last_resort(staff: Staff) -> tuple[int, tuple[int, datetime, int]]:
    order = ("dispatcher", "handler", "head")
    return order.index(staff.role) if staff.role in order else len(order), _turn(staff)

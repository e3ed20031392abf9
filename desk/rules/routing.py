"""Who owns a matter under the three ones, and why: one pure function over links, absences and offices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from desk.rules.reasons import Name, Reason, because
from desk.rules.roster import Absences, Day, LinkKind, Links, Offices, Pool, Staff

NO_NAME = Name("")


class Outcome(StrEnum):
    """What came of a rule: it decided, it does not apply, its link is missing, or somebody stands in."""

    TAKEN = "taken"
    PASSED = "passed"
    MISSING = "missing"
    REPLACED = "replaced"


class CopyKind(StrEnum):
    """Why somebody besides the owner knows of a matter: told in the digest, or handling a part of it."""

    DIGEST = "digest"
    CO_HANDLER = "co_handler"


@dataclass(frozen=True)
class Facts:
    """What routing has to know of a matter.

    `concern` is `person`, `project` or `team`, `concern_id` the project's or team's row; `office` the category's own
    department; `pinned` that this department handles the category whatever the links say.
    """

    person_id: int
    concern: str
    concern_id: int | None
    office: str
    concern_name: Name = NO_NAME
    pinned: bool = False
    co_offices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One rule as it was tried: 0 pinned, 1 project, 2 team, 3 leader, 4 category, 5 deputies and backstop."""

    rule: int
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True)
class Copy:
    """Somebody besides the owner who knows of the matter."""

    staff: int
    office: str
    kind: CopyKind


@dataclass(frozen=True)
class Route:
    """Who owns a matter, who else knows, why, and every rule that was tried."""

    owner: int
    office: str
    copies: tuple[Copy, ...]
    reason: Reason
    trail: tuple[Step, ...]

    @property
    def missing(self) -> tuple[Step, ...]:
        """Links that should exist and do not; the talent office is to be told."""
        return tuple(step for step in self.trail if step.outcome is Outcome.MISSING)


def route(
    matter: Facts,
    links: Links,
    absences: Absences,
    unreachable: Collection[int],
    offices: Offices,
    pool: Pool,
    on: date,
) -> Route:
    """Who owns a matter under the three ones, and why.

    0. A category that pins its owner goes to its own department, whatever the links say.
    1. A project's matter goes to the department paired with it.
    2. A team's matter goes to the run-team member who follows it.
    3. A personal matter of somebody with a leader goes to that leader's liaison; the leader is told in a digest.
    4. Anything else goes to the category's own department (for errands the run-team): to whoever holds the fewest
       open matters there, and among equals to whoever has waited longest.
    5. Whoever is absent or cannot be reached is replaced by the deputy; nobody left: the backstop, absent or not.

    `pool` holds everybody in active service by id, `unreachable` those whose chat refuses messages.

    Raises:
        NoBackstopError: the backstop office has no staff at all.
    """
    day = Day(links, absences, frozenset(unreachable), offices, pool, on)
    claim, trail = _first_claim(day, matter)
    owner, reason, replaced = _in_person(day, claim)
    copies = (*claim.copies, *_co_handlers(day, matter, owner.office))
    others = tuple(copy for copy in copies if copy.staff != owner.id)
    return Route(owner.id, owner.office, others, reason, (*trail, *replaced))


@dataclass(frozen=True)
class _Claim:
    """What a rule says: this member of staff, or whoever of this office; and why."""

    reason: Reason
    staff: int | None = None
    office: str | None = None
    copies: tuple[Copy, ...] = ()


def trail_to_plain(trail: Iterable[Step]) -> list[dict[str, Any]]:
    """Every rule tried, as plain data for a JSON column."""
    return [{"rule": step.rule, "outcome": step.outcome.value, "reason": step.reason.to_plain()} for step in trail]


def _first_claim(day: Day, matter: Facts) -> tuple[_Claim, list[Step]]:
    """Rules 0 to 4 in order: the first that decides, and the trail so far."""
    trail: list[Step] = []
    for rule, attempt in enumerate((_pinned, _project, _team, _leader)):
        found = attempt(day, matter)
        if isinstance(found, _Claim):
            return found, [*trail, Step(rule, Outcome.TAKEN, found.reason)]
        trail.append(replace(found, rule=rule))
    claim = _category(day, matter)
    return claim, [*trail, Step(4, Outcome.TAKEN, claim.reason)]


def _pass(key: str) -> Step:
    return Step(0, Outcome.PASSED, because(key))


def _missing(key: str, matter: Facts) -> Step:
    return Step(0, Outcome.MISSING, because(key, name=matter.concern_name))


def _pinned(day: Day, matter: Facts) -> _Claim | Step:
    if not matter.pinned:
        return _pass("routing.not_pinned")
    return _Claim(because("routing.pinned", office=day.office_name(matter.office)), office=matter.office)


def _project(day: Day, matter: Facts) -> _Claim | Step:
    if matter.concern != "project":
        return _pass("routing.no_project")
    link = day.link(LinkKind.DEPARTMENT, matter.concern_id)
    if link is None:
        return _missing("routing.project_unlinked", matter)
    paired = day.pool.get(link.staff or 0)
    office = link.office or (paired.office if paired else matter.office)
    reason = because("routing.project", project=matter.concern_name, office=day.office_name(office), since=link.since)
    return _Claim(reason, staff=link.staff, office=office)


def _team(day: Day, matter: Facts) -> _Claim | Step:
    if matter.concern != "team":
        return _pass("routing.no_team")
    link = day.link(LinkKind.RUN_TEAM, matter.concern_id)
    member = day.pool.get(link.staff or 0) if link else None
    if link is None or member is None:
        return _missing("routing.team_unlinked", matter)
    reason = because("routing.team", team=matter.concern_name, name=member.name, since=link.since)
    return _Claim(reason, staff=member.id, office=member.office)


def _leader(day: Day, matter: Facts) -> _Claim | Step:
    """A leader in service has a claim even without a liaison: then step 5 looks for who stands in."""
    if matter.concern != "person":
        return _pass("routing.not_personal")
    link = day.link(LinkKind.LEADER, matter.person_id)
    if link is None:
        return _pass("routing.no_leader")
    leader = day.pool.get(link.staff or 0)
    if leader is None:
        return _missing("routing.leader_gone", matter)
    digest = (Copy(leader.id, leader.office, CopyKind.DIGEST),)
    acting = day.liaisons(leader.id)
    if not acting:
        reason = because("routing.leader_alone", leader=leader.name, since=link.since)
        return _Claim(reason, leader.deputy, leader.office, digest)
    liaison = next((each for each in acting if day.present(each.id)), acting[0])
    reason = because("routing.leader", leader=leader.name, name=liaison.name, since=link.since)
    return _Claim(reason, liaison.id, liaison.office, digest)


def _category(day: Day, matter: Facts) -> _Claim:
    runs = any(each.role == "run_team" for each in day.of_office(matter.office))
    key = "routing.pool" if runs else "routing.category"
    return _Claim(because(key, office=day.office_name(matter.office)), office=matter.office)


def _in_person(day: Day, claim: _Claim) -> tuple[Staff, Reason, list[Step]]:
    """Rule 5: from a claim to somebody who is there, with the reason as both sides will read it."""
    meant = _meant(day, claim)
    if meant is not None and day.present(meant.id):
        return meant, claim.reason, []
    stand_in = next(day.stand_ins(meant, claim.office), None)
    if stand_in is not None:
        reason = _replaced(day, meant, stand_in, claim.reason)
        return stand_in, reason, [Step(5, Outcome.REPLACED, reason)]
    last = day.backstop()
    of = meant.office if meant is not None else last.office
    reason = because("routing.backstop", why=claim.reason, of=of, office=day.office_name(last.office))
    return last, reason, [Step(5, Outcome.REPLACED, reason)]


def _meant(day: Day, claim: _Claim) -> Staff | None:
    """Whom a claim names; of an office, whoever is there and next in turn."""
    if claim.staff is not None:
        return day.pool.get(claim.staff)
    team = day.of_office(claim.office or "")
    return next((each for each in team if day.present(each.id)), team[0] if team else None)


def _replaced(day: Day, meant: Staff | None, stand_in: Staff, why: Reason) -> Reason:
    """The claim's reason, and who stands in for whom; `of` is the office of whoever was meant."""
    if meant is None:
        return because("routing.for_office", why=why, name=stand_in.name)
    hands = because("routing.for_unreachable", why=why, of=meant.office, absent=meant.name, name=stand_in.name)
    absence = day.absence(meant.id)
    return hands if absence is None else Reason("routing.for_absent", {**hands.values, "until": absence.last})


def _co_handlers(day: Day, matter: Facts, owning: str) -> Iterator[Copy]:
    """One member of each further department that handles a part of the matter; an empty one is the backstop's part."""
    for office in dict.fromkeys(matter.co_offices):
        if office == owning:
            continue
        member, _, _ = _in_person(day, _Claim(because("routing.co_handler"), office=office))
        yield Copy(member.id, office, CopyKind.CO_HANDLER)

"""The roster as a file: cardholders, staff, projects, teams, the three ones and absences, read all or nothing.

People are named by ids of the file's own; whoever imports it gives them rows. A slip is told with line and mend.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from desk.catalogue import Catalogue
from desk.rosterforms import PostEntry, RosterFile
from sheets import Problem, Sheet, SheetError, open_sheet, parse

DEMO = Path(__file__).parent / "demo" / "roster.yaml"
LARGEST = 4 * 1024 * 1024
"""Bytes: a district's whole roster."""

Loc = tuple[str | int, ...]


def load(path: Path, catalogue: Catalogue) -> RosterFile:
    """Read a roster whose offices are those of the catalogue.

    Raises:
        SheetError: with every problem found; nothing of the file is taken over.
    """
    return _checked(open_sheet(path, RosterFile, limit=LARGEST), catalogue)


def read_text(name: str, data: bytes, catalogue: Catalogue) -> RosterFile:
    """Read a roster that is not on this disk; as `load` does."""
    return _checked(parse(data, RosterFile, name=name, limit=LARGEST), catalogue)


def _checked(sheet: Sheet[RosterFile], catalogue: Catalogue) -> RosterFile:
    if problems := [*_problems(sheet, catalogue)]:
        raise SheetError(sorted(problems, key=lambda problem: problem.line))
    return sheet.value


def _problems(sheet: Sheet[RosterFile], catalogue: Catalogue) -> Iterator[Problem]:
    roster = sheet.value
    staff, holders = {each.id for each in roster.staff}, {each.id for each in roster.cardholders}
    projects, teams = {each.id for each in roster.projects}, {each.id for each in roster.teams}
    offices = {office.id for office in catalogue.offices}
    yield from _twice(sheet)
    known = {"staff": staff, "cardholder": holders, "project": projects, "team": teams, "office": offices}
    for kind, loc, name in _mentions(roster):
        if name not in known[kind]:
            yield sheet.problem(loc, f"roster.unknown_{kind}", id=name)
    yield from _posts(sheet)
    yield from _houses(sheet, catalogue, offices)


def _mentions(roster: RosterFile) -> Iterator[tuple[str, Loc, str]]:
    """Every id that must stand elsewhere: its kind, its place, and the id."""
    for n, person in enumerate(roster.staff):
        for m, post in enumerate(person.posts):
            place: Loc = ("staff", n, "posts", m)
            yield "office", (*place, "office"), post.office
            yield from (("staff", (*place, field), name) for field, name in _named(post))
    for group, entries in (("projects", roster.projects), ("teams", roster.teams)):
        for n, entry in enumerate(entries):
            yield from (("cardholder", (group, n, "members", m), x) for m, x in enumerate(entry.members))
    for n, link in enumerate(roster.links.leader):
        yield "cardholder", ("links", "leader", n, "cardholder"), link.cardholder
        yield "staff", ("links", "leader", n, "staff"), link.staff
    for n, pair in enumerate(roster.links.department):
        yield "project", ("links", "department", n, "project"), pair.project
        yield "office", ("links", "department", n, "office"), pair.office
    for n, follow in enumerate(roster.links.run_team):
        yield "team", ("links", "run_team", n, "team"), follow.team
        yield "staff", ("links", "run_team", n, "staff"), follow.staff
    for n, absence in enumerate(roster.absences):
        yield "staff", ("absences", n, "staff"), absence.staff
        if absence.deputy:
            yield "staff", ("absences", n, "deputy"), absence.deputy


def _named(post: PostEntry) -> Iterator[tuple[str, str]]:
    yield from ((field, name) for field, name in (("deputy", post.deputy), ("acts_for", post.acts_for)) if name)


def _twice(sheet: Sheet[RosterFile]) -> Iterator[Problem]:
    """Ids and card numbers that stand in the file twice."""
    roster = sheet.value
    people: list[tuple[Loc, str]] = [(("staff", n, "id"), each.id) for n, each in enumerate(roster.staff)]
    people += [(("cardholders", n, "id"), each.id) for n, each in enumerate(roster.cardholders)]
    cards: list[tuple[Loc, str]] = [
        (("cardholders", n, "card", "number"), each.card.number) for n, each in enumerate(roster.cardholders)
    ]
    projects: list[tuple[Loc, str]] = [(("projects", n, "id"), each.id) for n, each in enumerate(roster.projects)]
    teams: list[tuple[Loc, str]] = [(("teams", n, "id"), each.id) for n, each in enumerate(roster.teams)]
    for places in (people, cards, projects, teams):
        seen: set[str] = set()
        for loc, name in places:
            if name in seen:
                yield sheet.problem(loc, "roster.twice", id=name)
            seen.add(name)


def _posts(sheet: Sheet[RosterFile]) -> Iterator[Problem]:
    """Links and posts must name people in the right role."""
    roster = sheet.value
    roles = {each.id: {post.role for post in each.posts} for each in roster.staff}
    for n, person in enumerate(roster.staff):
        for m, post in enumerate(person.posts):
            place: Loc = ("staff", n, "posts", m)
            if (post.role == "liaison") != (post.acts_for is not None):
                yield sheet.problem(place, "roster.liaison_acts_for", id=person.id)
            if post.acts_for in roles and "leader" not in roles[post.acts_for]:
                yield sheet.problem((*place, "acts_for"), "roster.not_a_leader", id=post.acts_for)
            if post.deputy == person.id:
                yield sheet.problem((*place, "deputy"), "roster.own_deputy", id=person.id)
    for n, link in enumerate(roster.links.leader):
        if "leader" not in roles.get(link.staff, {"leader"}):
            yield sheet.problem(("links", "leader", n, "staff"), "roster.not_a_leader", id=link.staff)
    for n, follow in enumerate(roster.links.run_team):
        if "run_team" not in roles.get(follow.staff, {"run_team"}):
            yield sheet.problem(("links", "run_team", n, "staff"), "roster.not_run_team", id=follow.staff)


def _houses(sheet: Sheet[RosterFile], catalogue: Catalogue, offices: Collection[str]) -> Iterator[Problem]:
    """Every office has one head, who names a deputy; the backstop has somebody who dispatches."""
    heads: dict[str, str] = {}
    dispatchers = set()
    for n, person in enumerate(sheet.value.staff):
        for m, post in enumerate(person.posts):
            place: Loc = ("staff", n, "posts", m)
            if post.role == "dispatcher":
                dispatchers.add(post.office)
            if post.role != "head":
                continue
            if post.deputy is None:
                yield sheet.problem(place, "roster.head_without_deputy", id=person.id)
            if heads.setdefault(post.office, person.id) != person.id:
                yield sheet.problem(place, "roster.two_heads", id=person.id, other=heads[post.office])
    for office in _in_order(offices, catalogue):
        if office not in heads:
            yield sheet.problem(("staff",), "roster.no_head", office=office)
    if catalogue.backstop.id not in dispatchers:
        yield sheet.problem(("staff",), "roster.no_dispatcher", office=catalogue.backstop.id)


def _in_order(offices: Collection[str], catalogue: Catalogue) -> Iterable[str]:
    return (office.id for office in catalogue.offices if office.id in offices)

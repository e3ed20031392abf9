"""Who owns a matter under the three ones: cases a civil servant could check, and that nothing is ever unowned."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.rules.reasons import Name, Reason
from desk.rules.roster import Absence, Link, LinkKind, NoBackstopError, Office, Staff
from desk.rules.routing import Copy, CopyKind, Facts, Outcome, Route, route
from words import LANGUAGES, Saying, Words

UNTIMED = settings(deadline=None)
"""A busy machine is no counterexample."""

TODAY = date(2026, 11, 24)
LEADER, LIAISON, LIAISON_2, CLERK, CLERK_2, HEAD, RUNNER, RUNNER_2, DISPATCHER = range(1, 10)
POOL = {
    person.id: person
    for person in (
        Staff(LEADER, "石远", "organisation", "leader"),
        Staff(LIAISON, "何青", "organisation", "liaison", acts_for=LEADER, deputy=LIAISON_2),
        Staff(LIAISON_2, "叶南", "organisation", "liaison", deputy=LIAISON),
        Staff(CLERK, "江禾", "education", "handler", open=2),
        Staff(CLERK_2, "余文", "education", "handler", open=5),
        Staff(HEAD, "邱山", "education", "head", deputy=CLERK_2),
        Staff(RUNNER, "鲍快", "run_team", "run_team", deputy=RUNNER_2),
        Staff(RUNNER_2, "包文", "run_team", "run_team"),
        Staff(DISPATCHER, "周安", "talent_office", "dispatcher"),
    )
}
OFFICES = {
    "talent_office": Office("talent_office", Name("人才办"), backstop=True),
    "organisation": Office("organisation", Name("组织部")),
    "education": Office("education", Name("教育部门"), head=HEAD, deputy=CLERK_2),
    "run_team": Office("run_team", Name("人才跑团")),
    "empty": Office("empty", Name("没有人的单位")),
}
LINKS = (
    Link(LinkKind.LEADER, 100, date(2026, 1, 1), staff=LEADER),
    Link(LinkKind.DEPARTMENT, 200, date(2026, 1, 1), office="education"),
    Link(LinkKind.RUN_TEAM, 300, date(2026, 1, 1), staff=RUNNER),
)
MINE = Facts(100, "person", None, "education")
PROJECT = Facts(100, "project", 200, "run_team", Name("智慧课堂"))
TEAM = Facts(100, "team", 300, "education", Name("启帆"))
STRANGER = replace(MINE, person_id=101)
NOWHERE = replace(STRANGER, office="empty")


def away(staff: int, deputy: int | None = None) -> Absence:
    return Absence(staff, TODAY - timedelta(days=1), TODAY, deputy)


def go(
    matter: Facts,
    *absences: Absence,
    unreachable: frozenset[int] = frozenset(),
    links: tuple[Link, ...] = LINKS,
    pool: dict[int, Staff] = POOL,
) -> Route:
    return route(matter, links, absences, unreachable, OFFICES, pool, TODAY)


@pytest.mark.parametrize(
    ("case", "matter", "absences", "owner", "reason"),
    [
        ("a project goes to its department", PROJECT, (), CLERK, "routing.project"),
        ("a team goes to its run-team member", TEAM, (), RUNNER, "routing.team"),
        ("a personal matter goes to the leader's liaison", MINE, (), LIAISON, "routing.leader"),
        ("without a leader to the category's office", STRANGER, (), CLERK, "routing.category"),
        ("an errand goes to the pool", replace(STRANGER, office="run_team"), (), RUNNER, "routing.pool"),
        ("a pinned category stays with its office", replace(MINE, pinned=True), (), CLERK, "routing.pinned"),
        ("the liaison's deputy stands in", MINE, (away(LIAISON),), LIAISON_2, "routing.for_absent"),
        ("the absence's own deputy comes first", TEAM, (away(RUNNER, CLERK),), CLERK, "routing.for_absent"),
        ("deputies of deputies", TEAM, (away(RUNNER), away(RUNNER_2, CLERK)), CLERK, "routing.for_absent"),
        ("a circle of deputies ends", MINE, (away(LIAISON), away(LIAISON_2)), DISPATCHER, "routing.backstop"),
        ("the other clerk when one is away", PROJECT, (away(CLERK),), CLERK_2, "routing.project"),
        ("the head when all clerks are away", PROJECT, (away(CLERK), away(CLERK_2)), HEAD, "routing.for_absent"),
        (
            "an empty office falls to the backstop",
            replace(STRANGER, office="empty"),
            (),
            DISPATCHER,
            "routing.backstop",
        ),
        (
            "even an absent backstop takes it",
            replace(STRANGER, office="empty"),
            (away(DISPATCHER),),
            DISPATCHER,
            "routing.backstop",
        ),
    ],
)
def test_the_right_person_owns_it(
    case: str, matter: Facts, absences: tuple[Absence, ...], owner: int, reason: str
) -> None:
    found = go(matter, *absences)
    assert (found.owner, found.reason.key) == (owner, reason), case


def test_whoever_cannot_be_reached_is_replaced_like_an_absent_one() -> None:
    found = go(TEAM, unreachable=frozenset({RUNNER}))
    assert (found.owner, found.reason.key) == (RUNNER_2, "routing.for_unreachable")


def test_the_leader_is_told_in_the_digest_and_never_owns_it() -> None:
    assert go(MINE).copies == (Copy(LEADER, "organisation", CopyKind.DIGEST),)


def test_co_handlers_get_their_part_and_the_owners_office_is_not_asked_twice() -> None:
    found = go(replace(STRANGER, co_offices=("education", "run_team", "run_team")))
    assert found.copies == (Copy(RUNNER, "run_team", CopyKind.CO_HANDLER),)


def test_among_equals_the_one_who_waited_longest_is_next() -> None:
    later = replace(POOL[RUNNER], last_given=_moment(2)), replace(POOL[RUNNER_2], last_given=_moment(1))
    found = go(replace(STRANGER, office="run_team"), pool={**POOL, **{each.id: each for each in later}})
    assert found.owner == RUNNER_2


def test_a_link_counts_on_its_first_and_last_day_only() -> None:
    for since, until, linked in (
        (TODAY, None, True),
        (TODAY - timedelta(days=9), TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), False),
    ):
        links = (Link(LinkKind.LEADER, 100, since, until, staff=LEADER),)
        assert (go(MINE, links=links).owner == LIAISON) is linked


def test_a_missing_link_is_never_silent() -> None:
    for matter in (replace(PROJECT, concern_id=201), replace(TEAM, concern_id=301)):
        assert [step.outcome for step in go(matter).missing] == [Outcome.MISSING]


def test_the_trail_names_every_rule_that_was_tried() -> None:
    assert [step.rule for step in go(STRANGER).trail] == [0, 1, 2, 3, 4]
    assert [step.rule for step in go(MINE, away(LIAISON)).trail] == [0, 1, 2, 3, 5]


def test_without_any_backstop_nothing_is_promised() -> None:
    pool = {number: person for number, person in POOL.items() if person.office != "talent_office"}
    with pytest.raises(NoBackstopError):
        go(NOWHERE, pool=pool)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_can_be_said(language: str) -> None:
    say = Words.load().speaker(language)
    for matter in (MINE, PROJECT, TEAM, STRANGER, replace(MINE, pinned=True), replace(PROJECT, concern_id=9)):
        for absences in ((), (away(LIAISON), away(LIAISON_2), away(CLERK), away(CLERK_2), away(RUNNER))):
            found = go(matter, *absences)
            for reason in (found.reason, *(step.reason for step in found.trail)):
                assert Reason.from_plain(reason.to_plain()) == reason
                assert say.saying(_saying(reason))


STAFF = st.sampled_from(sorted(POOL))


@UNTIMED
@given(
    absent=st.lists(st.tuples(STAFF, st.none() | STAFF), max_size=12),
    unreachable=st.frozensets(STAFF),
    deputies=st.dictionaries(STAFF, STAFF),
    matter=st.sampled_from([MINE, PROJECT, TEAM, STRANGER]),
    office=st.sampled_from(sorted(OFFICES)),
)
def test_whoever_is_away_and_whoever_deputises_nothing_is_ever_unowned(
    absent: list[tuple[int, int | None]],
    unreachable: frozenset[int],
    deputies: dict[int, int],
    matter: Facts,
    office: str,
) -> None:
    pool = {number: replace(person, deputy=deputies.get(number)) for number, person in POOL.items()}
    absences = [away(staff, deputy) for staff, deputy in absent]
    gone = {absence.staff for absence in absences} | unreachable
    found = go(replace(matter, office=office), *absences, unreachable=unreachable, pool=pool)
    assert found.owner in pool
    assert found.owner not in gone or pool[found.owner].office == "talent_office"
    assert found.owner not in {copy.staff for copy in found.copies}


def _moment(hour: int) -> datetime:
    return datetime(2026, 11, 24, hour, tzinfo=UTC)


def _saying(reason: Reason) -> Saying:
    return Saying(reason.key, {k: _saying(v) if isinstance(v, Reason) else v for k, v in reason.values.items()})

"""Who may count what, and from which day: tables to check by eye."""

from __future__ import annotations

from datetime import date

import pytest

from desk.people import Person, Post
from desk.rates import Period, Scope, begins, scope_of
from desk.refusals import Refused


def somebody(*posts: tuple[str, str]) -> Person:
    held = tuple(Post(n, office, role, None) for n, (office, role) in enumerate(posts))
    return Person(1, 1, 1, "某人", "zh", True, None, True, None, held)


@pytest.mark.parametrize(
    ("posts", "offices"),
    [
        ([("education", "head")], {"education"}),
        ([("education", "head"), ("housing", "head"), ("health", "handler")], {"education", "housing"}),
        ([("talent_office", "admin")], set()),
        ([("talent_office", "auditor")], set()),
        ([("education", "head"), ("talent_office", "admin")], set()),
    ],
)
def test_heads_count_their_offices_admins_and_auditors_the_district(
    posts: list[tuple[str, str]], offices: set[str]
) -> None:
    assert scope_of(somebody(*posts)) == Scope(frozenset(offices))


@pytest.mark.parametrize("role", ["handler", "run_team", "liaison", "dispatcher", "editor", "leader"])
def test_nobody_else_counts(role: str) -> None:
    with pytest.raises(Refused) as refused:
        scope_of(somebody(("education", role)))
    assert refused.value.key == "stats.not_yours"


@pytest.mark.parametrize(
    ("period", "today", "first"),
    [
        (Period.MONTH, date(2026, 11, 23), date(2026, 11, 1)),
        (Period.QUARTER, date(2026, 11, 23), date(2026, 9, 1)),
        (Period.QUARTER, date(2027, 1, 31), date(2026, 11, 1)),
        (Period.QUARTER, date(2027, 2, 1), date(2026, 12, 1)),
        (Period.ALL, date(2026, 11, 23), None),
    ],
)
def test_a_period_begins_on_the_first_of_a_month(period: Period, today: date, first: date | None) -> None:
    assert begins(period, today) == first

"""The life of a matter, as a table: who may do what, what becomes of it, and who hears."""

from collections import deque

import pytest

from desk.refusals import NotNow, NotYours, Refused
from desk.rules.hears import HEARS, news_key
from desk.rules.life import ENDS, TRANSITIONS, Act, Role, Status, allowed, decide, diagram
from words import LANGUAGES, Words

CHAIN = [
    (Status.DRAFT, Act.FILE, Role.CARDHOLDER, Status.FILED),
    (Status.FILED, Act.DISPATCH, Role.CLOCK, Status.DISPATCHED),
    (Status.DISPATCHED, Act.ACCEPT, Role.OWNER, Status.ACCEPTED),
    (Status.ACCEPTED, Act.DELIVER, Role.OWNER, Status.DELIVERED),
    (Status.DELIVERED, Act.CONFIRM, Role.CARDHOLDER, Status.CLOSED),
]
SIDE_WAYS = [
    (Status.DISPATCHED, Act.RETURN, Role.OWNER, Status.RETURNED),
    (Status.RETURNED, Act.DISPATCH, Role.DISPATCHER, Status.DISPATCHED),
    (Status.RETURNED, Act.ACCEPT, Role.DISPATCHER, Status.ACCEPTED),
    (Status.ACCEPTED, Act.ASK, Role.OWNER, Status.WAITING),
    (Status.WAITING, Act.SUPPLY, Role.CARDHOLDER, Status.ACCEPTED),
    (Status.ACCEPTED, Act.TRANSFER, Role.SUPERVISOR, Status.DISPATCHED),
    (Status.ACCEPTED, Act.URGE, Role.CARDHOLDER, Status.ACCEPTED),
    (Status.ACCEPTED, Act.EXTEND, Role.OWNER, Status.ACCEPTED),
    (Status.DISPATCHED, Act.WITHDRAW, Role.CARDHOLDER, Status.WITHDRAWN),
    (Status.DELIVERED, Act.DISPUTE, Role.CARDHOLDER, Status.DISPATCHED),
    (Status.DELIVERED, Act.LAPSE, Role.CLOCK, Status.CLOSED),
    (Status.CLOSED, Act.REOPEN, Role.CARDHOLDER, Status.DISPATCHED),
]


@pytest.mark.parametrize(("status", "act", "role", "after"), CHAIN + SIDE_WAYS)
def test_each_act_leads_where_the_design_says(status: Status, act: Act, role: Role, after: Status) -> None:
    assert decide(status, act, {role}) is after


@pytest.mark.parametrize(
    ("act", "role"),
    [
        (Act.CONFIRM, Role.OWNER),
        (Act.ACCEPT, Role.CARDHOLDER),
        (Act.NOTE, Role.CARDHOLDER),
        (Act.GRANT, Role.OWNER),
        (Act.WITHDRAW, Role.OWNER),
        (Act.LAPSE, Role.ADMIN),
    ],
)
def test_an_act_of_somebody_else_is_never_theirs(act: Act, role: Role) -> None:
    for status in Status:
        with pytest.raises(NotYours):
            decide(status, act, {role})


def test_an_act_at_the_wrong_time_is_not_now() -> None:
    with pytest.raises(NotNow):
        decide(Status.ACCEPTED, Act.ACCEPT, {Role.OWNER})


def test_every_act_of_everybody_in_every_status_moves_or_refuses_with_a_sentence() -> None:
    for status in Status:
        for act in Act:
            for role in Role:
                if act in allowed(status, {role}):
                    assert decide(status, act, {role}) in Status
                    continue
                with pytest.raises(Refused) as refused:
                    decide(status, act, {role})
                assert refused.value.key


def test_more_time_is_answered_only_when_it_was_asked_for() -> None:
    assert Act.GRANT not in allowed(Status.ACCEPTED, {Role.SUPERVISOR})
    assert Act.GRANT in allowed(Status.ACCEPTED, {Role.SUPERVISOR}, extension_asked=True)
    assert Act.EXTEND not in allowed(Status.ACCEPTED, {Role.OWNER}, extension_asked=True)


def test_every_status_is_reached_and_every_one_leads_to_an_end() -> None:
    onward = {
        status: {move.to for (at, _), move in TRANSITIONS.items() if at is status and move.to} for status in Status
    }
    assert _reach(onward, Status.DRAFT) == set(Status)
    for status in Status:
        assert _reach(onward, status) & ENDS


def test_a_matter_that_is_not_solved_can_always_be_withdrawn_and_always_goes_up_when_late() -> None:
    for status in (Status.FILED, Status.DISPATCHED, Status.ACCEPTED, Status.WAITING, Status.RETURNED):
        assert Act.WITHDRAW in allowed(status, {Role.CARDHOLDER})
        assert Act.ESCALATE in allowed(status, {Role.CLOCK})


def test_the_diagram_shows_every_act_that_changes_the_status() -> None:
    drawn = diagram()
    for (status, act), move in TRANSITIONS.items():
        line = f"    {status.value} --> {move.to.value if move.to else ''}: {act.value}"
        assert (line in drawn) is (move.to is not None)


def test_the_cardholder_hears_every_step_and_never_a_note() -> None:
    steps = (Act.DISPATCH, Act.ACCEPT, Act.ASK, Act.RETURN, Act.TRANSFER, Act.GRANT, Act.DELIVER, Act.LAPSE)
    assert all(Role.CARDHOLDER in {hear.audience for hear in HEARS[act]} for act in steps)
    assert Role.CARDHOLDER not in {hear.audience for hear in HEARS[Act.NOTE]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_act_and_piece_of_news_has_its_word(language: str) -> None:
    say = Words.load().speaker(language)
    news = [news_key(act, hear.audience) for act, heard in HEARS.items() for hear in heard]
    names = [f"status.{status.value}" for status in Status] + [f"life.act_{act.value}" for act in Act]
    assert [key for key in names + news if not say.has(key)] == []
    assert set(HEARS) == set(Act)


def _reach(onward: dict[Status, set[Status]], start: Status) -> set[Status]:
    seen, waiting = {start}, deque([start])
    while waiting:
        for status in onward[waiting.popleft()] - seen:
            seen.add(status)
            waiting.append(status)
    return seen

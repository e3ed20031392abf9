"""Working time, deadlines and the calendar: dates a civil servant could check on the wall."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.calendar import Overrides, Workdays
from desk.rules.deadlines import Kind, Pause, Promise, Rung, Standing, accept_due, deliver_due, due, plan
from desk.rules.life import ENDS, Status
from desk.rules.worktime import Calendar, NeverOpenError, OfficeHours, Span
from sheets import SheetError

UNTIMED = settings(deadline=None)
"""A busy machine is no counterexample."""

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Workdays(Overrides()).calendar()


def at(text: str) -> datetime:
    """A moment of 2026 in the district, such as `11-24 10:30`."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("11-24 10:00", 60, "11-24 11:00"),
        ("11-24 11:30", 60, "11-24 13:30"),  # over lunch
        ("11-24 16:30", 60, "11-25 09:30"),  # over night
        ("11-27 16:00", 120, "11-30 10:00"),  # over a weekend
        ("11-28 12:00", 30, "11-30 09:30"),  # filed on a Saturday
        ("11-24 16:00", 60, "11-24 17:00"),  # to the closing minute
        ("09-30 16:30", 60, "10-08 09:30"),  # over the National Day week
        ("09-19 10:00", 60, "09-20 10:00"),  # Sunday 20 September 2026 is a 调休 workday
        ("02-13 16:30", 60, "02-14 09:30"),  # Saturday 14 February 2026 is a 调休 workday
        ("11-24 10:00", 0, "11-24 10:00"),
    ],
)
def test_so_much_working_time_later_it_is(start: str, minutes: int, end: str) -> None:
    assert CALENDAR.add(at(start), minutes) == at(end)
    assert CALENDAR.between(at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("moment", "is_open", "opening"),
    [
        ("11-24 09:00", True, "11-24 09:00"),
        ("11-24 12:00", False, "11-24 13:00"),
        ("11-24 17:00", False, "11-25 09:00"),
        ("10-03 10:00", False, "10-08 09:00"),
        ("10-10 10:00", True, "10-10 10:00"),  # a Saturday on which offices work
    ],
)
def test_offices_are_open_when_the_official_calendar_says_so(moment: str, is_open: bool, opening: str) -> None:
    assert CALENDAR.is_open(at(moment)) is is_open
    assert CALENDAR.next_opening(at(moment)) == at(opening)


def test_a_working_day_is_as_long_as_the_offices_own_day() -> None:
    short = CALENDAR.with_hours(OfficeHours.daily((600, 720)))
    assert short.after(at("11-24 10:00"), Span(days=2)) == at("11-25 12:00")
    assert CALENDAR.after(at("11-24 09:00"), Span(days=1)) == at("11-24 17:00")


def test_hours_that_never_open_are_a_mistake_not_an_endless_search() -> None:
    with pytest.raises(NeverOpenError):
        Calendar(lambda _day: False).add(at("11-24 10:00"), 1)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20), timezones=st.just(UTC))  # noqa: DTZ001
MINUTES = st.integers(0, 4000)


@UNTIMED
@given(MOMENTS, MINUTES)
def test_adding_and_measuring_are_inverse(start: datetime, minutes: int) -> None:
    assert CALENDAR.between(start, CALENDAR.add(start, minutes)) == pytest.approx(minutes, abs=1e-6)


@UNTIMED
@given(MOMENTS, MINUTES, MINUTES)
def test_more_working_time_is_never_earlier_and_adds_up(start: datetime, a: int, b: int) -> None:
    assert CALENDAR.add(start, a) <= CALENDAR.add(start, a + b)
    assert CALENDAR.add(CALENDAR.add(start, a), b) == CALENDAR.add(start, a + b)


@UNTIMED
@given(MOMENTS, MOMENTS, MOMENTS)
def test_measuring_is_additive_and_turns_its_sign(a: datetime, b: datetime, c: datetime) -> None:
    assert CALENDAR.between(a, c) == pytest.approx(CALENDAR.between(a, b) + CALENDAR.between(b, c), abs=1e-6)
    assert CALENDAR.between(a, b) == -CALENDAR.between(b, a)


@UNTIMED
@given(MOMENTS)
def test_the_next_opening_is_open_and_no_working_time_lies_before_it(moment: datetime) -> None:
    opening = CALENDAR.next_opening(moment)
    assert CALENDAR.is_open(opening)
    assert CALENDAR.between(moment, opening) == 0


UNKNOWN = next(year for year in range(2026, 2100) if not Workdays(Overrides()).announced(year))


def test_a_year_nobody_has_announced_is_estimated_and_warned_about() -> None:
    days = Workdays(Overrides())
    assert not days(date(UNKNOWN, 10, 1))
    assert [each.values for each in days.warnings(date(UNKNOWN - 1, 10, 1))] == [{"year": str(UNKNOWN)}]
    assert days.warnings(date(UNKNOWN - 1, 9, 30)) == []


def test_the_offices_own_file_wins_and_ends_the_warning() -> None:
    days = Workdays(Overrides(holidays=(date(2026, 11, 24),), workdays=(date(2026, 11, 28),), complete=(UNKNOWN,)))
    assert (days(date(2026, 11, 24)), days(date(2026, 11, 28))) == (False, True)
    assert days.warnings(date(UNKNOWN, 1, 1)) == []


def test_the_shipped_calendar_file_is_sound_and_a_slip_in_one_is_told(tmp_path: Path) -> None:
    Workdays.load()
    file = tmp_path / "calendar.yaml"
    file.write_text("holidays: [2027-01-01]\nworkdays:\n  - 2027-01-01\n", encoding="utf-8")
    with pytest.raises(SheetError) as slip:
        Workdays.load(file)
    assert [problem.key for problem in slip.value.problems] == ["calendar.both"]


def standing(status: Status, since: str, pauses: tuple[Pause, ...] = ()) -> Standing:
    filed = at("11-24 09:00")
    return Standing(status, filed, filed, at(since), Span(minutes=120), Span(days=2), pauses)


def test_a_pause_moves_the_deadline_by_as_much_working_time() -> None:
    pause = Pause(at("11-24 11:00"), at("11-25 11:00"))
    matter = standing(Status.ACCEPTED, "11-25 11:00", (pause,))
    assert deliver_due(standing(Status.ACCEPTED, "11-24 09:00"), CALENDAR) == at("11-25 17:00")
    assert deliver_due(matter, CALENDAR) == at("11-26 17:00")
    assert deliver_due(standing(Status.WAITING, "11-24 11:00", (Pause(at("11-24 11:00")),)), CALENDAR) is None


def test_a_pause_after_the_deadline_does_not_mend_it() -> None:
    late = Pause(at("11-26 10:00"), at("11-27 10:00"))
    assert due(at("11-24 09:00"), 840, CALENDAR, (late,)) == at("11-25 17:00")


def test_reminders_come_at_half_and_at_four_fifths_and_then_a_step_each_day() -> None:
    steps = plan(standing(Status.DISPATCHED, "11-24 09:00"), CALENDAR)
    accepting = [(each.at, each.kind, each.step) for each in steps if each.promise is Promise.ACCEPT]
    assert accepting == [
        (at("11-24 10:00"), Kind.REMIND, 0),
        (at("11-24 10:36"), Kind.REMIND, 1),
        (at("11-24 11:00"), Kind.ESCALATE, 0),
        (at("11-25 11:00"), Kind.ESCALATE, 1),
        (at("11-26 11:00"), Kind.ESCALATE, 2),
        (at("11-27 11:00"), Kind.ESCALATE, 3),
    ]
    rungs = [each.rung for each in steps if each.promise is Promise.ACCEPT and each.kind is Kind.ESCALATE]
    assert rungs == [Rung.DEPUTY, Rung.HEAD, Rung.LIAISON, Rung.TALENT_OFFICE]
    assert accept_due(standing(Status.DISPATCHED, "11-24 09:00"), CALENDAR) == at("11-24 11:00")


def test_at_the_last_rung_the_talent_office_hears_again_at_every_interval_until_the_matter_moves() -> None:
    late = standing(Status.ACCEPTED, "11-24 09:00")
    steps = plan(late, CALENDAR, now=at("11-26 17:30"))
    assert [(each.at, each.step, each.endless) for each in steps] == [
        (at("11-27 17:00"), 2, False),
        (at("11-30 17:00"), 3, True),
    ]
    for moment, following, step in (("11-30 17:00", "12-01 17:00", 4), ("12-05 12:00", "12-07 17:00", 8)):
        (again,) = plan(late, CALENDAR, now=at(moment))
        assert (again.at, again.step, again.rung) == (at(following), step, Rung.TALENT_OFFICE)


def test_papers_that_never_come_are_decided_about_at_every_interval() -> None:
    waiting = standing(Status.WAITING, "11-24 11:00", (Pause(at("11-24 11:00")),))
    steps = plan(waiting, CALENDAR)
    assert [(each.at, each.kind) for each in steps[-2:]] == [
        (at("12-01 11:00"), Kind.REMIND_MATERIALS),
        (at("12-08 11:00"), Kind.DECIDE),
    ]
    (again,) = plan(waiting, CALENDAR, now=at("12-08 11:00"))
    assert (again.at, again.kind, again.endless) == (at("12-15 11:00"), Kind.DECIDE, True)


def test_silence_after_delivery_is_asked_about_twice_and_then_closed() -> None:
    steps = plan(standing(Status.DELIVERED, "11-24 09:00"), CALENDAR)
    assert [each.kind for each in steps] == [Kind.REMIND_ANSWER, Kind.REMIND_ANSWER, Kind.LAPSE]


def test_words_of_the_cardholder_about_a_result_keep_it_open_until_they_are_answered() -> None:
    spoken = replace(standing(Status.DELIVERED, "11-24 11:00"), unanswered=True)
    steps = plan(spoken, CALENDAR)
    assert [(each.at, each.kind) for each in steps] == [
        (at("11-26 11:00"), Kind.REMIND_ANSWER),
        (at("11-26 11:00"), Kind.REPLY),
        (at("11-30 11:00"), Kind.REMIND_ANSWER),
    ]
    (again,) = plan(spoken, CALENDAR, now=at("11-30 11:00"))
    assert (again.at, again.kind, again.step, again.endless) == (at("12-03 11:00"), Kind.REPLY, 1, True)


@UNTIMED
@given(st.sampled_from(Status), MOMENTS, st.integers(0, 5000), st.integers(0, 200_000))
def test_every_open_status_has_something_coming_in_order_and_every_end_has_nothing(
    status: Status, filed: datetime, later: int, looked: int
) -> None:
    since = filed + timedelta(minutes=later)
    pauses = (Pause(since),) if status is Status.WAITING else ()
    matter = Standing(status, filed, filed, since, Span(minutes=60), Span(days=3), pauses)
    steps = plan(matter, CALENDAR)
    assert bool(steps) is (status not in (Status.CLOSED, Status.WITHDRAWN))
    assert [each.at for each in steps] == sorted(each.at for each in steps)
    assert all(each.at >= filed for each in steps)
    now = since + timedelta(minutes=looked)
    ahead = plan(matter, CALENDAR, now=now)
    assert all(each.at > now for each in ahead)
    assert bool(ahead) is (status not in ENDS) or status in (Status.DRAFT, Status.DELIVERED)  # which the clock ends
    assert {each for each in steps if each.at > now} <= set(ahead)

"""What happens if nobody acts: deadlines in working time with pauses, reminders before, and a ladder of steps after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.rules.life import Status
from desk.rules.worktime import Calendar, Span


class Kind(StrEnum):
    """What the clock does at an instant."""

    REMIND = "remind"
    ESCALATE = "escalate"
    REMIND_MATERIALS = "remind_materials"
    REMIND_ANSWER = "remind_answer"
    LAPSE = "lapse"
    STEP_REMIND = "step_remind"
    STEP_LATE = "step_late"


class Promise(StrEnum):
    """Which promise an instant belongs to."""

    ACCEPT = "accept"
    DELIVER = "deliver"
    MATERIALS = "materials"
    ANSWER = "answer"
    CONFIRM = "confirm"
    STEP = "step"


class Rung(StrEnum):
    """The ladder: who answers for a matter that is late, one step further up each time."""

    HANDLER = "handler"
    DEPUTY = "deputy"
    HEAD = "head"
    LIAISON = "liaison"
    TALENT_OFFICE = "talent_office"


LADDER = tuple(Rung)


ONE_DAY, FIVE_DAYS, FIFTEEN_DAYS = Span(days=1), Span(days=5), Span(days=15)


@dataclass(frozen=True)
class Rhythm:
    """Operator settings: when reminders come, as parts of a promise or as working time, and how fast steps follow."""

    reminders: tuple[float, ...] = (0.5, 0.8)
    step_every: Span = ONE_DAY
    materials: tuple[Span, ...] = (Span(days=1), Span(days=3), Span(days=5))
    answers: tuple[Span, ...] = (Span(days=2), Span(days=4))
    lapse_after: Span = FIVE_DAYS
    reopen_within: Span = FIFTEEN_DAYS


USUAL_RHYTHM = Rhythm()


@dataclass(frozen=True)
class Pause:
    """The cardholder was asked for something: the handler's clock stood still. No end: it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """A matter as its deadlines see it. `since` is when it came into its status; `extended_to` a granted new date."""

    status: Status
    filed_at: datetime
    dispatched_at: datetime
    since: datetime
    accept_within: Span
    deliver_within: Span
    pauses: Sequence[Pause] = ()
    extended_to: datetime | None = None


@dataclass(frozen=True)
class Planned:
    """One instant of a plan: what the clock does, for which promise, and how many times before (`step` from 0)."""

    at: datetime
    kind: Kind
    promise: Promise
    step: int

    @property
    def rung(self) -> Rung:
        """Who has to hear of an escalation: the first goes to the deputy, everyone below knows already."""
        return LADDER[min(self.step + 1, len(LADDER) - 1)]


def due(start: datetime, minutes: float, calendar: Calendar, pauses: Sequence[Pause] = ()) -> datetime | None:
    """When this many working minutes since `start` are over, not counting the pauses; `None` while one lasts."""
    left, cursor = minutes, start
    for pause in sorted(pauses, key=lambda each: each.start):
        worked = max(calendar.between(cursor, pause.start), 0.0)
        if worked >= left:
            break
        if pause.end is None:
            return None
        left -= worked
        cursor = max(cursor, pause.end)
    return calendar.add(cursor, left)


def accept_due(matter: Standing, calendar: Calendar) -> datetime:
    """By when whoever holds it has to accept: it counts anew for new hands."""
    return calendar.after(matter.dispatched_at, matter.accept_within)


def deliver_due(matter: Standing, calendar: Calendar) -> datetime | None:
    """By when the cardholder was promised a result: it runs from filing, through every change of hands."""
    if matter.extended_to is not None:
        return matter.extended_to
    return due(matter.filed_at, calendar.minutes(matter.deliver_within), calendar, matter.pauses)


def plan(matter: Standing, calendar: Calendar, rhythm: Rhythm = USUAL_RHYTHM) -> tuple[Planned, ...]:
    """Everything the clock would do from now to the end if nobody acts, in order.

    1. Not yet accepted: reminders and steps for accepting, and those for delivering run on beside them.
    2. Accepted: reminders and steps for delivering.
    3. Waiting for materials: the handler's clock stands; the cardholder is reminded gently.
    4. Delivered: the cardholder is asked twice more, then the matter is closed as unrated.
    5. Prepared by staff: the cardholder is asked twice more to confirm, then it lapses.
    """
    if matter.status in (Status.FILED, Status.DISPATCHED, Status.RETURNED):
        found = [*_accepting(matter, calendar, rhythm), *_delivering(matter, calendar, rhythm)]
    elif matter.status is Status.ACCEPTED:
        found = [*_delivering(matter, calendar, rhythm)]
    elif matter.status is Status.WAITING:
        found = [*_after(matter.since, rhythm.materials, calendar, Kind.REMIND_MATERIALS, Promise.MATERIALS)]
    elif matter.status is Status.DRAFT:
        found = [*_after(matter.since, rhythm.answers, calendar, Kind.REMIND_ANSWER, Promise.CONFIRM)]
        found += _after(matter.since, (rhythm.lapse_after,), calendar, Kind.LAPSE, Promise.CONFIRM)
    elif matter.status is Status.DELIVERED:
        found = [*_after(matter.since, rhythm.answers, calendar, Kind.REMIND_ANSWER, Promise.ANSWER)]
        found += _after(matter.since, (rhythm.lapse_after,), calendar, Kind.LAPSE, Promise.ANSWER)
    else:
        found = []
    return tuple(sorted(found, key=lambda each: each.at))


def _accepting(matter: Standing, calendar: Calendar, rhythm: Rhythm) -> Iterator[Planned]:
    whole = calendar.minutes(matter.accept_within)
    for step, part in enumerate(rhythm.reminders):
        yield Planned(calendar.add(matter.dispatched_at, whole * part), Kind.REMIND, Promise.ACCEPT, step)
    yield from _ladder(accept_due(matter, calendar), Promise.ACCEPT, calendar, rhythm)


def _delivering(matter: Standing, calendar: Calendar, rhythm: Rhythm) -> Iterator[Planned]:
    end = deliver_due(matter, calendar)
    if end is None:
        return
    for step, part in enumerate(rhythm.reminders):
        at = _part_way(matter, part, end, calendar)
        if at is not None:
            yield Planned(at, Kind.REMIND, Promise.DELIVER, step)
    yield from _ladder(end, Promise.DELIVER, calendar, rhythm)


def _part_way(matter: Standing, part: float, end: datetime, calendar: Calendar) -> datetime | None:
    """When this part of the promised time is used up; with a granted date, of the time up to that date."""
    if matter.extended_to is None:
        return due(matter.filed_at, calendar.minutes(matter.deliver_within) * part, calendar, matter.pauses)
    return calendar.add(matter.filed_at, max(calendar.between(matter.filed_at, end), 0.0) * part)


def _ladder(first: datetime, promise: Promise, calendar: Calendar, rhythm: Rhythm) -> Iterator[Planned]:
    every = calendar.minutes(rhythm.step_every)
    for step in range(len(LADDER) - 1):
        yield Planned(calendar.add(first, every * step), Kind.ESCALATE, promise, step)


def _after(
    since: datetime, spans: Sequence[Span], calendar: Calendar, kind: Kind, promise: Promise
) -> Iterator[Planned]:
    for step, span in enumerate(spans):
        yield Planned(calendar.after(since, span), kind, promise, step)

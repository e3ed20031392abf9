"""What happens if nobody acts: deadlines in working time with pauses, reminders before, and a ladder of steps after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.rules.life import Act, Status
from desk.rules.worktime import Calendar, Span


class Kind(StrEnum):
    """What the clock does at an instant."""

    REMIND = "remind"
    ESCALATE = "escalate"
    REMIND_MATERIALS = "remind_materials"
    DECIDE = "decide"
    REMIND_ANSWER = "remind_answer"
    REPLY = "reply"
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


_WITH_SOMEBODY = frozenset({Status.FILED, Status.DISPATCHED, Status.RETURNED})

STILL_OWED: Mapping[Promise, frozenset[Status]] = {
    Promise.ACCEPT: _WITH_SOMEBODY,
    Promise.DELIVER: _WITH_SOMEBODY | {Status.ACCEPTED},
    Promise.MATERIALS: frozenset({Status.WAITING}),
    Promise.ANSWER: frozenset({Status.DELIVERED}),
    Promise.CONFIRM: frozenset({Status.DRAFT}),
    Promise.STEP: _WITH_SOMEBODY | {Status.ACCEPTED},
}
"""The statuses in which a promise is still open; in any other, what was planned for it came too late to matter."""


ABOUT_RESULT = frozenset({Act.DELIVER, Act.SAY})
"""Acts whose words, once there is a result, begin the time anew after which silence closes a matter."""


class Rung(StrEnum):
    """The ladder: who answers for a matter that is late, one step further up each time."""

    HANDLER = "handler"
    DEPUTY = "deputy"
    HEAD = "head"
    LIAISON = "liaison"
    TALENT_OFFICE = "talent_office"


LADDER = tuple(Rung)
TOP = LADDER.index(Rung.TALENT_OFFICE) - 1
"""The step of an escalation that reaches the last rung; from there on it comes again until the matter moves."""

ONE_DAY, FIVE_DAYS, FIFTEEN_DAYS = Span(days=1), Span(days=5), Span(days=15)


@dataclass(frozen=True)
class Rhythm:
    """Operator settings: when reminders come, as parts of a promise or as working time, and how fast steps follow.

    `materials_every`: after the last gentle reminder, how often the talent office is asked to decide.
    """

    reminders: tuple[float, ...] = (0.5, 0.8)
    step_every: Span = ONE_DAY
    materials: tuple[Span, ...] = (Span(days=1), Span(days=3), Span(days=5))
    materials_every: Span = FIVE_DAYS
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
    """A matter as its deadlines see it. `since` is when it came into its status; `extended_to` a granted new date.

    Of a result, `since` is when the latest word about it was said; `unanswered`: it was the cardholder's.
    """

    status: Status
    filed_at: datetime
    dispatched_at: datetime
    since: datetime
    accept_within: Span
    deliver_within: Span
    pauses: Sequence[Pause] = ()
    extended_to: datetime | None = None
    unanswered: bool = False


@dataclass(frozen=True)
class Planned:
    """One instant of a plan: what the clock does, for which promise, and how many times before (`step` from 0).

    `endless`: it comes again and again until the matter moves; a plan holds only the next one.
    """

    at: datetime
    kind: Kind
    promise: Promise
    step: int
    endless: bool = False

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


def plan(
    matter: Standing, calendar: Calendar, rhythm: Rhythm = USUAL_RHYTHM, now: datetime | None = None
) -> tuple[Planned, ...]:
    """Everything the clock would do if nobody acts, in order; of what comes again and again, only the next.

    1. Not yet accepted: reminders and steps for accepting, and those for delivering run on beside them.
    2. Accepted: reminders and steps for delivering.
    3. Late at the last rung: the talent office hears again at every interval until the matter moves.
    4. Waiting for materials: the handler's clock stands; the cardholder is reminded gently. After the last reminder
       the talent office is asked, again at every interval, to decide.
    5. Delivered: the cardholder is asked twice more, then the matter is closed as unrated. While words of theirs about
       the result stand unanswered it is not: whoever holds it is told to answer, again at every interval.
    6. Prepared by staff: the cardholder is asked twice more to confirm, then it lapses.

    Parameters:
        now: leave out what was before; without it, everything from the beginning.
    """
    ahead = _Ahead(matter, calendar, rhythm, now)
    if matter.status in (Status.FILED, Status.DISPATCHED, Status.RETURNED):
        found = [*ahead.accepting(), *ahead.delivering()]
    elif matter.status is Status.ACCEPTED:
        found = [*ahead.delivering()]
    elif matter.status is Status.WAITING:
        found = [*ahead.waiting()]
    elif matter.status is Status.DRAFT:
        found = [*ahead.unanswered(Promise.CONFIRM)]
    elif matter.status is Status.DELIVERED:
        found = [*(ahead.replying() if matter.unanswered else ahead.unanswered(Promise.ANSWER))]
    else:
        found = []
    later = (each for each in found if now is None or each.at > now)
    return tuple(sorted(later, key=lambda each: each.at))


@dataclass(frozen=True)
class _Ahead:
    """What lies ahead of one matter, promise by promise."""

    matter: Standing
    calendar: Calendar
    rhythm: Rhythm
    now: datetime | None

    def accepting(self) -> Iterator[Planned]:
        whole = self.calendar.minutes(self.matter.accept_within)
        for step, part in enumerate(self.rhythm.reminders):
            at = self.calendar.add(self.matter.dispatched_at, whole * part)
            yield Planned(at, Kind.REMIND, Promise.ACCEPT, step)
        yield from self._ladder(accept_due(self.matter, self.calendar), Promise.ACCEPT)

    def delivering(self) -> Iterator[Planned]:
        end = deliver_due(self.matter, self.calendar)
        if end is None:
            return
        for step, part in enumerate(self.rhythm.reminders):
            at = self._part_way(part, end)
            if at is not None:
                yield Planned(at, Kind.REMIND, Promise.DELIVER, step)
        yield from self._ladder(end, Promise.DELIVER)

    def waiting(self) -> Iterator[Planned]:
        gentle = self.rhythm.materials
        yield from self._after(gentle, Kind.REMIND_MATERIALS, Promise.MATERIALS)
        last = self.calendar.after(self.matter.since, gentle[-1]) if gentle else self.matter.since
        times, at = self._next(last, self.rhythm.materials_every, 1)
        yield Planned(at, Kind.DECIDE, Promise.MATERIALS, times, endless=True)

    def unanswered(self, promise: Promise) -> Iterator[Planned]:
        yield from self._after(self.rhythm.answers, Kind.REMIND_ANSWER, promise)
        yield from self._after((self.rhythm.lapse_after,), Kind.LAPSE, promise)

    def replying(self) -> Iterator[Planned]:
        """They have spoken, so silence is not theirs: they are asked as ever, and an answer is wanted from the desk."""
        gentle = self.rhythm.answers
        yield from self._after(gentle, Kind.REMIND_ANSWER, Promise.ANSWER)
        first = self.calendar.after(self.matter.since, gentle[0] if gentle else self.rhythm.lapse_after)
        times, at = self._next(first, self.rhythm.lapse_after, 0)
        yield Planned(at, Kind.REPLY, Promise.ANSWER, times, endless=True)

    def _part_way(self, part: float, end: datetime) -> datetime | None:
        """When this part of the promised time is used up; with a granted date, of the time up to that date."""
        filed, calendar = self.matter.filed_at, self.calendar
        if self.matter.extended_to is None:
            return due(filed, calendar.minutes(self.matter.deliver_within) * part, calendar, self.matter.pauses)
        return calendar.add(filed, max(calendar.between(filed, end), 0.0) * part)

    def _ladder(self, first: datetime, promise: Promise) -> Iterator[Planned]:
        every = self.calendar.minutes(self.rhythm.step_every)
        for step in range(TOP):
            yield Planned(self.calendar.add(first, every * step), Kind.ESCALATE, promise, step)
        step, at = self._next(first, self.rhythm.step_every, TOP)
        yield Planned(at, Kind.ESCALATE, promise, step, endless=True)

    def _next(self, first: datetime, span: Span, times: int) -> tuple[int, datetime]:
        """Of a series that has no end, the first after now: how many intervals from `first`, at least `times`."""
        every = self.calendar.minutes(span)
        if self.now is not None:
            times = max(times, int(self.calendar.between(first, self.now) // every))
        at = self.calendar.add(first, every * times)
        while self.now is not None and at <= self.now:
            times += 1
            at = self.calendar.add(first, every * times)
        return times, at

    def _after(self, spans: Sequence[Span], kind: Kind, promise: Promise) -> Iterator[Planned]:
        for step, span in enumerate(spans):
            yield Planned(self.calendar.after(self.matter.since, span), kind, promise, step)

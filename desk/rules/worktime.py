"""Working time in the district: how long offices are open between two moments, and when so much of it has passed.

Pure arithmetic on a `Calendar`: which days are workdays (holidays and 调休 included) is a function it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from desk.rules.zone import ZONE, at_hour

HORIZON = timedelta(days=400)
"""How far ahead an opening is looked for; longer shut than this is a mistake in a calendar."""

SATURDAY = 5

Interval = tuple[int, int]


@dataclass(frozen=True)
class Span:
    """A length of working time as people name it: working days or working minutes."""

    days: int = 0
    minutes: int = 0


class NeverOpenError(Exception):
    """These hours have no opening within the horizon, so no deadline can be counted in them."""


@dataclass(frozen=True)
class OfficeHours:
    """Opening hours: for Monday to Sunday, intervals in minutes after midnight, in order and apart.

    A workday that falls on a weekend (调休) has the hours of `makeup`, which are Monday's unless told otherwise.
    """

    week: tuple[tuple[Interval, ...], ...]
    makeup: tuple[Interval, ...] | None = None

    @classmethod
    def daily(cls, *intervals: Interval) -> OfficeHours:
        """The same hours Monday to Friday, e.g. `daily((540, 720), (780, 1020))`."""
        return cls((*(intervals for _ in range(5)), (), ()))

    def on(self, weekday: int) -> tuple[Interval, ...]:
        """The hours of a workday that falls on this weekday (Monday is 0)."""
        if self.week[weekday] or weekday < SATURDAY:
            return self.week[weekday]
        return self.week[0] if self.makeup is None else self.makeup

    @property
    def minutes_a_day(self) -> int:
        """Minutes of a usual workday: Monday's, or the first day's that has any."""
        return next((sum(end - start for start, end in day) for day in self.week if day), 0)


USUAL_HOURS = OfficeHours.daily((540, 720), (780, 1020))


@dataclass(frozen=True)
class Calendar:
    """Opening hours on workdays. `workday(day)` says whether a day is one. All moments are aware, results UTC-safe."""

    workday: Callable[[date], bool]
    hours: OfficeHours = USUAL_HOURS

    def with_hours(self, hours: OfficeHours) -> Calendar:
        """The same days with an office's own hours."""
        return Calendar(self.workday, hours)

    def minutes(self, span: Span) -> int:
        """The working minutes of a span: a working day is as long as this office's is."""
        return span.days * self.hours.minutes_a_day + span.minutes

    def after(self, start: datetime, span: Span) -> datetime:
        """The moment by which this span of working time has passed since `start`."""
        return self.add(start, self.minutes(span))

    def add(self, start: datetime, minutes: float) -> datetime:
        """The first moment by which the offices were open for this many minutes since `start`."""
        left = timedelta(minutes=minutes)
        if left <= timedelta():
            return start
        for opens, closes in self._openings(start):
            begin = max(opens, start)
            if begin + left <= closes:
                return (begin + left).astimezone(start.tzinfo)
            left -= closes - begin
        raise NeverOpenError

    def between(self, a: datetime, b: datetime) -> float:
        """Working minutes from `a` to `b`; negative when `b` is earlier."""
        if b < a:
            return -self.between(b, a)
        total = timedelta()
        for opens, closes in self._spans(a, (b.astimezone(ZONE).date() - a.astimezone(ZONE).date()).days + 1):
            total += max(min(closes, b) - max(opens, a), timedelta())
        return total / timedelta(minutes=1)

    def closing(self, day: date) -> datetime | None:
        """When the offices close on this day, in UTC; `None` when they do not open."""
        closes = [end for _, end in self._spans(at_hour(day, time()), 1)]
        return max(closes).astimezone(UTC) if closes else None

    def is_open(self, at: datetime) -> bool:
        """Whether the offices are open; at the closing minute they are not."""
        return any(opens <= at < closes for opens, closes in self._spans(at, 1))

    def next_opening(self, at: datetime) -> datetime:
        """`at` if the offices are open, else the moment they open next."""
        opens, _ = next(self._openings(at))
        return max(opens.astimezone(at.tzinfo), at)

    def _openings(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every opening that ends after this moment, without an end.

        Raises:
            NeverOpenError: no opening within the horizon of the last.
        """
        last = after
        while True:
            found = False
            for opens, closes in self._spans(last, HORIZON.days):
                if closes > last:
                    found, last = True, closes
                    yield opens, closes
            if not found:
                raise NeverOpenError

    def _spans(self, at: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing moments of this many days in the district, from the day of `at` on."""
        first = at.astimezone(ZONE).date()
        for day in (first + timedelta(days=n) for n in range(days)):
            if self.workday(day):
                midnight = at_hour(day, time())
                for start, end in self.hours.on(day.weekday()):
                    yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)

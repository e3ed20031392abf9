"""Which days are workdays: the official calendar from a maintained library, corrected by the office's own YAML.

For a year nobody has announced yet, statutory holidays are estimated without 调休, and `warnings` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import chinese_calendar
from pydantic import Field, model_validator

from desk.rules.worktime import SATURDAY, Calendar
from sheets import Day, Form, read, wrong
from words import Saying

FILE = Path(__file__).with_name("calendar.yaml")


class Overrides(Form):
    """The office's own file: days off, weekend workdays, and the years it gives in full."""

    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()
    complete: tuple[int, ...] = Field(default=())

    @model_validator(mode="after")
    def _no_day_twice(self) -> Overrides:
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            raise wrong("calendar.both", day=both[0].isoformat())
        return self


@lru_cache(maxsize=4096)
def _official(day: date) -> bool | None:
    """Whether the library calls it a workday; `None` when its year is not announced there."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@lru_cache(maxsize=16)
def _estimated(year: int) -> frozenset[date]:
    """The days off that the law itself gives in a year."""
    from holidays import country_holidays  # 3 MB; a year that is announced does without

    return frozenset(country_holidays("CN", years=[year]))


@dataclass(frozen=True)
class Workdays:
    """Tells workdays from days off; the overrides first, then the library, then the estimate."""

    overrides: Overrides = field(default_factory=Overrides)

    @classmethod
    def load(cls, path: Path = FILE) -> Workdays:
        """Read the overrides. Raises `SheetError` when the file has a slip."""
        return cls(read(path, Overrides))

    def __call__(self, day: date) -> bool:
        """Whether offices work on this day."""
        if day in self.overrides.workdays:
            return True
        if day in self.overrides.holidays:
            return False
        official = _official(day)
        if official is not None:
            return official
        return day.weekday() < SATURDAY and (self.announced(day.year) or day not in _estimated(day.year))

    def announced(self, year: int) -> bool:
        """Whether the official arrangement of this year is known, from the library or from the file."""
        return year in self.overrides.complete or _official(date(year, 1, 1)) is not None

    def warnings(self, today: date) -> list[Saying]:
        """What an operator should know: from October on, that the year ahead is missing; at any time, this year."""
        autumn = 10
        years = (today.year, today.year + 1) if today.month >= autumn else (today.year,)
        return [Saying("calendar.not_announced", {"year": str(y)}) for y in years if not self.announced(y)]

    def calendar(self) -> Calendar:
        """Working time on these days, in the usual hours."""
        return Calendar(self)

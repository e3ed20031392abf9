"""The catalogue of key small matters and of offices, as written in `categories.yaml` and `offices.yaml`.

A new category or office is a new block in a file, no Python. All or nothing: a slip is told with file, line and mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from desk.rules.worktime import SATURDAY, Calendar, OfficeHours, Span
from sheets import Bilingual, Form, Id, Problem, Sheet, SheetError, ShortId, Text, YesNo, open_sheet, wrong

HERE = Path(__file__).parent
CATEGORIES, OFFICES = HERE / "categories.yaml", HERE / "offices.yaml"

Kind = Literal["text", "choice", "date", "number", "phone", "file"]
Concerned = Literal["person", "project", "team"]
Sensitive = Literal["child", "money", "health", "none"]

USUAL = Calendar(lambda day: day.weekday() < SATURDAY)
_SPAN = re.compile(r"(\d+)\s*(?:(个?工作日|天|days?|d)|(个?工作小时|小时|hours?|h)|(分钟|minutes?|min|m))")
_HOURS = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})")


def _span(value: object) -> object:
    """`2h`, `3d`, `30min`, `2小时`, `3个工作日` as a span of working time."""
    found = _SPAN.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise wrong("catalogue.want_span", text=str(value)[:40])
    count = int(found[1])
    return Span(days=count) if found[2] else Span(minutes=count * (60 if found[3] else 1))


WorkingTime = Annotated[Span, BeforeValidator(_span)]


class Question(Form):
    """One question of a category's form. `label` names the answer on cards and in the review."""

    id: Id
    kind: Kind
    label: Bilingual
    ask: Bilingual
    hint: Bilingual | None = None
    choices: tuple[Bilingual, ...] = ()
    optional: YesNo = False
    min: float | None = None
    max: float | None = None
    pattern: Text | None = None
    ahead: YesNo = Field(default=False, description="a date that must not be past")
    past: YesNo = Field(default=False, description="a date that must not be to come, such as when something began")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Question:
        if (self.kind == "choice") != (len(self.choices) >= 2):
            raise wrong("catalogue.choices_and_kind", id=self.id)
        if self.ahead and self.past:
            raise wrong("catalogue.ahead_and_past", id=self.id)
        return self

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise wrong("catalogue.want_regex", text=(value or "")[:40]) from error
        return value


class Category(Form):
    """A kind of key small matter. `accept_within` and `deliver_within` count in working time."""

    id: ShortId
    name: Bilingual
    emoji: Text | Literal[""] = ""
    hint: Bilingual
    office: Id = Field(description="the department that handles it unless one of the three ones does")
    pinned: YesNo = Field(default=False, description="always this department, whatever the three ones say")
    co_handlers: tuple[Id, ...] = ()
    accept_within: WorkingTime
    deliver_within: WorkingTime
    sensitive: Sensitive = "none"
    concerns: tuple[Concerned, ...] = ("person",)
    materials: tuple[Bilingual, ...] = ()
    questions: tuple[Question, ...] = Field(min_length=1, max_length=8)

    @field_validator("concerns")
    @classmethod
    def _concerns_something(cls, value: tuple[Concerned, ...]) -> tuple[Concerned, ...]:
        if not value:
            raise wrong("catalogue.concerns_nothing")
        return value

    @model_validator(mode="after")
    def _delivers_after_accepting(self) -> Category:
        if USUAL.minutes(self.deliver_within) < USUAL.minutes(self.accept_within):
            raise wrong("catalogue.deliver_before_accept", id=self.id)
        return self

    def question(self, name: str) -> Question | None:
        """The question with this id."""
        return next((each for each in self.questions if each.id == name), None)


def _clock_times(value: object) -> object:
    """`["8:30-12:00", "14:00-18:00"]` as minutes after midnight."""
    spans = value if isinstance(value, list) else [value]
    return tuple(_clock_span(str(span)) for span in spans)


def _clock_span(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise wrong("catalogue.want_hours", text=text[:40])
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if not start < end <= 24 * 60 or max(from_minute, to_minute) > 59:
        raise wrong("catalogue.want_hours", text=text[:40])
    return start, end


class OfficeEntry(Form):
    """An office. `hours` are its opening hours on workdays; `shows_name` whether cardholders see who handles it."""

    id: ShortId
    name: Bilingual
    backstop: YesNo = False
    shows_name: YesNo = True
    hours: Annotated[tuple[tuple[int, int], ...], Field(min_length=1)] = ((540, 720), (780, 1020))
    canned: tuple[Bilingual, ...] = ()

    _times = field_validator("hours", mode="before")(_clock_times)

    @property
    def opening(self) -> OfficeHours:
        """The hours as the working-time rules want them."""
        return OfficeHours.daily(*self.hours)


@dataclass(frozen=True)
class Catalogue:
    """Every category and office, in the order of the files."""

    categories: tuple[Category, ...]
    offices: tuple[OfficeEntry, ...]

    @classmethod
    def load(cls, categories: Path = CATEGORIES, offices: Path = OFFICES) -> Catalogue:
        """Read both files.

        Raises:
            SheetError: with every problem found; nothing of the files is taken over.
        """
        houses = open_sheet(offices, list[OfficeEntry])
        matters = open_sheet(categories, list[Category])
        known = {office.id for office in houses.value}
        problems = [*_twice(houses), *_backstops(houses), *_twice(matters), *_unknown_offices(matters, known)]
        problems += [problem for n in range(len(matters.value)) for problem in _questions_twice(matters, n)]
        if problems:
            raise SheetError(problems)
        return cls(tuple(matters.value), tuple(houses.value))

    def __getitem__(self, name: str) -> Category:
        """The category with this id. Raises `KeyError` for one that left the file."""
        return self._categories[name]

    def get(self, name: str | None) -> Category | None:
        """The category with this id."""
        return self._categories.get(name or "")

    def office(self, name: str | None) -> OfficeEntry | None:
        """The office with this id."""
        return self._offices.get(name or "")

    @property
    def backstop(self) -> OfficeEntry:
        """The office that takes what nobody else can."""
        return next(office for office in self.offices if office.backstop)

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {category.id: category for category in self.categories}

    @cached_property
    def _offices(self) -> dict[str, OfficeEntry]:
        return {office.id: office for office in self.offices}


def _twice(sheet: Sheet[list[Category]] | Sheet[list[OfficeEntry]]) -> Iterator[Problem]:
    ids = [entry.id for entry in sheet.value]
    for n, name in enumerate(ids):
        if name in ids[:n]:
            yield sheet.problem((n, "id"), "catalogue.id_twice", id=name)


def _questions_twice(sheet: Sheet[list[Category]], n: int) -> Iterator[Problem]:
    ids = [question.id for question in sheet.value[n].questions]
    for m, name in enumerate(ids):
        if name in ids[:m]:
            yield sheet.problem((n, "questions", m, "id"), "catalogue.id_twice", id=name)


def _backstops(sheet: Sheet[list[OfficeEntry]]) -> Iterator[Problem]:
    marked = [n for n, office in enumerate(sheet.value) if office.backstop]
    if not marked:
        yield sheet.problem((), "catalogue.no_backstop")
    for n in marked[1:]:
        yield sheet.problem((n, "backstop"), "catalogue.two_backstops", id=sheet.value[marked[0]].id)


def _unknown_offices(sheet: Sheet[list[Category]], known: set[str]) -> Iterator[Problem]:
    for n, category in enumerate(sheet.value):
        if category.office not in known:
            yield sheet.problem((n, "office"), "catalogue.unknown_office", office=category.office)
        for m, office in enumerate(category.co_handlers):
            if office not in known:
                yield sheet.problem((n, "co_handlers", m), "catalogue.unknown_office", office=office)

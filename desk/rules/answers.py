"""Reading a form's answer as people write it: dates, amounts, phones, choices; a wrong kind is told what is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from desk.refusals import Refused
from desk.rules.numbers import amount

LONGEST = 2000
"""Characters of one answer."""


class Choice(Protocol):
    """One option, in both languages."""

    def of(self, language: str) -> str:
        """The option in this language."""


@dataclass(frozen=True)
class Wanted:
    """What a question accepts. `low` and `high` bound a number; `ahead`: the date must not be past."""

    kind: str
    choices: Sequence[Choice] = ()
    optional: bool = False
    low: float | None = None
    high: float | None = None
    pattern: str | None = None
    ahead: bool = False


Value = str | date | Decimal | int | None


@dataclass(frozen=True)
class Answer:
    """What was understood: `value` (a choice is its place, from 0; a phone its digits) and `text` as it is shown."""

    value: Value
    text: str


def parse(wanted: Wanted, raw: str, today: date, language: str = "zh") -> Answer:
    """Understand an answer. `today` is the district's day, from which "tomorrow" counts.

    Raises:
        Refused: it is of the wrong kind or out of bounds; the sentence says what is wanted.
    """
    said = raw.strip()
    if not said:
        if wanted.optional:
            return Answer(None, "")
        raise Refused("answers.empty")
    if len(said) > LONGEST:
        raise Refused("answers.too_long", limit=LONGEST)
    return _READERS[wanted.kind](wanted, said, today, language)


def _text(wanted: Wanted, said: str, _today: date, _language: str) -> Answer:
    if wanted.pattern and not re.fullmatch(wanted.pattern, said):
        raise Refused("answers.pattern")
    return Answer(said, said)


def _choice(wanted: Wanted, said: str, _today: date, language: str) -> Answer:
    """By its words in either language, or by its number from 1."""
    names = [{choice.of("zh").casefold(), choice.of("en").casefold()} for choice in wanted.choices]
    place = next((n for n, name in enumerate(names) if _plain(said).casefold() in name), None)
    if place is None and _plain(said).isdecimal() and 1 <= int(_plain(said)) <= len(names):
        place = int(_plain(said)) - 1
    if place is None:
        raise Refused("answers.choice", options=" / ".join(choice.of(language) for choice in wanted.choices))
    return Answer(place, wanted.choices[place].of(language))


_WIDE = str.maketrans("０１２３４５６７８９．，：－／＋（）　", "0123456789.,:-/+() ")


def _plain(said: str) -> str:
    return said.translate(_WIDE).strip().rstrip("。.!！")


def _number(wanted: Wanted, said: str, _today: date, _language: str) -> Answer:
    number = amount(_plain(said))
    if number is None:
        raise Refused("answers.number")
    if wanted.low is not None and number < Decimal(str(wanted.low)):
        raise Refused("answers.at_least", limit=_shown(Decimal(str(wanted.low))))
    if wanted.high is not None and number > Decimal(str(wanted.high)):
        raise Refused("answers.at_most", limit=_shown(Decimal(str(wanted.high))))
    return Answer(number, _shown(number))


def _shown(number: Decimal) -> str:
    return f"{number.normalize():f}"


_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(0\d{2,3})(\d{7,8})(?:(?:转|x|ext)(\d{1,6}))?", re.IGNORECASE)


def _phone(_wanted: Wanted, said: str, _today: date, _language: str) -> Answer:
    """A Chinese mobile, or a landline with its area code."""
    digits = re.sub(r"[\s().\-—]", "", _plain(said))
    if found := _MOBILE.fullmatch(digits):
        return Answer(found[1], found[1])
    if found := _LANDLINE.fullmatch(digits):
        number = f"{found[1]}-{found[2]}" + (f"-{found[3]}" if found[3] else "")
        return Answer(number, number)
    raise Refused("answers.phone")


def _date(wanted: Wanted, said: str, today: date, _language: str) -> Answer:
    day = _day(_plain(said).replace(" ", "").lower(), today)
    if day is None:
        raise Refused("answers.date")
    if wanted.ahead and day < today:
        raise Refused("answers.past")
    return Answer(day, day.isoformat())


_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_ONLY_DAY = re.compile(r"(\d{1,2})[日号]")
_IN_DAYS = re.compile(r"(\d{1,3})天[之以]?后|in(\d{1,3})days?")
_WEEKDAY = re.compile(r"(下下|下个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天])")
_ENGLISH = re.compile(r"(next|this)?(mon|tues|wednes|thurs|fri|satur|sun)day")
_NAMED = {
    "今天": 0,
    "today": 0,
    "明天": 1,
    "明儿": 1,
    "tomorrow": 1,
    "后天": 2,
    "大后天": 3,
    "昨天": -1,
    "yesterday": -1,
}
_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")


def _day(said: str, today: date) -> date | None:
    """A day as people write it; one without a year is the next such day."""
    if said in _NAMED:
        return today + timedelta(days=_NAMED[said])
    if found := _FULL.fullmatch(said):
        return _valid(int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(said):
        return _next_such(int(found[1]), int(found[2]), today)
    if found := _ONLY_DAY.fullmatch(said):
        return _next_day_of_month(int(found[1]), today)
    if found := _IN_DAYS.fullmatch(said):
        return today + timedelta(days=int(found[1] or found[2]))
    return _weekday(said, today)


def _weekday(said: str, today: date) -> date | None:
    """周五 is the next Friday from today on, 这周五 this week's, 下周一 next week's Monday: weeks begin on Monday."""
    if found := _WEEKDAY.fullmatch(said):
        weekday = min("一二三四五六日天".index(found[2]), 6)
        weeks = {"下下": 2, "下": 1, "下个": 1}.get(found[1] or "", 0)
    elif found := _ENGLISH.fullmatch(said):
        weekday = _DAYS.index(found[2])
        weeks = 1 if found[1] == "next" else 0
    else:
        return None
    day = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks, days=weekday)
    return day + timedelta(weeks=1) if found[1] is None and day < today else day


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next_such(month: int, day: int, today: date) -> date | None:
    """This month and day, from today on; 29 February waits for its year."""
    days = (_valid(year, month, day) for year in range(today.year, today.year + 9))
    return next((each for each in days if each is not None and each >= today), None)


def _next_day_of_month(day: int, today: date) -> date | None:
    months = ((today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1) for n in range(3))
    days = (_valid(year, month, day) for year, month in months)
    return next((each for each in days if each is not None and each >= today), None)


def _file(_wanted: Wanted, _said: str, _today: date, _language: str) -> Answer:
    """Words are no file; the file itself comes another way."""
    raise Refused("answers.file")


_READERS: dict[str, Callable[[Wanted, str, date, str], Answer]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "phone": _phone,
    "date": _date,
    "file": _file,
}

"""Reading a form's answer as people write it: dates, amounts, phones, choices; a wrong kind is told what is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from desk.refusals import Refused
from desk.rules.days import day_among, month_among
from desk.rules.numbers import amount

LONGEST = 2000
"""Characters of one answer."""


class Choice(Protocol):
    """One option, in both languages."""

    def of(self, language: str) -> str:
        """The option in this language."""


@dataclass(frozen=True)
class Wanted:
    """What a question accepts. `low` and `high` bound a number; `ahead`: the date must not be past.

    `past`: it must not be to come, and one that leaves the year open is the last such day.

    `months`: a month alone is enough of a date.
    """

    kind: str
    choices: Sequence[Choice] = ()
    optional: bool = False
    low: float | None = None
    high: float | None = None
    pattern: str | None = None
    ahead: bool = False
    past: bool = False
    months: bool = False


Value = str | date | Decimal | int | None


@dataclass(frozen=True)
class Answer:
    """What was understood: `value` and `text` as it is kept.

    A choice is its place, from 0; a phone its digits; a month its first day, and `2027-09` as text.
    """

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


_BETWEEN = re.compile(r"[,，;；。、\n]")
_NO_REASON = re.compile(r"谢谢.?|[上下]午|(行|好|要得|可以)[的吗嘛吧不]?|please|thanks?|thank you", re.IGNORECASE)


def beside_day(raw: str, today: date) -> str:
    """What was written beside the one day that these words name, such as a reason; empty where there is nothing.

    Thanks, a time of day and a question are no reason.
    """
    kept = [part.strip() for part in _BETWEEN.split(raw) if day_among(_plain(part).lower(), today) is None]
    parts = [part for part in kept if any(map(str.isalpha, part)) and not _NO_REASON.fullmatch(part)]
    asked = any(part.endswith(("?", "？", "吗")) for part in parts)
    return "" if asked else (", " if raw.isascii() else "，").join(parts)


def has_words(said: str) -> bool:
    """Whether there is a letter or a figure in it: a dot or a smiling face is no answer and no reason."""
    return any(sign.isalnum() for sign in said)


def _text(wanted: Wanted, said: str, _today: date, _language: str) -> Answer:
    if not has_words(said):
        raise Refused("answers.words")
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
    """A day; or a month, which stays one: nothing is more exact than what was said."""
    words = _plain(said).lower()
    day = day_among(words, today, back=wanted.past)
    month = month_among(words, today, back=wanted.past) if wanted.months and day is None else None
    found = day or month
    if found is None:
        raise Refused(_unread(wanted))
    if wanted.past and found > today:
        raise Refused("answers.to_come")
    over = found < today if month is None else found < today.replace(day=1)
    if wanted.ahead and over:
        raise Refused("answers.past")
    return Answer(found, found.isoformat() if month is None else f"{month:%Y-%m}")


def _unread(wanted: Wanted) -> str:
    if wanted.past:
        return "answers.date_past"
    return "answers.date_or_month" if wanted.months else "answers.date"


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

"""Reading a day as people write it, in Chinese or English: 明年9月1号, 下周五, 1 September, "等学校回复，到12月8日"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from desk.rules.numbers import amount

_PARTS = re.compile(r"[,，;；。、\n]")
_AROUND = re.compile(r"^(?:[改延推]?到|就|大概|大约|打算|by|on|until)|(?:之?前|左右|开学|入学|吧|嘛|嘞)$")
_YEARS = {"今年": 0, "明年": 1, "后年": 2}
_NUMERAL = re.compile(r"[一二两三四五六七八九十]+(?=[月日号天])")


def day_among(said: str, today: date) -> date | None:
    """The one day these words name, alone or beside a reason: "等学校回复，到12月8日".

    `said` is lower case; `today` is the district's day.
    """
    return _among(said, today, (_day, _english_day))


def month_among(said: str, today: date) -> date | None:
    """The first day of the one month these words name, where they name no day of it."""
    return _among(said, today, (_month,))


def _among(said: str, today: date, readers: Sequence[Callable[[str, date], date | None]]) -> date | None:
    for parts in ([said], _PARTS.split(said)):
        plain = [_bare(part, today) for part in parts]
        days = {day for part in plain if (day := next(filter(None, (read(part, today) for read in readers)), None))}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def _bare(part: str, today: date) -> str:
    """A day's words with 明年 and 九月 as figures, without what only stands around them."""
    plain = part.replace(" ", "")
    for word, later in _YEARS.items():
        plain = re.sub(f"(?<!大){word}的?", f"{today.year + later}年", plain)
    plain = _NEXT_YEAR.sub(lambda found: f"{found[1] or found[2]}{today.year + 1}", plain)
    return _AROUND.sub("", _NUMERAL.sub(lambda found: str(amount(found[0]) or found[0]), plain))


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NEXT_YEAR = re.compile(r"nextyear([a-z]{3,9})\.?|([a-z]{3,9}?)\.?(?:of)?nextyear")
_DAY_OF = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ENGLISH_DAYS = (
    re.compile(rf"{_NAME}{_DAY_OF}(?:,?(?P<year>\d{{4}}))?"),
    re.compile(rf"{_DAY_OF}(?:of)?{_NAME}(?:,?(?P<year>\d{{4}}))?"),
)
_ENGLISH_MONTH = re.compile(rf"(?:next|coming)?{_NAME}(?P<year>\d{{4}})?")


def _english_day(said: str, today: date) -> date | None:
    """September 1, 1st of Sep 2027."""
    found = next(filter(None, (pattern.fullmatch(said) for pattern in _ENGLISH_DAYS)), None)
    if found is None:
        return None
    month, day = _MONTHS.index(found["month"][:3]) + 1, int(found["day"])
    return _valid(int(found["year"]), month, day) if found["year"] else _next_such(month, day, today)


_NEXT_MONTH = frozenset({"下个月", "下月", "nextmonth"})
_MONTH = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})月(?:份|初)?")


def _month(said: str, today: date) -> date | None:
    """The first day of a month, 明年9月 or Sept 2027; one without a year is the next that is not over."""
    if said in _NEXT_MONTH:
        return date(today.year + today.month // 12, today.month % 12 + 1, 1)
    if english := _ENGLISH_MONTH.fullmatch(said):
        year, month = english["year"], _MONTHS.index(english["month"][:3]) + 1
    elif found := _MONTH.fullmatch(said):
        year, month = found[1], int(found[2])
    else:
        return None
    begins = today if said.startswith(("next", "coming")) else today.replace(day=1)
    return _valid(int(year), month, 1) if year else _next_such(month, 1, begins)


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

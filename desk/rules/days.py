"""Reading a day as people write it, in Chinese or English: 明年9月1号, 下周五, 1 September, "等学校回复，到12月8日".

What leaves the year or the month open is the next such day; where `back`, asked of what has been, the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from desk.rules.numbers import amount

_PARTS = re.compile(r"[,，;；。、\n]")
_AROUND = re.compile(r"^(?:[改延推]?到|就|大概|大约|打算|by|on|until)|(?:(?<![天之以])之?前|左右|开学|入学|吧|嘛|嘞)$")
_YEARS = {"今年": 0, "明年": 1, "后年": 2, "去年": -1, "前年": -2}
_NUMERAL = re.compile(r"[一二两三四五六七八九十]+(?=[月日号天])")


@dataclass(frozen=True)
class Around:
    """From which day to look, and which way."""

    today: date
    back: bool = False

    def nearest(self, days: Iterable[date | None]) -> date | None:
        """Of days in their order, the one next to come, or the last that was; today is both."""
        there = [day for day in days if day is not None]
        if self.back:
            return max((day for day in there if day <= self.today), default=None)
        return min((day for day in there if day >= self.today), default=None)

    def such(self, month: int, day: int) -> date | None:
        """This month and day; 29 February waits for its year."""
        return self.nearest(_valid(self.today.year + n, month, day) for n in range(-8, 9))

    def day_of_month(self, day: int) -> date | None:
        """This day of a month."""
        months = [divmod(self.today.year * 12 + self.today.month - 1 + n, 12) for n in range(-2, 3)]
        return self.nearest(_valid(year, month + 1, day) for year, month in months)


def day_among(said: str, today: date, *, back: bool = False) -> date | None:
    """The one day these words name, alone or beside a reason: "等学校回复，到12月8日".

    `said` is lower case; `today` is the district's day.
    """
    return _among(said, Around(today, back), (_day, _english_day))


def month_among(said: str, today: date, *, back: bool = False) -> date | None:
    """The first day of the one month these words name, where they name no day of it."""
    return _among(said, Around(today, back), (_month,))


def _among(said: str, around: Around, readers: Sequence[Callable[[str, Around], date | None]]) -> date | None:
    for parts in ([said], _PARTS.split(said)):
        plain = [_bare(part, around.today) for part in parts]
        days = {day for part in plain if (day := next(filter(None, (read(part, around) for read in readers)), None))}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def _bare(part: str, today: date) -> str:
    """A day's words with 明年 and 九月 as figures, without what only stands around them."""
    plain = part.replace(" ", "")
    for word, later in _YEARS.items():
        plain = re.sub(f"(?<!大){word}的?", f"{today.year + later}年", plain)
    for pattern, later in _OTHER_YEAR:
        plain = pattern.sub(rf"\g<1>\g<2>{today.year + later}", plain)
    return _AROUND.sub("", _NUMERAL.sub(lambda found: str(amount(found[0]) or found[0]), plain))


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_OTHER_YEAR = [
    (re.compile(rf"{word}year([a-z]{{3,9}})\.?|([a-z]{{3,9}}?)\.?(?:of)?{word}year"), later)
    for word, later in (("next", 1), ("last", -1))
]
_DAY_OF = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ENGLISH_DAYS = (
    re.compile(rf"{_NAME}{_DAY_OF}(?:,?(?P<year>\d{{4}}))?"),
    re.compile(rf"{_DAY_OF}(?:of)?{_NAME}(?:,?(?P<year>\d{{4}}))?"),
)
_ENGLISH_MONTH = re.compile(rf"(?:next|coming|last)?{_NAME}(?P<year>\d{{4}})?")


def _english_day(said: str, around: Around) -> date | None:
    """September 1, 1st of Sep 2027."""
    found = next(filter(None, (pattern.fullmatch(said) for pattern in _ENGLISH_DAYS)), None)
    if found is None:
        return None
    month, day = _MONTHS.index(found["month"][:3]) + 1, int(found["day"])
    return _valid(int(found["year"]), month, day) if found["year"] else around.such(month, day)


_NAMED_MONTHS = {"下个月": 1, "下月": 1, "nextmonth": 1, "上个月": -1, "上月": -1, "lastmonth": -1}
_MONTH = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})月(?:份|初)?")


def _month(said: str, around: Around) -> date | None:
    """The first day of a month, 明年9月 or Sept 2027; one without a year may be the one that runs."""
    begins = around.today.replace(day=1)
    if said in _NAMED_MONTHS:
        months = begins.year * 12 + begins.month - 1 + _NAMED_MONTHS[said]
        return date(months // 12, months % 12 + 1, 1)
    if english := _ENGLISH_MONTH.fullmatch(said):
        year, month = english["year"], _MONTHS.index(english["month"][:3]) + 1
    elif found := _MONTH.fullmatch(said):
        year, month = found[1], int(found[2])
    else:
        return None
    if year:
        return _valid(int(year), month, 1)
    if said.startswith("last"):
        return Around(begins - timedelta(days=1), back=True).such(month, 1)
    if said.startswith(("next", "coming")):
        return Around(begins + timedelta(days=1)).such(month, 1)
    return Around(begins, around.back).such(month, 1)


_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_ONLY_DAY = re.compile(r"(\d{1,2})[日号]")
_IN_DAYS = re.compile(r"(\d{1,3})天[之以]?后|in(\d{1,3})days?")
_DAYS_AGO = re.compile(r"(\d{1,3})天[之以]?前|(\d{1,3})daysago")
_WEEKDAY = re.compile(r"(下下|下个?|这个?|本|上上|上个?)?(?:周|星期|礼拜)([一二三四五六日天])")
_ENGLISH = re.compile(r"(next|this|last)?(mon|tues|wednes|thurs|fri|satur|sun)day")
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
    "前天": -2,
    "大前天": -3,
}
_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")


def _day(said: str, around: Around) -> date | None:
    """A day as people write it."""
    if said in _NAMED:
        return around.today + timedelta(days=_NAMED[said])
    if found := _FULL.fullmatch(said):
        return _valid(int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(said):
        return around.such(int(found[1]), int(found[2]))
    if found := _ONLY_DAY.fullmatch(said):
        return around.day_of_month(int(found[1]))
    if found := _IN_DAYS.fullmatch(said):
        return around.today + timedelta(days=int(found[1] or found[2]))
    if found := _DAYS_AGO.fullmatch(said):
        return around.today - timedelta(days=int(found[1] or found[2]))
    return _weekday(said, around)


def _weekday(said: str, around: Around) -> date | None:
    """周五 is the next Friday from today on, 这周五 this week's, 下周一 next week's Monday: weeks begin on Monday.

    "Last Friday" is the last one before today; 上周五 is last week's.
    """
    if found := _WEEKDAY.fullmatch(said):
        weekday = min("一二三四五六日天".index(found[2]), 6)
        weeks = {"下下": 2, "下": 1, "下个": 1, "上": -1, "上个": -1, "上上": -2}.get(found[1] or "", 0)
    elif found := _ENGLISH.fullmatch(said):
        weekday = _DAYS.index(found[2])
        weeks = 1 if found[1] == "next" else 0
        if found[1] == "last" and weekday >= around.today.weekday():
            weeks = -1
    else:
        return None
    day = around.today - timedelta(days=around.today.weekday()) + timedelta(weeks=weeks, days=weekday)
    return day if found[1] else around.nearest(day + timedelta(weeks=n) for n in (-1, 0, 1))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

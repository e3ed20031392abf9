"""Reading days of absence as people write them: "away until Friday, Wang stands in", "请假到周五，王科长顶班"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from desk.refusals import Refused
from desk.rules.answers import Wanted, parse

_PARTS = re.compile(r"[,，;；。、\n]|\band\b(?!\s*\d)")
_LEAVING = re.compile(
    r"^(?:我|本人|i am|i'm|i’m|i will be)?\s*(?:要|将)?\s*(?:请假|休假|出差|外出|不在|离开|away|off|out|on leave)?\s*"
)
_FROM = re.compile(r"^(?:从|自|from)?\s*(?P<first>.+?)\s*(?:到|至|~|—|–|until|till|to|through)\s*(?P<last>.+)$")
_UNTIL = re.compile(r"^(?:到|至|until|till|to|through)\s*(?P<last>.+)$")
_ON = re.compile(r"请假|休假|出差|外出|不在|\b(?:away|off|out|leave)\b")
_TAIL = re.compile(r"\s*(?:为止|止|回来|回|请假|休假|出差|不在)$")
_DEPUTY = re.compile(
    r"^(?:由|请|让|find)?\s*(?P<name>.+?)\s*(?:来)?\s*"
    r"(?:顶班|代办|代班|代我|替我|顶替|接手|代理|stands? in|covers?|takes? over|for me|deputi[sz]es).*$"
)


@dataclass(frozen=True)
class Span:
    """What was understood: the first and last day, as far as said, and the words that name a deputy."""

    first: date | None = None
    last: date | None = None
    rest: str = ""


def read_span(said: str, today: date) -> Span:
    """Understand days and a deputy; what cannot be understood stays empty and is asked for.

    `today` is the district's day, from which "Friday" counts.
    """
    first: date | None = None
    last: date | None = None
    rest: list[str] = []
    for part in (each.strip() for each in _PARTS.split(said)):
        found = _days(part, today) if part and last is None else None
        if found is None:
            rest.append(part)
        else:
            first, last = found
    return Span(first, last, _deputy(rest))


def _days(part: str, today: date) -> tuple[date | None, date] | None:
    plain = _TAIL.sub("", _LEAVING.sub("", part.lower(), count=1)).strip()
    for pattern in (_UNTIL, _FROM):
        if (found := pattern.match(plain)) is not None:
            last = _day(_TAIL.sub("", found["last"]), today)
            first = _day(found["first"], today) if "first" in found.groupdict() else None
            if last is not None and (first is not None or "first" not in found.groupdict()):
                return first, last
    day = _day(plain, today)
    if day is None:
        return None
    return (day if _ON.search(part.lower()) else None), day  # "off tomorrow" is that day; "tomorrow" is until when


def _day(said: str, today: date) -> date | None:
    try:
        value = parse(Wanted("date"), said, today).value
    except Refused:
        return None
    return value if isinstance(value, date) else None


def _deputy(parts: list[str]) -> str:
    for part in parts:
        if (found := _DEPUTY.match(part)) is not None:
            return found["name"].strip()
    return next((part for part in parts if part), "")

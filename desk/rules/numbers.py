"""Numbers as people write them: with 万 and 亿, in characters, in English words, with what is counted behind them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_AMOUNT = re.compile(
    r"(?:[¥￥]|rmb|cny)?\s*(-?\d[\d,]*(?:\.\d+)?)\s*(亿|千万|百万|万|千|w|k|m)?"
    r"\s*([元块]|[个口]?人|[个名位口]|yuan|people|persons?)?(?:左右|上下)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:大概|大约|约|一共|总共|我们|一家|全家|about\s)+", re.IGNORECASE)
_COUNTED = re.compile(r"\s*(?:[个口]?人|[元块个名位口]|yuan|people|persons?)?(?:左右|上下)?$", re.IGNORECASE)
"""What is counted, behind the number."""
_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ENGLISH_NUMBERS = {word: Decimal(n) for n, word in enumerate(_ENGLISH.split(" "))}
_SCALE = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3, "w": 10**4, "k": 10**3, "m": 10**6}
_DIGITS = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_EITHER = re.compile(r"[一二两三四五六七八九]{2}")
"""两三 is two or three: that is asked back."""
_UNITS = {"十": 10, "百": 100, "千": 1000}


def amount(said: str) -> Decimal | None:
    """The number in an answer such as 50万, 三个人 or about 4; `None` when there is none, or not one alone."""
    said = _ABOUT.sub("", said)
    if found := _AMOUNT.fullmatch(said):
        try:
            return Decimal(found[1].replace(",", "")) * _SCALE.get((found[2] or "").lower(), 1)
        except InvalidOperation:
            return None
    spoken = _COUNTED.sub("", said)
    return _ENGLISH_NUMBERS.get(spoken.lower(), _spoken(spoken))


def _spoken(said: str) -> Decimal | None:
    """Numbers in characters, such as 五十万; a last digit alone counts the next unit down (一万二 is 12,000)."""
    if not said or any(letter not in {*_DIGITS, *_UNITS, "万", "亿"} for letter in said) or _EITHER.search(said):
        return None
    total = section = digit = 0
    unit = 1
    for letter in said:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
            unit = 1 if letter == "零" else unit
        elif letter in _UNITS:
            unit = _UNITS[letter]
            section += (digit or 1) * unit
            digit = 0
        else:
            unit = 10**4 if letter == "万" else 10**8
            total = (total + section + digit) * unit
            section = digit = 0
    return Decimal(total + section + digit * (unit // 10 if unit > _UNITS["十"] else 1))

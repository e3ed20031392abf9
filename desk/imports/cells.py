"""Cells as clerks fill them in: full-width digits, dates as numbers, phones as 1.38E+10, words in either language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from desk.imports.forms import MOST_SIGNS_OF_A_CARD, Column
from desk.refusals import Refused
from words import Listed

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_001)
"""Days that a spreadsheet counts from 1899-12-30: the years 1954 to 2119."""
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
_PHONE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_APART = re.compile(r"[\s、，,;；]+")
_ID = re.compile(r"[^\s|,、，;；]{1,64}")
_OPEN_END = frozenset({"长期", "无", "-", "—", "/", "open"})

Offices = Mapping[str, str]
"""Every way to write an office, and its id."""


def plain(value: object) -> str:
    """A cell's content as text, without what cannot be seen. Whole numbers lose the `.0` a spreadsheet gives them."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value).replace("\u00a0", " ").replace("\u3000", " ")
    kept = "".join(" " if letter in "\r\n\t" else letter for letter in text if not _unseen(letter))
    return re.sub(r" {2,}", " ", kept).strip()


def _unseen(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co"} and letter not in "\r\n\t"


def read(column: Column, value: object, offices: Offices) -> str:
    """What a cell says, as text in the form of its column.

    Raises:
        Refused: it cannot stand here; the sentence says what to write instead.
    """
    text = plain(value)
    if text.startswith("="):
        raise Refused("roster.formula")
    if len(text) > column.most:
        raise Refused("roster.too_long", n=column.most)
    if not text:
        if column.needed:
            raise Refused("roster.empty_cell")
        return ""
    return _READERS[column.kind](column, text, offices)


def _id(_column: Column, text: str, _offices: Offices) -> str:
    name = unicodedata.normalize("NFKC", text)
    if not _ID.fullmatch(name):
        raise Refused("roster.want_id", text=text[:40])
    return name


def _ids(column: Column, text: str, offices: Offices) -> str:
    return ",".join(sorted({_id(column, part, offices) for part in _APART.split(text) if part}))


def _text(_column: Column, text: str, _offices: Offices) -> str:
    return text


def _code(_column: Column, text: str, _offices: Offices) -> str:
    return card_number(text)


def card_number(text: str) -> str:
    """A card number as it is kept: half-width, capitals, no blanks, one kind of hyphen."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "").translate(_DASHES)[:MOST_SIGNS_OF_A_CARD]


_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−－"), "-")
_FEWEST_DIGITS = 3


def undashed(number: str) -> str:
    """A card number without its hyphens: with them or without, it is the same card."""
    return card_number(number).replace("-", "")


def could_be_card_number(text: str) -> bool:
    """Whether words may be meant as a card number at all."""
    number = card_number(text)
    signs = all(letter.isalnum() or letter in "-/._" for letter in number)
    return signs and len(text.strip()) <= MOST_SIGNS_OF_A_CARD and sum(map(str.isdigit, number)) >= _FEWEST_DIGITS


def phone_number(text: str) -> str | None:
    """A mobile number as eleven digits, however it was written; `None` for anything else."""
    found = _PHONE.fullmatch(re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text)))
    return found[1] if found else None


COVERED = re.compile(r"\d{3}\*{4}\d{4}")
"""A number as an export in the chat shows it: it stands for the one that is known."""


def _phone(_column: Column, text: str, _offices: Offices) -> str:
    if COVERED.fullmatch(text.strip()):
        return text.strip()
    found = phone_number(text)
    if found is None:
        raise Refused("roster.want_phone")
    return found


def _day(_column: Column, text: str, _offices: Offices) -> str:
    written = unicodedata.normalize("NFKC", text)
    if written in _OPEN_END:
        return ""
    if written.isdigit() and int(written) in _SERIALS:
        return (_EXCEL_DAY_ZERO + timedelta(days=int(written))).isoformat()
    found = _DAY.fullmatch(written)
    try:
        year, month, day = (int(part) for part in (found.groups() if found else ()) if part)
        return date(year, month, day).isoformat()
    except ValueError:
        raise Refused("roster.want_day", text=text[:40]) from None


def _office(_column: Column, text: str, offices: Offices) -> str:
    found = offices.get(text) or offices.get(unicodedata.normalize("NFKC", text).lower())
    if found is None:
        raise Refused("roster.unknown_office", id=text[:40])
    return found


def _word(column: Column, text: str, _offices: Offices) -> str:
    wanted = unicodedata.normalize("NFKC", text).lower()
    for value, name in column.words:
        if wanted in (value, name.zh.lower(), name.en.lower()):
            return value
    raise Refused("roster.want_word", text=text[:40], words=Listed(name for _value, name in column.words))


_READERS: Mapping[str, Callable[[Column, str, Offices], str]] = {
    "id": _id,
    "ids": _ids,
    "text": _text,
    "code": _code,
    "phone": _phone,
    "day": _day,
    "office": _office,
    "word": _word,
}

"""Kinds of field that a person fills in by hand, each forgiving about the ways people write it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from sheets.problem import wrong

_DAY = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*")
_YES = frozenset({"是", "有", "对", "yes", "y", "true", "on", "1"})
_NO = frozenset({"否", "无", "不", "no", "n", "false", "off", "0"})


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _DAY.fullmatch(value)
    try:
        return date(*(int(part) for part in found.groups())) if found else _refuse_day(value)
    except ValueError:
        return _refuse_day(value)


def _refuse_day(value: str) -> date:
    raise wrong("sheets.want_date", text=value[:40])


def _yes_no(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise wrong("sheets.want_yes_no", text=value[:40])


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day: `2026-01-31`, `2026/1/31` or `2026年1月31日`."""

YesNo = Annotated[bool, BeforeValidator(_yes_no)]
"""是/否, yes/no, true/false, on/off."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
"""A short name for use in other files: small Latin letters, digits, `-`, `_`, `.`."""

ShortId = Annotated[Id, StringConstraints(max_length=32)]
"""The name of an office or a category, which rows of the database carry."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""A text that must not be empty."""


class Form(BaseModel):
    """Base of every block in a file: unknown fields are errors, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Form):
    """A text in Chinese and in English."""

    zh: Text = Field(description="中文")
    en: Text = Field(description="English")

    def of(self, language: str) -> str:
        """The text in this language; Chinese for one we do not have."""
        return self.en if language == "en" else self.zh

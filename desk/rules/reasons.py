"""A sentence not yet in any language: its key and values, as rules hand it on and rows keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias, Union


@dataclass(frozen=True)
class Name:
    """A name in Chinese and English."""

    zh: str
    en: str = ""

    def of(self, language: str) -> str:
        """The name in this language; Chinese where the other is missing."""
        return (self.en or self.zh) if language == "en" else self.zh


Value: TypeAlias = Union[str, int, date, Name, "Reason"]


@dataclass(frozen=True)
class Reason:
    """Why something is so: a key of the words catalogues and the values of its sentence."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """As plain data for a JSON column."""
        return {"key": self.key, "values": {name: _to_plain(value) for name, value in self.values.items()}}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Reason:
        """The reason again, as `to_plain` left it."""
        return cls(plain["key"], {name: _from_plain(value) for name, value in plain["values"].items()})


def because(key: str, /, **values: Value) -> Reason:
    """A reason, written like the sentence it becomes."""
    return Reason(key, values)


def _to_plain(value: Value) -> Any:
    if isinstance(value, Reason):
        return value.to_plain()
    if isinstance(value, Name):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def _from_plain(value: Any) -> Value:
    if not isinstance(value, Mapping):
        plain: str | int = value
        return plain
    if "key" in value:
        return Reason.from_plain(value)
    if "day" in value:
        return date.fromisoformat(value["day"])
    return Name(value["zh"], value["en"])

"""Speaking: key and values become a sentence; people's words are tidied and escaped, moments in district time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from string import Formatter
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from babel import dates

from words.tidy import tidy

if TYPE_CHECKING:
    from words.catalogue import Catalogue

ZONE = ZoneInfo("Asia/Shanghai")


class Raw(str):
    """Text that is HTML already and must not be escaped again."""

    __slots__ = ()


@runtime_checkable
class Spoken(Protocol):
    """Anything that has a text per language, such as a name from an office's YAML file."""

    def of(self, language: str) -> str:
        """The text in this language."""


@runtime_checkable
class Unsaid(Protocol):
    """A sentence not yet spoken, as another room hands it over: its key and its values."""

    @property
    def key(self) -> str:
        """The key in the catalogues."""

    @property
    def values(self) -> Mapping[str, object]:
        """What its placeholders stand for."""


@dataclass(frozen=True)
class Saying:
    """A sentence not yet spoken."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class Listed:
    """Several things in one place of a sentence, joined by the comma of the language it is spoken in."""

    def __init__(self, parts: Iterable[object]) -> None:
        self.parts = tuple(parts)

    def __repr__(self) -> str:
        return f"Listed({list(self.parts)!r})"


class Speaker:
    """Says sentences in one language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._html = _Form(self, escape=True)
        self._plain = _Form(self, escape=False)

    @property
    def language(self) -> str:
        """The language code, `zh` or `en`."""
        return self._catalogue.language

    @property
    def comma(self) -> str:
        """What stands between several things."""
        return self._catalogue.form("list.between", None)

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence as Telegram HTML: `values` are escaped unless `Raw`; `n` picks the plural.

        Raises:
            KeyError: the key or one of its placeholders is unknown.
        """
        return self._say(self._html, key, values)

    def plain(self, key: str, /, **values: object) -> str:
        """The sentence as plain text, for buttons, toasts and the command line."""
        return self._say(self._plain, key, values)

    def saying(self, saying: Unsaid, *, html: bool = True) -> str:
        """Speak a sentence that another room has handed over."""
        return self._say(self._html if html else self._plain, saying.key, saying.values)

    def listed(self, parts: Iterable[object]) -> str:
        """Several things one after the other, as plain text."""
        return self._plain.format_field(Listed(parts), "")

    def has(self, key: str) -> bool:
        """Whether the key exists."""
        return key in self._catalogue.texts

    def moment(self, at: datetime, pattern: str = "moment") -> str:
        """A moment in district time, by the language's own pattern (`format.moment`, `format.day`, `format.time`)."""
        local = at.astimezone(ZONE)
        return dates.format_datetime(local, self._catalogue.form(f"format.{pattern}", None), locale=self.language)

    def day(self, day: date, pattern: str = "day") -> str:
        """A calendar day: `day` without its year for what is near, `date` with it."""
        return dates.format_date(day, self._catalogue.form(f"format.{pattern}", None), locale=self.language)

    def _say(self, form: _Form, key: str, values: Mapping[str, object]) -> str:
        count = values.get("n")
        text = self._catalogue.form(key, count if isinstance(count, int) else None)
        return form.vformat(text, (), values) if "{" in text or "}" in text else text


class _Form(Formatter):
    """Python's brace formatting with our kinds of value; beside a Chinese value a sentence's own space is dropped."""

    def __init__(self, speaker: Speaker, *, escape: bool) -> None:
        self._speaker = speaker
        self._escape = escape
        self._joins = speaker.language == "zh"

    def vformat(self, format_string: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        said = ""
        for words, name, spec, _conversion in self.parse(format_string):
            value = "" if name is None else self.format_field(self.get_value(name, args, kwargs), spec or "")
            said += (_joined(said, words, value) if self._joins else words) + value
        return said

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if key not in kwargs:
            raise KeyError(f"a sentence wants the value {key!r}, which was not given")
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Raw):
            return str(value)
        if isinstance(value, str | int | float):  # most values; asking a protocol takes a hundred times as long
            return self._spoken(format(value, format_spec))
        if isinstance(value, Listed):
            return self._speaker.comma.join(self.format_field(part, format_spec) for part in value.parts)
        if isinstance(value, Unsaid):
            return self._speaker.saying(value, html=self._escape)
        if isinstance(value, datetime):
            return self._speaker.moment(value, format_spec or "moment")
        if isinstance(value, date):
            return self._speaker.day(value, format_spec or "day")
        return self._spoken(
            value.of(self._speaker.language) if isinstance(value, Spoken) else format(value, format_spec)
        )

    def _spoken(self, text: str) -> str:
        text = tidy(text)
        return html.escape(text, quote=False) if self._escape else text


_HAN = "\u3001-\u3011\u4e00-\u9fff\uff01-\uff1f"
_WIDE = re.compile(rf"[{_HAN}]")
_BEHIND = re.compile(rf"^((?:</\w+>)*) ((?:<\w+>)*)(?=[{_HAN}])")
_BEFORE = re.compile(rf"(?<=[{_HAN}]) ((?:<\w+>)*)(?=.$)", re.DOTALL)


def _joined(before: str, words: str, after: str) -> str:
    """A sentence's words between two values, without the space that Latin letters need and two Chinese words do not."""
    if " " not in words:
        return words
    whole = words + after[:1]
    if _is_han(before[-1:]):
        whole = _BEHIND.sub(r"\1\2", whole)
    if _is_han(after[:1]):
        whole = _BEFORE.sub(r"\1", whole)
    return whole[: len(whole) - len(after[:1])]


def _is_han(sign: str) -> bool:
    return bool(sign) and _WIDE.match(sign) is not None

"""What is wrong in a file that somebody edits, where, and what to write instead: a key, for the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic_core import PydanticCustomError

from words import Saying, Speaker


@dataclass(frozen=True)
class Problem:
    """One thing to mend.

    `file` is the name as the editor knows it, `line` counts from 1 (0: the whole file), `entry` is the id of the
    block the line belongs to ("" if none); `key` and `values` are a sentence of the words catalogues that says what
    is wrong and what to write instead.
    """

    file: str
    line: int
    entry: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def saying(self) -> Saying:
        """The sentence without its place."""
        return Saying(self.key, self.values)

    def say(self, speaker: Speaker) -> str:
        """Place and sentence as one line of plain text."""
        what = speaker.plain(self.key, **self.values)
        place = "sheets.at_entry" if self.entry else "sheets.at_line" if self.line else "sheets.at_file"
        return speaker.plain(place, file=self.file, line=self.line, entry=self.entry, what=what)


class SheetError(Exception):
    """A file cannot be used; `problems` says why, in the order of the file's lines. Nothing of it was taken over."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.file}:{p.line} {p.entry} {p.key} {dict(p.values)}" for p in self.problems))


def wrong(key: str, **values: object) -> PydanticCustomError:
    """An error for a model's own validator to raise, which becomes a `Problem` with this words key and these values."""
    return PydanticCustomError(key, "{key}", {"key": key, **values})

"""Words that leave nothing to weigh: a message that has one is answered by its entry, such as a cry for help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from faq.normal import clean
from faq.outcome import Answer, Scored
from faq.schema import Entry


@dataclass(frozen=True)
class Urgent:
    """Each word, cleaned, with the entry it calls for, and what such a word stands in without being meant."""

    words: tuple[tuple[str, Entry], ...]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Urgent:
        """The urgent words of these entries."""
        return cls(tuple((clean(word), entry) for entry in entries for word in entry.urgent.all() if clean(word)))

    def answer(self, text: str) -> Answer | None:
        """The entry this text calls for, if it has such a word and none of the entry's `avoid`."""
        said = f" {clean(text)} " if self.words else ""
        for word, entry in self.words:
            if _in(word, said) and not any(_in(clean(each), said) for each in entry.avoid.all()):
                return Answer((Scored(entry, 1.0, word),), 1.0, urgent=True)
        return None


def _in(word: str, said: str) -> bool:
    """Latin words whole, Chinese ones anywhere."""
    return bool(word) and (f" {word} " if word.isascii() else word) in said

"""The general vocabulary behind matching: words that mean the same, padding, and what kind of thing a question asks.

The office's own `synonyms.yaml` is laid over the built-in table of everyday Chinese, Sichuan dialect and English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from faq.pinyin import DATA, sounds

_LATIN = re.compile(r"[a-z0-9']+")


class Phrases:
    """A table of phrases, found from left to right, the longest first; Latin phrases only as whole words."""

    def __init__(self, meaning: Mapping[str, str]) -> None:
        self._by_first: dict[str, list[tuple[str, str, bool]]] = {}
        for phrase, value in sorted(meaning.items(), key=lambda item: -len(item[0])):
            entry = (phrase, value, phrase[-1].isascii() and phrase[0].isascii())
            self._by_first.setdefault(phrase[0], []).append(entry)

    def items(self) -> Iterator[tuple[str, str]]:
        """All phrases with their values."""
        return ((phrase, value) for rows in self._by_first.values() for phrase, value, _ in rows)

    def replace(self, text: str) -> str:
        """`text` with each phrase replaced by its value."""
        return "".join([piece if value is None else value for piece, value in self._walk(text)])

    def values(self, text: str) -> list[str]:
        """The values of the phrases in `text`."""
        if self._by_first.keys().isdisjoint(text):
            return []
        return [value for _, value in self._walk(text) if value is not None]

    def _walk(self, text: str) -> list[tuple[str, str | None]]:
        """`text` in pieces: phrases with their values, and between them characters or whole Latin words with None."""
        out: list[tuple[str, str | None]] = []
        at, size, table = 0, len(text), self._by_first
        while at < size:
            for phrase, value, latin in table.get(text[at], ()):
                if text.startswith(phrase, at) and (not latin or _whole(text, at, at + len(phrase))):
                    out.append((phrase, value))
                    at += len(phrase)
                    break
            else:
                word = _LATIN.match(text, at) if text[at] < "\x80" else None
                end = word.end() if word else at + 1
                out.append((text[at:end], None))
                at = end
        return out


def _whole(text: str, start: int, end: int) -> bool:
    before = start == 0 or not (text[start - 1].isascii() and text[start - 1].isalnum())
    return before and (end == len(text) or not (text[end].isascii() and text[end].isalnum()))


@dataclass(frozen=True)
class Lexicon:
    """Tables ready for use: `same` replaces, `near` names concepts, `asks` names kinds of question."""

    same: Phrases
    near: Phrases
    asks: Phrases
    heads: tuple[str, ...]
    tails: tuple[str, ...]

    @classmethod
    def built_in(cls) -> Lexicon:
        """The general table alone."""
        return _built_in()

    @classmethod
    def make(cls, groups: Iterable[Sequence[str]], padding: Iterable[str], *, clean: Callable[[str], str]) -> Lexicon:
        """The general table with an office's `groups` (standard word first) and `padding` over it.

        `clean` brings the words to the form that questions have when they are looked up.
        """
        data = _data()
        meaning = {word: group[0] for group in data["same"] for word in group}
        for group in groups:
            head, *others = [clean(word) for word in group]
            head = meaning.get(head, head)
            meaning |= {word: head for word in (head, *others) if word}
        # A word may stand in several groups; the first group counts. It is looked up as it is after replacement.
        stand = Phrases(meaning)
        concepts = {stand.replace(word): f"#{group[0]}" for group in reversed(data["near"]) for word in group}
        kinds = {stand.replace(word): kind for kind, words in reversed(data["asks"].items()) for word in words}
        own = [clean(word) for word in padding]
        return cls(
            stand,
            Phrases(concepts),
            Phrases(kinds),
            _longest_first(data["heads"], own),
            _longest_first(data["tails"], own),
        )

    @cached_property
    def spoken(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """By their syllables, the words of two characters and more, with the grams they stand for."""
        table: dict[tuple[str, ...], tuple[str, ...]] = {}
        for phrases, mark in ((self.near, ""), (self.asks, "?")):
            for phrase, value in phrases.items():
                if len(phrase) > 1 and all("\u4e00" <= character <= "\u9fff" for character in phrase):
                    said = tuple(sounds(phrase))
                    table[said] = (*table.get(said, ()), mark + value)
        return table

    def strip(self, text: str) -> str:
        """`text` without the padding at its beginning and end; left as it is where nothing else would remain."""
        kept = text
        while (shorter := self._once(kept)) != kept:
            kept = shorter
        return kept or text

    def _once(self, text: str) -> str:
        if text.startswith(self.heads):
            for head in self.heads:
                if text.startswith(head) and (not head.isascii() or _whole(text, 0, len(head))):
                    text = text[len(head) :].lstrip()
                    break
        if text.endswith(self.tails):
            for tail in self.tails:
                if text.endswith(tail) and (not tail.isascii() or _whole(text, len(text) - len(tail), len(text))):
                    return text[: -len(tail)].rstrip()
        return text


def _longest_first(general: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*general, *own} - {""}, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / "lexicon.json").read_text("utf-8"))
    return data


@lru_cache(maxsize=1)
def _built_in() -> Lexicon:
    return Lexicon.make((), (), clean=str)

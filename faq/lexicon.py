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
        self._start = re.compile("|".join(_starts(meaning)) or "(?!)")

    def items(self) -> Iterator[tuple[str, str]]:
        """All phrases with their values."""
        return ((phrase, value) for rows in self._by_first.values() for phrase, value, _ in rows)

    def replace(self, text: str) -> str:
        """`text` with each phrase replaced by its value."""
        out: list[str] = []
        done = 0
        for start, end, value in self._found(text):
            out += text[done:start], value
            done = end
        return "".join([*out, text[done:]]) if out else text

    def values(self, text: str) -> list[str]:
        """The values of the phrases in `text`."""
        return [value for _, _, value in self._found(text)]

    def _found(self, text: str) -> list[tuple[int, int, str]]:
        """Where phrases begin and end, with their values."""
        out: list[tuple[int, int, str]] = []
        search, spot = self._start.search, self._start.search(text)
        while spot is not None:
            at = spot.start()
            for phrase, value, latin in self._by_first[text[at]]:
                end = at + len(phrase)
                if text.startswith(phrase, at) and (not latin or _whole(text, at, end)):
                    out.append((at, end, value))
                    break
            else:
                word = _LATIN.match(text, at)
                end = word.end() if word else at + 1
            spot = search(text, end)
        return out


def _starts(phrases: Iterable[str]) -> Iterator[str]:
    """Patterns of where one of the phrases may begin: its first two characters are ones that phrases have there."""
    for latin, before in ((True, "(?<![a-z0-9'])"), (False, "")):
        mine = [phrase for phrase in phrases if phrase[0].isascii() is latin]
        longer = [phrase for phrase in mine if len(phrase) > 1]
        if longer:
            yield f"{before}{_any(phrase[0] for phrase in longer)}(?={_any(phrase[1] for phrase in longer)})"
        if len(longer) < len(mine):
            yield before + _any(phrase for phrase in mine if len(phrase) == 1)


def _any(characters: Iterable[str]) -> str:
    return f"[{''.join(map(re.escape, sorted(set(characters))))}]"


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
        head, tail = self._padding
        kept, before = text, ""
        while kept != before:
            before = kept
            if kept.startswith(self.heads):
                kept = head.sub("", kept, 1)
            if kept.endswith(self.tails):
                kept = tail.sub("", kept, 1)
        return kept or text

    @cached_property
    def _padding(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """The longest head at the beginning, the longest tail at the end; Latin ones only as whole words."""
        heads = "|".join(re.escape(head) + "(?![0-9a-z])" * head.isascii() for head in self.heads)
        tails = "|".join("(?<![0-9a-z])" * tail.isascii() + re.escape(tail) for tail in self.tails)
        return re.compile(rf"\A(?:{heads})\s*"), re.compile(rf"\s*(?:{tails})\Z")


def _longest_first(general: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*general, *own} - {""}, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / "lexicon.json").read_text("utf-8"))
    return data


@lru_cache(maxsize=1)
def _built_in() -> Lexicon:
    return Lexicon.make((), (), clean=str)

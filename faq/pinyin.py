"""How Chinese sounds, so that homophones and questions typed in Latin letters are understood.

Sounds that keyboards and southern speakers mix up (zh/z, ch/c, sh/s, final ng/n after e and i) count as one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
_LONGEST = 6


def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / "pinyin.json").read_text("utf-8"))
    return data


@dataclass(frozen=True)
class _Tables:
    """`single`: the reading of a character; `words`: of words whose characters are read otherwise by themselves,
    `begun` their first two characters; `syllables`: all there are.
    """

    single: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    begun: frozenset[str]
    syllables: frozenset[str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    data = _data()
    single = {character: blurred(said) for said, row in data["syllables"].items() for character in row}
    words = {word: tuple(blurred(said) for said in line.split(" ")) for word, line in data["words"].items()}
    begun = frozenset(word[:2] for word in words)
    return _Tables(single, words, begun, frozenset(data["syllables"]) | {"lve", "nve"})


@lru_cache(maxsize=1024)
def blurred(syllable: str) -> str:
    """The syllable with sounds that people mix up made one."""
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    return re.sub(r"([ei])ng$", r"\1n", syllable.replace("ü", "v"))


def raw_sounds(text: str) -> list[str]:
    """The exact syllable of each common Han character by itself; every other character as it is."""
    table = _raw()
    return [table.get(character, character) for character in text]


@lru_cache(maxsize=1)
def _raw() -> dict[str, str]:
    return {character: said for said, row in _data()["syllables"].items() for character in row}


def sounds(han: str) -> list[str]:
    """The syllables of a run of Han characters; a character without a known reading stands for itself."""
    tables = _tables()
    out = list(map(tables.single.get, han, han))
    begun = tables.begun
    if begun.isdisjoint(map(add, han, han[1:])):
        return out
    done = 0
    for at in [at for at, pair in enumerate(map(add, han, han[1:])) if pair in begun]:
        for length in (3, 2):
            said = tables.words.get(han[at : at + length])
            if said is not None and at >= done:
                done = at + length
                out[at:done] = said
                break
    return out


@lru_cache(maxsize=4096)
def syllables(word: str) -> tuple[str, ...]:
    """The fewest pinyin syllables that make up a Latin word, or () if it is not pinyin."""
    if len(word) > 40 or not word.isalpha():
        return ()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    known = _tables().syllables
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before = best[start]
            if before is not None and word[start:end] in known:
                candidate = (*before, blurred(word[start:end]))
                now = best[end]
                if now is None or len(candidate) < len(now):
                    best[end] = candidate
    return best[-1] or ()

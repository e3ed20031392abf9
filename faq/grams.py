"""From a settled question to the grams it is made of: characters, words, sounds, concepts, the kind of question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import lru_cache
from operator import add

from faq.lexicon import Lexicon
from faq.pinyin import sounds, syllables

_RUNS = re.compile(r"[\u4e00-\u9fff]+|[a-z]+|[0-9]+")
_LONGEST_WORD = 5
_VOWEL = re.compile(r"[aeiouy]")


class Kind(IntEnum):
    """The channels; each gram belongs to one."""

    HAN = 0
    HAN_PAIR = 1
    WORD = 2
    TRIGRAM = 3
    SOUND = 4
    SOUND_PAIR = 5
    WORD_PAIR = 6
    CONCEPT = 7
    ASKS = 8


_HAN, _HAN_PAIR, _WORD, _TRIGRAM, _SOUND, _SOUND_PAIR, _WORD_PAIR, _CONCEPT, _ASKS = map(int, Kind)

Gram = tuple[int, str]


def grams(text: str, lexicon: Lexicon, knows: Callable[[str], bool] | None = None) -> dict[str, int]:
    """The grams of settled `text`, each once, with its kind.

    `knows(word)` tells whether a Latin word occurs in the book; one that does not and can be read as pinyin is.
    None: nothing is read as pinyin (the book's own phrasings).
    """
    out: dict[str, int] = {}
    runs = _RUNS.findall(text)
    spoken = _spoken(runs, knows) if knows is not None else frozenset()
    last_word, last_sound = "", ""
    for run in runs:
        if run[0] >= "\u4e00":
            _han(run, out)
            last_sound = _sounds(sounds(run), "", out)
            last_word = ""
        elif run in spoken:
            last_sound = _sounds(syllables(run), last_sound, out)
            last_word = ""
        else:
            last_word = _latin(run, last_word, out)
            last_sound = ""
    if spoken and knows is not None:
        _spoken_words([part for run in runs if run in spoken for part in syllables(run)], lexicon, knows, out)
    out |= dict.fromkeys(lexicon.near.values(text), _CONCEPT)
    out |= dict.fromkeys(["?" + asked for asked in lexicon.asks.values(text)], _ASKS)
    return out


def _spoken_words(said: list[str], lexicon: Lexicon, knows: Callable[[str], bool], out: dict[str, int]) -> None:
    """What the words among the syllables stand for, the longest words first."""
    at = 0
    while at < len(said):
        for length in range(_LONGEST_WORD, 1, -1):
            meant = lexicon.spoken.get(tuple(said[at : at + length]))
            if meant is not None and at + length <= len(said):
                out.update({gram: _ASKS if gram[0] == "?" else _CONCEPT for gram in meant if knows(gram)})
                at += length
                break
        else:
            at += 1


def _han(run: str, out: dict[str, int]) -> None:
    out |= dict.fromkeys(run, _HAN)
    out |= dict.fromkeys(map(add, run, run[1:]), _HAN_PAIR)


def _sounds(said: Iterable[str], before: str, out: dict[str, int]) -> str:
    """The grams of syllables that follow the one with the gram `before`; the last one's gram."""
    marked = ["~" + sound for sound in said]
    out |= dict.fromkeys(marked, _SOUND)
    if before:
        marked.insert(0, before)
    out |= dict.fromkeys(map(add, marked, marked[1:]), _SOUND_PAIR)
    return marked[-1]


def _latin(word: str, before: str, out: dict[str, int]) -> str:
    root, parts = _parts(word)
    out[root] = _WORD
    if before:
        out[before + root] = _WORD_PAIR
    out |= parts
    return root


@lru_cache(maxsize=8192)
def _parts(word: str) -> tuple[str, dict[str, int]]:
    """The gram of a Latin word, and those of its trigrams."""
    edged = f"<{word}>"
    return "=" + stem(word), dict.fromkeys(["<" + edged[at : at + 3] for at in range(len(edged) - 2)], _TRIGRAM)


def _spoken(runs: list[str], knows: Callable[[str], bool]) -> frozenset[str]:
    """The Latin words of a question that are to be read as pinyin.

    Beside Han characters, each word of two or more syllables that the book does not know; in a question of Latin
    words alone, all of them, if all can be read so, make two syllables or more, and mostly are not the book's words.
    """
    words = [run for run in runs if "a" <= run[0] <= "z"]
    if not words:
        return frozenset()
    strange = [word for word in words if not knows("=" + stem(word))]
    if any(run[0] >= "\u4e00" for run in runs):
        return frozenset(word for word in strange if len(syllables(word)) > 1)
    readable = all(syllables(word) for word in words) and sum(len(syllables(word)) for word in words) > 1
    return frozenset(words) if readable and 2 * len(strange) > len(words) else frozenset()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """An English word without its commonest endings; rough, but the same for question and phrasing."""
    if len(word) < 4 or word.isdigit():
        return word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("es", "e"), ("s", "")):
        if word.endswith(ending) and not word.endswith(("ss", "us", "is")):
            word = word[: -len(ending)] + instead
            break
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) > 2 and _VOWEL.search(root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word

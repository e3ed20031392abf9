"""What keyboards, haste and politeness do to a question, made from a seed, for measuring."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

from opencc import OpenCC

from faq.pinyin import raw_sounds

_POLITE = {
    "zh": (("请问一下，", "你好，我想问哈", "麻烦问一下", "老师，"), ("呢？", "啊，谢谢", "，急", "嘛")),
    "en": (("Hi, could you please tell me, ", "Hello! ", "excuse me, "), (" please", ", thanks!", "???")),
}

Noise = Callable[[str, random.Random], str]


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def homophone(text: str, chance: random.Random) -> str:
    """One Han character replaced by another of the same sound."""
    places = [i for i, c in enumerate(text) if _is_han(c) and len(_same_sound(c)) > 1]
    if not places:
        return text
    at = chance.choice(places)
    other = chance.choice([c for c in _same_sound(text[at]) if c != text[at]])
    return text[:at] + other + text[at + 1 :]


def deletion(text: str, chance: random.Random) -> str:
    """One character left out."""
    at = chance.randrange(len(text)) if text else 0
    return text[:at] + text[at + 1 :]


def transposition(text: str, chance: random.Random) -> str:
    """Two neighbours swapped."""
    if len(text) < 2:
        return text
    at = chance.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def full_pinyin(text: str, chance: random.Random) -> str:
    """Every Han character typed as its sound, with or without spaces."""
    gap = chance.choice(["", " "])
    said = raw_sounds(text)
    return gap.join(part for part in said if part.strip()) if said != list(text) else text


def traditional(text: str, chance: random.Random) -> str:
    """In traditional characters."""
    return _to_traditional().convert(text) if any(map(_is_han, text)) else text


def padding(text: str, chance: random.Random) -> str:
    """With polite words around it."""
    heads, tails = _POLITE["zh" if any(map(_is_han, text)) else "en"]
    return chance.choice(heads) + text + chance.choice(tails)


NOISES: dict[str, Noise] = {
    "homophone": homophone,
    "deletion": deletion,
    "transposition": transposition,
    "full pinyin": full_pinyin,
    "traditional": traditional,
    "padding": padding,
}
"""The kinds of noise by name."""


@lru_cache(maxsize=8192)
def _same_sound(character: str) -> str:
    return _by_sound()[raw_sounds(character)[0]]


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, str]:
    """The 3,755 commonest characters (GB 2312, level 1) by sound."""
    table: dict[str, str] = defaultdict(str)
    for row in range(0xB0, 0xD8):
        for column in range(0xA1, 0xFF):
            character = bytes((row, column)).decode("gb2312", "ignore")
            if character:
                table[raw_sounds(character)[0]] += character
    return table


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")

"""One form for a question however it was typed: width, case, traditional characters, emoji, padding, dialect."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from faq.lexicon import Lexicon

LONGEST = 200
"""Characters of a question that are looked at; a longer one is heard to its beginning and its end."""

_NOT_WORDS = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_EDGES = " \n？?。！!…"
_ACCENTED = re.compile(r"[\u00c0-\u024f\u0300-\u036f]")
_SQUEEZE = re.compile(r"(.)\1{3,}")
_COMMAS = re.compile(r"[,，、]+")
_STOPS = re.compile(r"[?？!！。;；\n]+|\.\s")


def clean(text: str) -> str:
    """Lower-case simplified Chinese and plain Latin letters and digits, single spaces between Latin words.

    1. Bound the length. 2. NFKC, lower case, tone marks and accents off. 3. Traditional to simplified.
    4. Apostrophes vanish; everything that is not a letter, digit or Han character parts words.
    """
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + " " + text[-LONGEST // 2 :]
    text = text.strip(_EDGES)
    plain = _simplified(text) if _HAN.fullmatch(text) else _letters(text)
    return _SQUEEZE.sub(r"\1\1", plain)


def _letters(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    if not text.isascii():
        text = _plain_letters(text)
        text = _simplified(text)
    text = _NOT_WORDS.sub(" ", text.replace("'", "").replace("’", "")).strip()
    return _BETWEEN_HAN.sub("", text)


def sentences(text: str) -> list[str]:
    """The sentences of a message, parted by full stops, question and exclamation marks, and lines; of a long one none.

    So all of them together take no longer to hear than the message itself.
    """
    if len(text) > LONGEST:
        return []
    return [part for part in map(str.strip, _STOPS.split(text)) if part]


def clauses(text: str) -> list[str]:
    """What stands between the commas of a short message; of a long one nothing."""
    if len(text) > LONGEST:
        return []
    return [part for part in map(str.strip, _COMMAS.split(text)) if part]


def settle(text: str, lexicon: Lexicon) -> str:
    """The form that is matched: `clean`, padding off, every word replaced by its standard word."""
    return lexicon.same.replace(lexicon.strip(clean(text)))


def _plain_letters(text: str) -> str:
    if not _ACCENTED.search(text):
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def _simplified(text: str) -> str:
    tables = _tables()
    if tables.traditional.isdisjoint(text):
        return text
    for phrase, plain in tables.phrases.items():
        if phrase in text:
            text = text.replace(phrase, plain)
    return text.translate(tables.characters)


@dataclass(frozen=True)
class _Tables:
    """From traditional to simplified: characters, and phrases where these alone would go wrong.

    `traditional`: a text with none of these is left as it is.
    """

    characters: Mapping[int, str]
    phrases: Mapping[str, str]
    traditional: frozenset[str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    """OpenCC's tables."""
    folder = resources.files("opencc") / "dictionary"
    characters = dict(_pairs((folder / "TSCharacters.txt").read_text("utf-8")))
    table = {ord(old): new for old, new in characters.items() if old != new}
    phrases = {
        old: new for old, new in _pairs((folder / "TSPhrases.txt").read_text("utf-8")) if old.translate(table) != new
    }
    changed = {one for old, new in phrases.items() for one, other in zip(old, new, strict=False) if one != other}
    return _Tables(table, phrases, frozenset(map(chr, table)) | changed)


def _pairs(text: str) -> list[tuple[str, str]]:
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return [(old, new.split(" ")[0]) for old, new in rows]

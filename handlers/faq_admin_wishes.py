"""From what an editor asked for to the changed files; pure, run by the bookkeeper off the event loop.

A wish is plain values, so that it can be kept and tried anew on a book that has changed meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from faq import Book, edit

Wish = Mapping[str, Any]

SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,50}\.ya?ml")
_COPY = re.compile(r"[ _-]*\(\d{1,3}\)(?=\.ya?ml$)")
_HAN = re.compile(r"[㐀-鿿]")


def file_name(given: str) -> str | None:
    """The name under which a file sent back is kept; phones add ` (1)` to it. None: not a name we keep."""
    name = _COPY.sub("", given.strip()).lower()
    return name if SAFE_NAME.fullmatch(name) else None


def language_of(line: str) -> str:
    """Chinese as soon as there is one Chinese character."""
    return "zh" if _HAN.search(line) else "en"


def lines_of(text: str) -> list[str]:
    """The lines somebody wrote, without the marks of lists and without repeats."""
    return list(dict.fromkeys(found for line in text.splitlines() if (found := line.strip().lstrip("-•*·").strip())))


def edited(book: Book, wish: Wish) -> edit.Edited:
    """The folder's files after what was wished for.

    Raises:
        EditRefused: it makes no sense for this book.
    """
    return _EDITS[wish["kind"]](book, wish)


def _phrasings(book: Book, wish: Wish) -> edit.Edited:
    lines = [(line, language_of(line)) for line in wish["lines"]]
    return edit.add_phrasings(book, wish["entry"], lines)


_EDITS: Mapping[str, Callable[[Book, Wish], edit.Edited]] = {
    "answer": lambda book, wish: edit.change_answer(book, wish["entry"], wish["text"], wish["language"]),
    "phrasings": _phrasings,
    "unphrase": lambda book, wish: edit.remove_phrasing(book, wish["entry"], wish["text"], wish["language"]),
    "reviewed": lambda book, wish: edit.change_dates(
        book, wish["entry"], review_by=date.fromisoformat(wish["review_by"])
    ),
    "entry": lambda book, wish: edit.new_entry(book, wish["topic"], wish["fields"]),
    "off_topic": lambda book, wish: edit.add_off_topic(book, wish["text"], language_of(wish["text"])),
}

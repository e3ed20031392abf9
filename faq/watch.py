"""Noticing that the content folder has changed, and making the next book of it: a pure step that a loop can poll.

look = Look.at(folder)                     # cheap: names, times and sizes; bytes only when those changed
step = next_book(book, look, today=…)      # Fresh, Broken, or None: nothing new
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from faq.book import Book
from faq.changes import Change, changes
from faq.loading import Files, read_folder, version_of
from sheets import Problem, SheetError

Stamps = Mapping[str, tuple[int, int]]
"""File name → (time of last change in ns, size in bytes)."""


@dataclass(frozen=True)
class Look:
    """The folder as it was seen: stamps, the files' bytes, and their version. `error`: it could not be read."""

    stamps: Stamps
    files: Files
    version: str
    error: SheetError | None = None

    @classmethod
    def at(cls, folder: Path, before: Look | None = None) -> Look:
        """Look at the folder. If no stamp has changed since `before`, that one is returned."""
        stamps = _stamps(folder)
        if before is not None and before.stamps == stamps and before.error is None:
            return before
        try:
            files = read_folder(folder)
        except SheetError as error:
            return cls(stamps, {}, "", error)
        return cls(stamps, files, version_of(files))


@dataclass(frozen=True)
class Fresh:
    """A new book, ready to be swapped in, and what changed."""

    book: Book
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Broken:
    """The folder cannot be used as it is; the old book stays. `version` names this state, so that it is told once."""

    problems: tuple[Problem, ...]
    version: str


def next_book(
    book: Book,
    look: Look,
    *,
    today: date,
    offices: Collection[str] | None = None,
    categories: Collection[str] | None = None,
) -> Fresh | Broken | None:
    """What the folder asks for; None if the book is of exactly this content. Takes up to a second, as `Book.of`."""
    if look.error is not None:
        return Broken(look.error.problems, look.version)
    if look.version == book.version:
        return None
    try:
        fresh = Book.of(look.files, today=today, offices=offices, categories=categories, encoder=book.encoder)
    except SheetError as error:
        return Broken(error.problems, look.version)
    return Fresh(fresh, tuple(changes(book, fresh)))


def _stamps(folder: Path) -> Stamps:
    try:
        paths = [path for path in folder.iterdir() if path.suffix in (".yaml", ".yml")]
        return {path.name: (stat.st_mtime_ns, stat.st_size) for path in paths if (stat := path.stat())}
    except OSError:
        return {}

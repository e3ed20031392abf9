"""The FAQ's folder and the book made of it: read, tried, written, swapped in; what takes long runs in a thread."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from desk.house import House
from desk.misses import Missed
from faq import Answer, Book
from faq.edit import Edited, Preview, preview
from faq.loading import Files, read_folder
from faq.misses import Group, group
from faq.watch import Broken, Fresh, Look, next_book
from handlers.knowledge import Knowledge

REMEMBERED = 3
"""Books that were previewed and may soon be published."""


class Library:
    """One folder and the live book.

    `lock` is held by whoever looks at or writes the folder, so that no half-written state is looked at.
    """

    def __init__(self, folder: Path, knowledge: Knowledge, house: House) -> None:
        self.folder = folder
        self.lock = asyncio.Lock()
        self._knowledge = knowledge
        self._tried: OrderedDict[str, Book] = OrderedDict()
        self._links: dict[str, Any] = {
            "offices": {office.id for office in house.catalogue.offices},
            "categories": {category.id for category in house.catalogue.categories},
        }

    @property
    def book(self) -> Book:
        """The live book."""
        return self._knowledge.book

    def swap(self, book: Book) -> None:
        """From now on this is the live book."""
        self._knowledge.book = book

    async def look(self, before: Look | None) -> Look:
        """What the folder holds now; `before` itself when nothing has changed since."""
        return await asyncio.to_thread(Look.at, self.folder, before)

    async def files(self) -> Files:
        """The folder's files.

        Raises:
            SheetError: the folder cannot be read.
        """
        return await asyncio.to_thread(read_folder, self.folder)

    async def next(self, look: Look, today: date) -> Fresh | Broken | None:
        """The book that the folder asks for."""
        return await asyncio.to_thread(next_book, self.book, look, today=today, **self._links)

    async def try_out(self, edited: Edited, questions: list[tuple[str, str]], today: date) -> Preview:
        """What would come of an edit. Its book is remembered, for it will probably be published."""
        found = await asyncio.to_thread(preview, self.book, edited, questions, today=today, **self._links)
        if found.book is not None:
            self._tried[found.book.version] = found.book
            while len(self._tried) > REMEMBERED:
                self._tried.popitem(last=False)
        return found

    async def book_of(self, version: str, files: Files, today: date) -> Book:
        """The book of these files.

        Raises:
            SheetError: it cannot be used.
        """
        if (tried := self._tried.get(version)) is not None:
            return tried
        return await asyncio.to_thread(Book.of, files, today=today, **self._links)

    async def old(self, files: Files, today: date) -> Book:
        """The book of files that were live once, without asking whether they still would pass.

        Raises:
            SheetError: they cannot even be read by this version.
        """
        return await asyncio.to_thread(Book.of, files, today=today, prove=False)

    async def write(self, files: Files, before: Files) -> None:
        """Make the folder hold these files; one that is in `before` and not here is removed.

        Raises:
            OSError: the folder cannot be written to.
        """
        await asyncio.to_thread(write_files, self.folder, files, before)

    async def unanswered(self, missed: Sequence[Missed]) -> list[Missed]:
        """Those that the live book still does not answer."""
        book = self.book

        def still() -> list[Missed]:
            return [
                each for each in missed if each.disliked or not isinstance(book.match(each.text, each.language), Answer)
            ]

        return await asyncio.to_thread(still)

    async def group(self, questions: list[str], language: str) -> list[Group]:
        """Questions of one language, grouped by likeness."""
        return await asyncio.to_thread(group, self.book, questions, language=language)


def write_files(folder: Path, files: Files, before: Files) -> None:
    """Write what differs, each file whole or not at all, and see that it is on the disk."""
    for name in sorted(files):
        if before.get(name) != files[name]:
            _replace(folder / name, files[name])
    for name in before.keys() - files.keys():
        (folder / name).unlink(missing_ok=True)
    _sync(folder)


def _replace(path: Path, raw: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        shutil.copymode(path, fresh)
    fresh.replace(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

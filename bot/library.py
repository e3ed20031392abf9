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
from desk.misses import Miss, Missed
from faq import Answer, Answers, Book
from faq.edit import Edited, Preview, preview
from faq.loading import Files, read_folder
from faq.misses import group
from faq.normal import settle
from faq.watch import Broken, Fresh, Look, next_book
from handlers.knowledge import Knowledge
from words import LANGUAGES

MOST_GROUPS, MOST_WORDINGS = 30, 10
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
        return await asyncio.to_thread(Book.of, files, today=today, encoder=self.book.encoder, **self._links)

    async def old(self, files: Files, today: date) -> Book:
        """The book of files that were live once, without asking whether they still would pass.

        Raises:
            SheetError: they cannot even be read by this version.
        """
        return await asyncio.to_thread(Book.of, files, today=today, prove=False, encoder=self.book.encoder)

    async def write(self, files: Files, before: Files) -> None:
        """Make the folder hold these files; one that is in `before` and not here is removed.

        Raises:
            OSError: the folder cannot be written to.
        """
        await asyncio.to_thread(write_files, self.folder, files, before)

    async def grouped(self, missed: Sequence[Missed]) -> list[Miss]:
        """What the live book still does not answer, grouped by likeness, the most asked first."""
        return await asyncio.to_thread(group_misses, self.book, missed)


def group_misses(book: Book, missed: Sequence[Missed]) -> list[Miss]:
    """Groups of each language, without what the book answers by now, unless that answer displeased."""
    lexicon = book.index.lexicon
    open_ = [each for each in missed if each.disliked or not _answered(book, each)]
    found = []
    for language in LANGUAGES:
        mine = [each for each in open_ if each.language == language]
        ids: dict[str, list[int]] = {}
        for each in mine:
            ids.setdefault(settle(each.text, lexicon), []).append(each.id)
        for one in group(book, [each.text for each in mine], language=language):
            wordings = tuple(text for text, _ in one.questions)
            about = tuple(number for text in wordings for number in ids.get(settle(text, lexicon), ()))
            nearest = one.nearest.entry.id if one.nearest else None
            found.append(Miss(0, language, wordings[:MOST_WORDINGS], one.count, nearest, about))
    return sorted(found, key=lambda miss: -miss.count)[:MOST_GROUPS]


def _answered(book: Book, missed: Missed) -> bool:
    return isinstance(book.match(missed.text, missed.language), Answer | Answers)


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

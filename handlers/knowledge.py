"""The FAQ book in use: one holder, swapped whole, asked by every journey."""

from __future__ import annotations

import asyncio
from datetime import date

from faq import Book, Outcome, Reader

LONGEST_QUESTION = 1000
LARGE_BOOK = 10_000
"""Phrasings from which a match may take longer than the few milliseconds that everybody else can wait."""


class Knowledge:
    """Holds the live book. `book` is replaced in one assignment, so a reader never sees half a change."""

    def __init__(self, book: Book) -> None:
        self.book = book

    async def match(
        self, text: str, language: str, reader: Reader | None, today: date, *, book: Book | None = None
    ) -> Outcome:
        """What a question comes to, in the live book or the one given; a large book is searched off the event loop."""
        asked, used = text[:LONGEST_QUESTION], book or self.book
        if len(used.index.texts) < LARGE_BOOK:
            return used.match(asked, language, audience=reader, today=today)
        return await asyncio.to_thread(used.match, asked, language, audience=reader, today=today)

"""The FAQ book in use: one holder, swapped whole, asked by every journey."""

from __future__ import annotations

import asyncio
from datetime import date

from faq import Book, Outcome, Reader

LONGEST_QUESTION = 1000


class Knowledge:
    """Holds the live book. `book` is replaced in one assignment, so a reader never sees half a change."""

    def __init__(self, book: Book) -> None:
        self.book = book

    async def match(
        self, text: str, language: str, reader: Reader | None, today: date, *, book: Book | None = None
    ) -> Outcome:
        """What a question comes to, in the live book or the one given; off the event loop, whatever the book's size."""
        asked = text[:LONGEST_QUESTION]
        return await asyncio.to_thread((book or self.book).match, asked, language, audience=reader, today=today)

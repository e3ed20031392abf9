"""The FAQ book in use: one holder, swapped whole, asked by every journey."""

from __future__ import annotations

from datetime import date

from faq import Book, Outcome, Reader

LONGEST_QUESTION = 1000


class Knowledge:
    """Holds the live book. `book` is replaced in one assignment, so a reader never sees half a change."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def match(self, text: str, language: str, reader: Reader | None, today: date) -> Outcome:
        """What a question comes to."""
        return self.book.match(text[:LONGEST_QUESTION], language, audience=reader, today=today)

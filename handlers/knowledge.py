"""The FAQ book in use: one holder, swapped whole, asked by every journey."""

from __future__ import annotations

import asyncio
from datetime import date

from desk.refusals import Refused
from faq import Book, Outcome, Reader
from faq.schema import Entry
from faq.sense import Sense

LONGEST_QUESTION = 1000
ON_THE_LOOP = 10_000
"""In a book of so many phrasings the slowest question takes less than 5 ms (docs/performance-faq.md)."""


class Knowledge:
    """Holds the live book. `book` is replaced in one assignment, so a reader never sees half a change."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def entry(self, key: int) -> Entry:
        """The entry that a button is about.

        Raises:
            Refused: the live book does not have it any more.
        """
        found = self.book.by_key.get(key)
        if found is None:
            raise Refused("ask.gone")
        return found

    async def match(
        self, text: str, language: str, reader: Reader | None, today: date, *, book: Book | None = None
    ) -> Outcome:
        """What a question comes to, in the live book or the one given.

        A large book is asked off the event loop, and so is one with a sentence encoder of its own.
        """
        asked = book or self.book
        question = text[:LONGEST_QUESTION]
        if asked.phrasings <= ON_THE_LOOP and isinstance(asked.encoder, Sense):
            return asked.match(question, language, audience=reader, today=today)
        return await asyncio.to_thread(asked.match, question, language, audience=reader, today=today)

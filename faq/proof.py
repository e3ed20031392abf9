"""The entries' own tests, put to the finished book: what must match does, what must not does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from faq.outcome import Answer
from sheets import Problem

if TYPE_CHECKING:
    from faq.book import Book

LANGUAGES = ("zh", "en")


def failures(book: Book) -> Iterator[Problem]:
    """Every test that fails, placed on its line, with the entry that took the question instead."""
    for place in book.content.places.values():
        entry = place.entry
        for language in LANGUAGES:
            for number, text in enumerate(entry.tests.match.of(language)):
                yield from _must_match(book, entry.id, text, language, number)
            for number, text in enumerate(entry.tests.avoid.of(language)):
                outcome = book.match(text, language)
                if isinstance(outcome, Answer) and outcome.entry.id == entry.id:
                    yield place.problem("faqbook.test_answered", "tests", "avoid", language, number, text=text)
    yield from off_topic_failures(book)


def off_topic_failures(book: Book) -> Iterator[Problem]:
    """The off-topic tests that are answered all the same."""
    sheet = book.content.off_topic_sheet
    if sheet is None:
        return
    for language in LANGUAGES:
        for number, text in enumerate(sheet.value.tests.of(language)):
            outcome = book.match(text, language)
            if isinstance(outcome, Answer):
                loc = ("tests", language, number)
                yield sheet.problem(loc, "faqbook.off_topic_answered", text=text, other=outcome.entry.id)


def _must_match(book: Book, name: str, text: str, language: str, number: int) -> Iterator[Problem]:
    outcome = book.match(text, language)
    if name in outcome.ids:
        return
    thief = outcome.ids[0] if outcome.ids else ""
    key = "faqbook.test_stolen" if thief else "faqbook.test_unknown"
    yield book.place(name).problem(key, "tests", "match", language, number, text=text, other=thief)

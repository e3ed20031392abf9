"""What a careful editor would still improve in a book that loads: likenesses, dates, missing tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from rapidfuzz import fuzz, process

from faq.book import Book
from faq.loading import Place
from faq.normal import settle
from faq.schema import Entry
from sheets import Problem

SOON = timedelta(days=30)
ALIKE = 88
"""From this RapidFuzz ratio (0 to 100) on, phrasings of two entries are called alike."""
TESTS_WANTED = 3
_BLOCK = 512


def notes(book: Book) -> list[Problem]:
    """Suggestions, in the order of files and lines."""
    found = [*_likenesses(book), *(note for place in book.content.places.values() for note in _of_entry(book, place))]
    return sorted(found, key=lambda note: (note.file, note.line))


def _of_entry(book: Book, place: Place) -> Iterator[Problem]:
    yield from _dates(place, book.today)
    entry = place.entry
    count = len(entry.tests.match.all())
    if count < TESTS_WANTED:
        yield place.problem("faqbook.few_tests", "tests", "match", n=count)
    taught = {settle(text, book.index.lexicon) for text in entry.ask.all()}
    for language in ("zh", "en"):
        for number, text in enumerate(entry.tests.match.of(language)):
            if settle(text, book.index.lexicon) in taught:
                yield place.problem("faqbook.test_is_phrasing", "tests", "match", language, number, text=text)


@dataclass(frozen=True)
class Ageing:
    """An entry that is `expired`, `expires_soon`, or whose review is due (`review_due`) or will be (`review_soon`)."""

    entry: Entry
    kind: str
    day: date


def ageing(entry: Entry, today: date) -> Iterator[Ageing]:
    """What the entry's dates ask for today."""
    if entry.expires is not None and entry.expires - SOON <= today:
        yield Ageing(entry, "expired" if entry.expires < today else "expires_soon", entry.expires)
    if entry.review_by - SOON <= today:
        yield Ageing(entry, "review_due" if entry.review_by < today else "review_soon", entry.review_by)


def _dates(place: Place, today: date) -> Iterator[Problem]:
    for due in ageing(place.entry, today):
        field = "expires" if due.kind.startswith("expire") else "review_by"
        yield place.problem(f"faqbook.{due.kind}", field, day=due.day.isoformat())


def _likenesses(book: Book) -> Iterator[Problem]:
    """Phrasings that another entry has too, or nearly; each pair told once, at the later entry."""
    rows = [
        (place, language, number, text, settle(text, book.index.lexicon))
        for place in book.content.places.values()
        for language in ("zh", "en")
        for number, text in enumerate(place.entry.ask.of(language))
    ]
    settled = [row[4] for row in rows]
    for start in range(0, len(rows), _BLOCK):
        block = settled[start : start + _BLOCK]
        scores = process.cdist(block, settled, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8)
        for i, j in zip(*np.nonzero(scores), strict=True):
            first, second = rows[int(j)], rows[start + int(i)]
            if int(j) < start + int(i) and first[0] is not second[0] and first[0].entry.id != second[0].entry.id:
                yield _likeness(first[0], first[3], second, int(scores[i, j]))


def _likeness(other: Place, theirs: str, row: tuple[Place, str, int, str, str], percent: int) -> Problem:
    place, language, number, text, _ = row
    key = "faqbook.same_phrasing" if percent == 100 else "faqbook.near_phrasing"
    values = {"text": text, "theirs": theirs, "other": other.entry.id, "percent": percent}
    return place.problem(key, "ask", language, number, **values)

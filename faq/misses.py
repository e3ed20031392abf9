"""What we failed to answer, grouped by likeness, so that an editor deals with a hundred questions in ten taps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.book import Book
from faq.index import Index
from faq.normal import settle
from faq.outcome import Scored

ALIKE = 0.5
"""From this likeness (0 to 1) on, two questions are put together."""
MOST = 2_000
"""Different questions grouped at once; the most frequent ones."""


@dataclass(frozen=True)
class Group:
    """Questions that say much the same: the most frequent one, all with their counts, and the entry that is nearest."""

    example: str
    questions: tuple[tuple[str, int], ...]
    nearest: Scored | None

    @property
    def count(self) -> int:
        """How often they were asked in all."""
        return sum(count for _, count in self.questions)


def group(book: Book, questions: Iterable[str], *, language: str = "zh") -> list[Group]:
    """Groups of the questions, the most asked first.

    1. Count questions that are the same once settled. 2. From the most frequent on, each question joins the group
    whose example it resembles most, if it does enough; else it opens a group.
    """
    counted: Counter[str] = Counter()
    spelled: dict[str, Counter[str]] = {}
    for question in questions:
        settled = settle(question, book.index.lexicon)
        if settled:
            counted[settled] += 1
            spelled.setdefault(settled, Counter())[question] += 1
    order = [text for text, _ in counted.most_common(MOST)]
    if not order:
        return []
    groups = _join(_likeness(book, order))
    found = [_group(book, [order[i] for i in members], counted, spelled, language) for members in groups]
    return sorted(found, key=lambda one: (-one.count, one.example))


def _likeness(book: Book, texts: list[str]) -> NDArray[np.float32]:
    """Half the letters' ratio, half the weight of shared grams."""
    index = Index.build(enumerate(texts), book.index.lexicon, book.index.settings, book.index.encoder)
    letters = process.cdist(texts, texts, scorer=fuzz.ratio, dtype=np.float32)
    shared = np.zeros_like(letters)
    for number, text in enumerate(texts):
        query = index.ask(text)
        shared[number] = index.overlap(query) * index.scale / np.sqrt(query.mass)
    likeness: NDArray[np.float32] = (letters / 100 + shared) / np.float32(2)
    return likeness


def _join(likeness: NDArray[np.float32]) -> list[list[int]]:
    groups: list[list[int]] = []
    for number in range(len(likeness)):
        nearest = max(groups, key=lambda members: likeness[number, members[0]], default=None)
        if nearest is not None and likeness[number, nearest[0]] >= ALIKE:
            nearest.append(number)
        else:
            groups.append([number])
    return groups


def _group(
    book: Book, settled: list[str], counted: Counter[str], spelled: dict[str, Counter[str]], language: str
) -> Group:
    questions = tuple((spelled[text].most_common(1)[0][0], counted[text]) for text in settled)
    outcome = book.match(questions[0][0], language)
    return Group(questions[0][0], questions, outcome.scored[0] if outcome.scored else None)

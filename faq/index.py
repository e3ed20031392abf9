"""Every phrasing of a book as sparse rows of grams, and the few phrasings that come near a question.

Nothing here is per entry in Python: postings and rows are numpy arrays, a query is a handful of array operations.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.grams import Kind, grams
from faq.lexicon import Lexicon
from faq.model import Settings

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

KINDS = len(Kind)
_WRITTEN = [Kind.HAN, Kind.HAN_PAIR, Kind.WORD, Kind.WORD_PAIR, Kind.TRIGRAM]
MOST_POSTINGS = 60_000
"""Postings looked at per question; beyond that the commonest grams only count when candidates are compared."""


@dataclass(frozen=True)
class Query:
    """A question as grams: those the book knows, and the weight of those it does not."""

    text: str
    known: Ints
    weight: Floats
    kinds: NDArray[np.int8]
    strange: Floats
    strangest: float
    mass: float

    @property
    def spoken(self) -> bool:
        """Whether it was typed as pinyin only."""
        return bool(len(self.kinds)) and not np.isin(self.kinds, _WRITTEN).any() and not self.strange[_WRITTEN].any()


@dataclass(frozen=True)
class Index:
    """The phrasings of a book; `owners[i]` is the number of the entry that phrasing `i` belongs to, ascending."""

    texts: Sequence[str]
    owners: Ints
    owner_starts: NDArray[np.int64]
    vocabulary: Mapping[str, int]
    weight: Floats
    kind: NDArray[np.int8]
    rows: Ints
    row_starts: NDArray[np.int64]
    postings: Ints
    posting_starts: NDArray[np.int64]
    mass: Floats
    lexicon: Lexicon
    settings: Settings

    @classmethod
    def build(cls, phrasings: Iterable[tuple[int, str]], lexicon: Lexicon, settings: Settings) -> Index:
        """Index settled phrasings, given as (entry number, text) with entry numbers ascending from 0."""
        texts: list[str] = []
        owners, rows, starts = array("i"), array("i"), array("q", [0])
        vocabulary: dict[str, int] = {}
        kinds, spread, last = array("b"), array("i"), array("i")
        for owner, text in phrasings:
            for gram, sort in grams(text, lexicon).items():
                number = vocabulary.setdefault(gram, len(vocabulary))
                if number == len(kinds):
                    kinds.append(sort)
                    spread.append(0)
                    last.append(-1)
                if last[number] != owner:
                    spread[number] += 1
                    last[number] = owner
                rows.append(number)
            texts.append(text)
            owners.append(owner)
            starts.append(len(rows))
        owner_array = np.frombuffer(owners, np.int32) if owners else np.zeros(0, np.int32)
        kind = np.frombuffer(kinds, np.int8) if kinds else np.zeros(0, np.int8)
        entries = int(owner_array[-1]) + 1 if len(owner_array) else 0
        weight = settings.weigh(list(vocabulary), kind, np.asarray(spread, np.float64), entries)
        row_array = np.frombuffer(rows, np.int32) if rows else np.zeros(0, np.int32)
        row_starts = np.asarray(starts, np.int64)
        order = np.argsort(row_array, kind="stable")
        of_row = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(row_starts))
        sums = np.concatenate([[0.0], np.cumsum(weight[row_array], dtype=np.float64)])
        return cls(
            texts=texts,
            owners=owner_array,
            owner_starts=np.flatnonzero(np.diff(owner_array, prepend=-1)),
            vocabulary=vocabulary,
            weight=weight,
            kind=kind,
            rows=row_array,
            row_starts=row_starts,
            postings=of_row[order],
            posting_starts=np.concatenate([[0], np.cumsum(np.bincount(row_array, minlength=len(kind)))]),
            mass=np.maximum(np.diff(sums[row_starts]), 1e-6).astype(np.float32),
            lexicon=lexicon,
            settings=settings,
        )

    def ask(self, text: str) -> Query:
        """The grams of a settled question, weighed."""
        found = grams(text, self.lexicon, self.vocabulary.__contains__)
        known: list[int] = []
        strange, strangest = np.zeros(KINDS, np.float32), 0.0
        for gram, kind in found.items():
            number = self.vocabulary.get(gram, -1)
            if number >= 0:
                known.append(number)
            else:
                missing = self.settings.weight_of_unknown(gram, kind, len(self.owner_starts))
                strange[kind] += missing
                strangest = max(strangest, missing)
        numbers = np.array(known, np.int32)
        numbers.sort()
        weight = self.weight[numbers]
        mass = max(float(weight.sum()) + float(strange.sum()), 1e-6)
        return Query(text, numbers, weight, self.kind[numbers], strange, strangest, mass)

    def near(self, query: Query, entries: int, phrasings: int) -> Ints:
        """The phrasings worth comparing: those of the `entries` best entries, at most `phrasings`, ascending."""
        if not len(query.known):
            return np.zeros(0, np.int32)
        scores = self.overlap(query) / np.sqrt(self.mass)
        best = np.maximum.reduceat(scores, self.owner_starts)
        order = _top(best, entries)
        order = order[best[order] > 0]
        starts, ends = self.owner_starts[order], np.append(self.owner_starts, len(scores))[order + 1]
        found = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)]) if len(order) else order
        if len(found) > phrasings:
            floor = np.partition(scores[found], -phrasings)[-phrasings]
            leaders = best[np.searchsorted(self.owner_starts, found, side="right") - 1]
            found = found[(scores[found] >= floor) | (scores[found] >= leaders)]
        found.sort()
        return found[: 4 * phrasings].astype(np.int32)

    def overlap(self, query: Query) -> Floats:
        """For each phrasing the weight of the grams it shares with the question."""
        starts, ends = self.posting_starts[query.known], self.posting_starts[query.known + 1]
        lengths = ends - starts
        if lengths.sum() > MOST_POSTINGS:
            order = np.argsort(lengths, kind="stable")
            order = order[: max(4, int(np.searchsorted(np.cumsum(lengths[order]), MOST_POSTINGS)))]
            starts, ends, lengths, weight = starts[order], ends[order], lengths[order], query.weight[order]
        else:
            weight = query.weight
        hits = np.concatenate([self.postings[a:b] for a, b in zip(starts, ends, strict=True)])
        return np.bincount(hits, np.repeat(weight, lengths), minlength=len(self.texts)).astype(np.float32)


def _top(values: Floats, count: int) -> NDArray[np.int64]:
    if len(values) <= count:
        return np.argsort(-values, kind="stable")
    best = np.argpartition(-values, count)[:count]
    return best[np.argsort(-values[best], kind="stable")]

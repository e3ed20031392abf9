"""Every phrasing of a book as sparse rows of grams, and the few phrasings that come near a question.

Nothing here is per entry in Python: postings and rows are numpy arrays, a query is a handful of array operations.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from faq.grams import Kind, grams
from faq.lexicon import Lexicon
from faq.model import Settings

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

KINDS = len(Kind)
MOST_POSTINGS = 60_000
"""Postings looked at per question; beyond that the commonest grams only count when candidates are compared."""

EPSILON = 1e-6
"""A sum of weights not above it is of nothing."""

SMALL, MOST_CELLS = 2_000, 16_000_000
"""A book of so few phrasings (and grams times phrasings) is also kept as a table of zeros and ones, a byte each."""

ALL, COARSE, FINE, SQUARE, ASKS, TEXT, SOUND, MEANING = SUMS = range(8)
"""What is summed over grams: weights, those of some kinds, their squares, and the number of `ASKS`."""
LENGTH = ASKS + 1
"""Of a phrasing is kept, beside 1 / its sums `ALL` to `FINE`, 1 / the root of its `SQUARE`, and `ASKS`: its length."""


def _parts(every: Sequence[Kind], coarse: Sequence[Kind], fine: Sequence[Kind]) -> Floats:
    """For each kind of gram, which sums it goes into."""
    parts = np.zeros((KINDS, len(SUMS)), np.float32)
    written, sounds, meanings = _WRITTEN, [Kind.SOUND, Kind.SOUND_PAIR], [Kind.CONCEPT, Kind.ASKS]
    kinds = (every, coarse, fine, every, [Kind.ASKS], written, sounds, meanings)
    for column, chosen in zip(SUMS, kinds, strict=True):
        parts[list(chosen), column] = 1
    return parts


_WRITTEN = [Kind.HAN, Kind.HAN_PAIR, Kind.WORD, Kind.WORD_PAIR, Kind.TRIGRAM]
_IS_WRITTEN = frozenset(map(int, _WRITTEN))
TYPED = _parts(list(Kind), [Kind.HAN_PAIR, Kind.WORD, Kind.WORD_PAIR, Kind.CONCEPT], [Kind.HAN, Kind.TRIGRAM])
SPOKEN = _parts([Kind.SOUND, Kind.SOUND_PAIR, Kind.CONCEPT, Kind.ASKS], [Kind.SOUND_PAIR], [Kind.SOUND])
"""A question typed as pinyin has sounds only: they play all parts."""
_TYPED_ROWS, _SPOKEN_ROWS = TYPED.tolist(), SPOKEN.tolist()
_PLAIN = (ALL, COARSE, FINE, SOUND)
_AS_SPOKEN = np.where(np.isin(np.arange(KINDS), [Kind.CONCEPT, Kind.ASKS]), np.float32(0.3), np.float32(1))
"""Meanings count less there, as sounds weigh less than characters."""


def _gains(weight: Floats, kinds: NDArray[np.int8], parts: Floats) -> Floats:
    """What each gram adds to each sum."""
    out = parts[kinds] * weight[:, None]
    out[:, SQUARE] *= weight
    out[:, ASKS] = parts[kinds, ASKS]
    return out


class Query(NamedTuple):
    """A question as grams.

    `known`: the numbers of the grams the book has, `weight` theirs; `gains`: what each adds to each sum; `totals`: the
    sums over all grams; `strangest`: the highest weight of one the book does not have; `heard`: the weight of those it
    has, of `mass` in all; `spoken`: whether it was typed as pinyin; `rows`: its rows of the book's table.
    """

    text: str
    known: list[int]
    weight: Floats
    gains: Floats
    totals: list[float]
    strangest: float
    heard: float
    mass: float
    spoken: bool
    rows: NDArray[np.int8] | None

    @property
    def size(self) -> int:
        """Letters."""
        return len(self.text)


@dataclass(frozen=True)
class Index:
    """The phrasings of a book; `owners[i]` is the number of the entry that phrasing `i` belongs to, ascending.

    `gains`: what a gram adds to each sum; `own`: of a phrasing, for typed and for spoken questions, see `LENGTH`;
    `bare`: for each of the two, whether any phrasing has no coarse or no fine grams.
    """

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
    all: Ints
    gains: Floats
    scale: Floats
    own: Floats
    bare: Sequence[bool]
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
        posted = csr_array((np.ones(len(rows), np.int8), row_array, row_starts), (len(texts), len(kinds))).tocsc()
        gains = _gains(weight, kind, TYPED)
        lengths = np.log1p(np.fromiter(map(len, texts), np.float32, len(texts)))
        sides = gains, _gains(weight * _AS_SPOKEN[kind], kind, SPOKEN)
        own = np.stack([_own(side, row_array, row_starts, lengths) for side in sides])
        return cls(
            texts=texts,
            owners=owner_array,
            owner_starts=np.append(np.flatnonzero(np.diff(owner_array, prepend=-1)), len(texts)),
            vocabulary=vocabulary,
            weight=weight,
            kind=kind,
            rows=row_array,
            row_starts=row_starts,
            postings=posted.indices.astype(np.int32, copy=False),
            posting_starts=posted.indptr.astype(np.int64),
            all=np.arange(len(texts), dtype=np.int32),
            gains=gains,
            scale=np.sqrt(own[0, :, ALL]),
            own=own,
            bare=[not side[:, COARSE : FINE + 1].all() for side in own],
            lexicon=lexicon,
            settings=settings,
        )

    def ask(self, text: str) -> Query:
        """The grams of a settled question, weighed."""
        found = grams(text, self.lexicon, self.vocabulary.__contains__)
        numbers = list(map(self.vocabulary.get, found))
        known = [number for number in numbers if number is not None]
        spoken = bool(known) and _IS_WRITTEN.isdisjoint(found.values())
        gains = self.gains.take(known, 0)
        if spoken:
            kinds = self.kind.take(known)
            gains = _gains(gains[:, ALL] * _AS_SPOKEN[kinds], kinds, SPOKEN)
        totals = gains.sum(0).tolist()
        heard, strangest = totals[ALL], 0.0
        if len(known) < len(found):
            strange = [gram for gram, number in zip(found.items(), numbers, strict=True) if number is None]
            strangest = self._add(strange, totals, _SPOKEN_ROWS if spoken else _TYPED_ROWS)
        weight = gains[:, ALL].copy()
        rows = self.table.take(known, 0) if self.table is not None else None
        return Query(text, known, weight, gains, totals, strangest, heard, max(totals[ALL], 1e-6), spoken, rows)

    def _add(self, strange: Sequence[tuple[str, int]], totals: list[float], rows: Sequence[Sequence[float]]) -> float:
        """Add grams that the book does not have to the sums; the highest weight of one."""
        lost, strangest, square, weigh = [0.0] * KINDS, 0.0, 0.0, self._unknown
        for gram, kind in strange:
            weight = weigh(gram, kind)
            lost[kind] += weight
            square += weight * weight
            strangest = max(strangest, weight)
        totals[SQUARE] += square
        for row, weight in zip(rows, lost, strict=True):
            if weight:
                for column in _PLAIN:
                    totals[column] += weight * row[column]
        return strangest

    @cached_property
    def _unknown(self) -> Callable[[str, int], float]:
        return self.settings.unknown(len(self.owner_starts) - 1)

    def near(self, query: Query, entries: int, phrasings: int) -> Ints:
        """The phrasings worth comparing: those of the `entries` best entries, at most `phrasings`, ascending."""
        if not query.known:
            return self.all[:0]
        scores = self.overlap(query) * self.scale
        best = np.maximum.reduceat(scores, self.owner_starts[:-1])
        order = _top(best, entries)
        order.sort()
        starts, ends = self.owner_starts.take(order), self.owner_starts.take(order + 1)
        found = np.concatenate([self.all[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        if len(found) > phrasings:
            reached, tops = scores.take(found), best.take(order)
            floor = max(float(np.partition(reached, -phrasings)[-phrasings]), 1e-6)
            kept = reached >= floor
            if tops.min() < floor:
                kept |= reached >= np.repeat(tops, ends - starts)
            found = found[kept]
        return found

    @cached_property
    def table(self) -> NDArray[np.int8] | None:
        """Whether a gram (row) stands in a phrasing (column); None where the book is too large for a table."""
        shape = len(self.kind), len(self.texts)
        if shape[1] > SMALL or shape[0] * shape[1] > MOST_CELLS:
            return None
        out = np.zeros(shape, np.int8)
        out[self.rows, np.repeat(np.arange(shape[1]), np.diff(self.row_starts))] = 1
        return out

    def overlap(self, query: Query) -> Floats:
        """For each phrasing the weight of the grams it shares with the question."""
        if query.rows is not None:
            by_table: Floats = query.weight @ query.rows.astype(np.float32)
            return by_table
        known = np.array(query.known)
        starts, ends = self.posting_starts[known], self.posting_starts[known + 1]
        lengths = ends - starts
        if lengths.sum() > MOST_POSTINGS:
            order = np.argsort(lengths, kind="stable")
            order = order[: max(4, int(np.searchsorted(np.cumsum(lengths[order]), MOST_POSTINGS)))]
            starts, ends, lengths, weight = starts[order], ends[order], lengths[order], query.weight[order]
        else:
            weight = query.weight
        hits = np.concatenate([self.postings[a:b] for a, b in zip(starts, ends, strict=True)])
        return np.bincount(hits, np.repeat(weight, lengths), minlength=len(self.texts)).astype(np.float32)


def _own(gains: Floats, rows: Ints, row_starts: NDArray[np.int64], lengths: Floats) -> Floats:
    """What is kept of each phrasing, see `LENGTH`; 0 for a sum of nothing."""
    out = np.zeros((len(row_starts) - 1, LENGTH + 1), np.float32)
    for column in range(LENGTH):
        out[:, column] = np.add.reduceat(gains[:, column][rows], row_starts[:-1])
    np.sqrt(out[:, SQUARE], out=out[:, SQUARE])
    sums = out[:, :ASKS]
    np.divide(1, sums, out=sums, where=sums > EPSILON)
    out[:, LENGTH] = lengths
    return out


def _top(values: Floats, count: int) -> NDArray[np.intp]:
    """Where the highest values are that are above 0, at most `count`."""
    found = values.argpartition(-count)[-count:] if len(values) > count else np.arange(len(values))
    reached = values.take(found)
    return found if reached.min() > 0 else found[reached > 0]

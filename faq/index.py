"""Every phrasing of a book as sparse rows of grams, and the few phrasings that come near a question.

Nothing here is per entry in Python: postings and rows are numpy arrays, a query is a handful of array operations.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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

SMALL, MOST_CELLS = 2_000, 16_000_000
"""A book of so few phrasings (and grams times phrasings) is also kept as a table of zeros and ones, a byte each."""

ALL, SQUARE, COARSE, FINE, SOUND, ASKS = range(6)
"""What is summed over grams: weights, their squares, and the weights of some kinds (the number of `ASKS`)."""


def _parts(every: Sequence[Kind], coarse: Sequence[Kind], fine: Sequence[Kind]) -> Floats:
    """For each kind of gram, which sums it goes into."""
    parts = np.zeros((KINDS, 6), np.float32)
    for column, kinds in ((ALL, every), (SQUARE, every), (COARSE, coarse), (FINE, fine), (ASKS, [Kind.ASKS])):
        parts[list(kinds), column] = 1
    parts[[Kind.SOUND, Kind.SOUND_PAIR], SOUND] = 1
    return parts


_WRITTEN = [Kind.HAN, Kind.HAN_PAIR, Kind.WORD, Kind.WORD_PAIR, Kind.TRIGRAM]
_IS_WRITTEN = np.isin(np.arange(KINDS), _WRITTEN)
TYPED = _parts(list(Kind), [Kind.HAN_PAIR, Kind.WORD, Kind.WORD_PAIR, Kind.CONCEPT], [Kind.HAN, Kind.TRIGRAM])
SPOKEN = _parts([Kind.SOUND, Kind.SOUND_PAIR, Kind.CONCEPT, Kind.ASKS], [Kind.SOUND_PAIR], [Kind.SOUND])
"""A question typed as pinyin has sounds only: they play all parts."""
_AS_SPOKEN = np.where(np.isin(np.arange(KINDS), [Kind.CONCEPT, Kind.ASKS]), np.float32(0.3), np.float32(1))
"""Meanings count less there, as sounds weigh less than characters."""


def _sums(weight: Floats, kinds: NDArray[np.int8], parts: Floats) -> Floats:
    """What each gram adds to each sum."""
    out = parts[kinds] * weight[:, None]
    out[:, SQUARE] *= weight
    out[:, ASKS] = parts[kinds, ASKS]
    return out


@dataclass(frozen=True)
class Query:
    """A question as grams: those the book knows, and by kind the sums of weights of those it does not."""

    text: str
    known: Ints
    weight: Floats
    kinds: NDArray[np.int8]
    strange: Floats
    strange_square: float
    strangest: float
    mass: float
    spoken: bool

    @property
    def size(self) -> int:
        """Letters."""
        return len(self.text)

    def sums(self, parts: Floats) -> Floats:
        """What each known gram adds to each sum."""
        return _sums(self.weight, self.kinds, parts)

    def totals(self, sums: Floats, parts: Floats) -> Floats:
        """The sums over all grams, known (`sums`) or not."""
        out: Floats = sums.sum(0)
        missing = self.strange @ parts
        missing[SQUARE], missing[ASKS] = self.strange_square, 0
        return out + missing


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
    scale: Floats
    totals: Floats
    lengths: Floats
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
        heard = weight * _AS_SPOKEN[kind]
        sides = ((weight, TYPED), (heard, SPOKEN))
        totals = np.stack([_totals(by, kind, row_array, row_starts, parts) for by, parts in sides])
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
            scale=(1 / np.sqrt(totals[0, :, ALL])).astype(np.float32),
            totals=totals,
            lengths=np.log1p(np.fromiter(map(len, texts), np.float32, len(texts))),
            lexicon=lexicon,
            settings=settings,
        )

    def ask(self, text: str) -> Query:
        """The grams of a settled question, weighed."""
        get, unknown, entries = self.vocabulary.get, self.settings.weight_of_unknown, len(self.owner_starts) - 1
        known: list[int] = []
        strange = [0.0] * KINDS
        strangest = square = 0.0
        for gram, kind in grams(text, self.lexicon, self.vocabulary.__contains__).items():
            number = get(gram)
            if number is not None:
                known.append(number)
                continue
            missing = unknown(gram, kind, entries)
            strange[kind] += missing
            strangest = max(strangest, missing)
            square += missing * missing
        numbers = np.array(known, np.int32)
        weight, kinds = self.weight[numbers], self.kind[numbers]
        spoken = bool(known) and not _IS_WRITTEN[kinds].any() and not any(strange[kind] for kind in _WRITTEN)
        if spoken:
            weight = weight * _AS_SPOKEN[kinds]
        mass = max(float(weight.sum()) + sum(strange), 1e-6)
        lost = np.array(strange, np.float32)
        return Query(text, numbers, weight, kinds, lost, square, strangest, mass, spoken)

    def near(self, query: Query, entries: int, phrasings: int) -> Ints:
        """The phrasings worth comparing: those of the `entries` best entries, at most `phrasings`, ascending."""
        if not len(query.known):
            return np.zeros(0, np.int32)
        scores = self.overlap(query) * self.scale
        best = np.maximum.reduceat(scores, self.owner_starts[:-1])
        order = _top(best, entries)
        order.sort()
        starts, ends = self.owner_starts[order], self.owner_starts[order + 1]
        found = np.concatenate([np.arange(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        if len(found) > phrasings:
            reached = scores[found]
            floor = max(float(np.partition(reached, -phrasings)[-phrasings]), 1e-6)
            found = found[(reached >= floor) | (reached >= np.repeat(best[order], ends - starts))]
        return found.astype(np.int32)

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
        if self.table is not None:
            by_table: Floats = query.weight @ self.table.take(query.known, 0).astype(np.float32)
            return by_table
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


def _totals(weight: Floats, kind: NDArray[np.int8], rows: Ints, row_starts: NDArray[np.int64], parts: Floats) -> Floats:
    """The sums over each phrasing's grams, at least a trifle."""
    gains = _sums(weight, kind, parts)
    out = np.empty((len(row_starts) - 1, gains.shape[1]), np.float32)
    for column in range(gains.shape[1]):
        out[:, column] = np.add.reduceat(gains[:, column][rows], row_starts[:-1])
    out[:, [ALL, SQUARE]] = np.maximum(out[:, [ALL, SQUARE]], 1e-6)
    return out


def _top(values: Floats, count: int) -> NDArray[np.intp]:
    """Where the highest values are that are above 0, at most `count`."""
    found = np.argpartition(values, -count)[-count:] if len(values) > count else np.arange(len(values))
    return found[values[found] > 0]

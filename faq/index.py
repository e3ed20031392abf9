"""Every phrasing of a book as sparse rows of grams, and the few phrasings that come near a question.

Nothing here is per entry in Python: postings and rows are numpy arrays, a query is a handful of array operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.counting import Bundles, Counted
from faq.grams import grams
from faq.lexicon import Lexicon
from faq.model import Settings
from faq.sense import Encoder, unit
from faq.sums import ALL, AS_SPOKEN, SPOKEN, TYPED, WRITTEN, Bytes, Floats, Ints, Kinds, Longs, add, gains, own

MOST_POSTINGS = 400_000
"""Postings looked at per question; beyond that the commonest grams only count when candidates are compared."""

SMALL, MOST_CELLS = 2_000, 16_000_000
"""A book of so few phrasings (and bundles times phrasings) is also kept as a table of zeros and ones, a bit each."""

MOST_SENSES = 20_000
"""In a larger book, entries that share no gram with a question are not looked for by sense."""
BY_SENSE = np.float32(0.5)
FAR = BY_SENSE * np.float32(0.2)
"""How much likeness in sense counts beside shared grams in the choice of candidates, and from where on."""


class Query(NamedTuple):
    """A question as grams, those of one bundle taken together.

    `known`: the bundles the book has; for each `weight`, the `peak` weight of a gram in it, and `gains`: what it adds
    to each sum; `totals`: the sums over all grams; `strangest`: the highest weight of one the book does not have;
    `mass`: the weight of all; `spoken`: whether it was typed as pinyin; `rows`: its rows of the book's table;
    `sense`: its vector, None where nothing is known of its words.
    """

    text: str
    known: Ints
    weight: Floats
    peak: Floats
    gains: Floats
    totals: list[float]
    strangest: float
    mass: float
    spoken: bool
    rows: Bytes | None
    sense: Floats | None

    @property
    def size(self) -> int:
        """Letters."""
        return len(self.text)


@dataclass(frozen=True)
class Index:
    """The phrasings of a book; `owners[i]` is the number of the entry that phrasing `i` belongs to, ascending.

    `gains`: what a gram adds to each sum; `own`: of a phrasing, for typed and for spoken questions, see `sums.LENGTH`;
    `senses`: the phrasings' vectors; `middles`: of each entry, the middle of its phrasings' with Han characters, and
    of the others'; `places`: where the encoder keeps each gram's.
    """

    texts: Sequence[str]
    owners: Ints
    owner_starts: Longs
    vocabulary: Mapping[str, int]
    kind: Kinds
    gains: Floats
    bundles: Bundles
    all: Ints
    scale: Floats
    own: Floats
    senses: Floats
    middles: Floats
    places: Ints
    lexicon: Lexicon
    settings: Settings
    encoder: Encoder

    @classmethod
    def build(
        cls, phrasings: Iterable[tuple[int, str]], lexicon: Lexicon, settings: Settings, encoder: Encoder
    ) -> Index:
        """Index settled phrasings, given as (entry number, text) with entry numbers ascending from 0."""
        counted = Counted.of(phrasings, lexicon)
        entries = int(counted.owners[-1]) + 1 if len(counted.owners) else 0
        weight = settings.weigh(counted.grams, counted.kinds, counted.spread.astype(np.float64), entries)
        lengths = np.log1p(np.fromiter(map(len, counted.texts), np.float32, len(counted.texts)))
        typed, kinds = gains(weight, counted.kinds, TYPED), counted.kinds
        sides = typed, gains(weight * AS_SPOKEN[kinds], kinds, SPOKEN)
        kept = np.stack([own(side, counted.rows, counted.row_starts, lengths) for side in sides])
        bundles = Bundles.make(counted)
        starts = np.append(np.flatnonzero(np.diff(counted.owners, prepend=-1)), len(counted.texts))
        senses = encoder.of_book(counted)
        middles = np.zeros((2, entries, senses.shape[1]), np.float32)
        if entries:
            middles[:, counted.owners.take(starts[:-1])] = _middles(senses, starts[:-1], counted.texts)
        return cls(
            texts=counted.texts,
            owners=counted.owners,
            owner_starts=starts,
            vocabulary={counted.grams[old]: new for new, old in enumerate(bundles.order.tolist())},
            kind=kinds[bundles.order],
            gains=typed[bundles.order],
            bundles=bundles,
            all=np.arange(len(counted.texts), dtype=np.int32),
            scale=np.sqrt(kept[0, :, ALL]),
            own=kept,
            senses=senses,
            middles=middles,
            places=encoder.places(counted.grams)[bundles.order],
            lexicon=lexicon,
            settings=settings,
            encoder=encoder,
        )

    def ask(self, text: str) -> Query:
        """The grams of a settled question, weighed."""
        found = grams(text, self.lexicon, self.vocabulary.__contains__)
        numbers = list(map(self.vocabulary.get, found))
        grams_known = sorted([number for number in numbers if number is not None])
        spoken = bool(grams_known) and text.isascii() and WRITTEN.isdisjoint(found.values())
        gained = self.gains.take(grams_known, 0)
        if spoken:
            kinds = self.kind.take(grams_known)
            gained = gains(gained[:, ALL] * AS_SPOKEN[kinds], kinds, SPOKEN)
        totals = gained.sum(0).tolist()
        strange: list[str] = []
        strangest = 0.0
        if len(grams_known) < len(found):
            strange = [gram for gram, number in zip(found, numbers, strict=True) if number is None]
            weigh = self._unknown
            lost = [(found[gram], weigh(gram, found[gram])) for gram in strange]
            strangest = add(totals, lost, spoken=spoken)
        known, gained, peak = self._bundled(grams_known, gained)
        rows = None
        if self.table is not None:
            rows = np.unpackbits(self.table.take(known, 0), axis=1, count=len(self.texts))
        mass = max(totals[ALL], 1e-6)
        weight = gained[:, ALL]
        sense = None if spoken else self.encoder.of(text, strange, self.places.take(grams_known))
        return Query(text, known, weight, peak, gained, totals, strangest, mass, spoken, rows, sense)

    def _bundled(self, numbers: list[int], gained: Floats) -> tuple[Ints, Floats, Floats]:
        """The bundles of grams given in ascending order, what each adds to the sums, and its highest weight."""
        of = self.bundles.of.take(numbers)
        if len(of) < 2:
            return of, gained, gained[:, ALL]
        starts = _edges(of)
        return of.take(starts), np.add.reduceat(gained, starts), np.maximum.reduceat(gained[:, ALL], starts)

    @cached_property
    def bounds(self) -> list[int]:
        """Where the phrasings of each entry begin, and where they end."""
        bounds: list[int] = self.owner_starts.tolist()
        return bounds

    @cached_property
    def _unknown(self) -> Callable[[str, int], float]:
        return self.settings.unknown(len(self.owner_starts) - 1)

    def near(self, query: Query, entries: int, phrasings: int) -> Ints:
        """The phrasings worth comparing: those of the `entries` best entries, at most `phrasings`, ascending."""
        sense = query.sense if len(self.texts) <= MOST_SENSES else None
        if not len(query.known) and sense is None:
            return self.all[:0]
        scores = self.overlap(query) * self.scale
        if sense is not None:
            near = self.senses.dot(BY_SENSE * sense)
            near -= FAR
            scores += np.maximum(near, 0, out=near)
        order, tops = self._best(scores, entries)
        pieces = [self.all[self.bounds[entry] : self.bounds[entry + 1]] for entry in order]
        found = np.concatenate(pieces) if pieces else self.all[:0]
        if len(found) > phrasings:
            reached = scores.take(found)
            floor = max(sorted(reached.tolist())[-phrasings], 1e-6)
            kept = reached >= floor
            if min(tops) < floor:
                kept |= reached >= np.repeat(np.array(tops, np.float32), list(map(len, pieces)))
            found = found[kept]
        return found

    def _best(self, scores: Floats, count: int) -> tuple[list[int], list[float]]:
        """The entries with the highest scores above 0, at most `count`, ascending, and these scores.

        In a large book first among the phrasings that reach half the highest score, if these are of enough entries.
        """
        places, firsts = None, self.owner_starts[:-1]
        if len(scores) > SMALL:
            high = (scores > scores.max() / 2).nonzero()[0]
            owners = firsts.searchsorted(high, "right") - 1
            edges = _edges(owners)
            if len(edges) >= count:
                places, scores, firsts = owners.take(edges), scores.take(high), edges
        best = np.maximum.reduceat(scores, firsts)
        order = best.argpartition(-count)[-count:] if len(best) > count else np.arange(len(best))
        reached = best.take(order)
        names = order if places is None else places.take(order)
        tops: list[float] = reached.tolist()
        found = sorted([pair for pair in zip(names.tolist(), tops, strict=True) if pair[1] > 0])
        return [name for name, _ in found], [top for _, top in found]

    @cached_property
    def table(self) -> Bytes | None:
        """Whether a bundle (row) stands in a phrasing (column, eight to a byte); None where the book is too large."""
        bundles, phrasings = self.bundles, len(self.texts)
        shape = len(bundles.posting_starts) - 1, phrasings
        if phrasings > SMALL or shape[0] * phrasings > MOST_CELLS:
            return None
        out = np.zeros(shape, bool)
        out[bundles.rows, np.repeat(np.arange(phrasings), np.diff(bundles.row_starts))] = True
        return np.packbits(out, axis=1)

    def overlap(self, query: Query) -> Floats:
        """For each phrasing the weight of the grams it shares with the question."""
        if not len(query.known):
            return np.zeros(len(self.texts), np.float32)
        if query.rows is not None:
            by_table: Floats = query.weight @ query.rows.astype(np.float32)
            return by_table
        starts, ends = self.bundles.posting_starts.take(query.known), self.bundles.posting_starts.take(query.known + 1)
        lengths, weight = ends - starts, query.weight
        if lengths.sum() > MOST_POSTINGS:
            order = np.argsort(lengths, kind="stable")
            order = order[: max(4, int(np.searchsorted(np.cumsum(lengths[order]), MOST_POSTINGS)))]
            starts, ends, lengths, weight = starts[order], ends[order], lengths[order], weight[order]
        postings = self.bundles.postings
        hits = np.concatenate([postings[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        return np.bincount(hits, np.repeat(weight, lengths), minlength=len(self.texts)).astype(np.float32)


def _middles(senses: Floats, starts: Longs, texts: Sequence[str]) -> Floats:
    """See `Index.middles`; of all where there are none of one sort: a question in another language finds it too."""
    plain = np.fromiter(map(str.isascii, texts), bool, len(texts))
    every = np.add.reduceat(senses, starts)
    out = np.empty((2, *every.shape), np.float32)
    for side, mine in enumerate((~plain, plain)):
        sums = np.add.reduceat(senses * mine[:, None], starts)
        out[side] = unit(np.where(np.logical_or.reduceat(mine, starts)[:, None], sums, every))
    return out


def _edges(values: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """Where runs of the same value begin."""
    new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new.nonzero()[0]

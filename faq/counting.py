"""The grams of a book's phrasings, counted; those that stand in exactly the same phrasings are looked up as one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.grams import grams
from faq.lexicon import Lexicon
from faq.sums import Ints, Kinds, Longs


@dataclass(frozen=True)
class Counted:
    """Phrasings as rows of gram numbers.

    `owners`: the entry of each phrasing; `grams` with their `kinds`, and `spread`: in how many entries each occurs.
    """

    texts: Sequence[str]
    owners: Ints
    grams: Sequence[str]
    kinds: Kinds
    spread: Ints
    rows: Ints
    row_starts: Longs

    @classmethod
    def of(cls, phrasings: Iterable[tuple[int, str]], lexicon: Lexicon) -> Counted:
        """Count settled phrasings, given as (entry number, text) with entry numbers ascending from 0."""
        texts: list[str] = []
        owners, rows, starts = array("i"), array("i"), array("q", [0])
        numbers: dict[str, int] = {}
        kinds, spread, last = array("b"), array("i"), array("i")
        for owner, text in phrasings:
            for gram, kind in grams(text, lexicon).items():
                number = numbers.setdefault(gram, len(numbers))
                if number == len(kinds):
                    kinds.append(kind)
                    spread.append(0)
                    last.append(-1)
                if last[number] != owner:
                    spread[number] += 1
                    last[number] = owner
                rows.append(number)
            texts.append(text)
            owners.append(owner)
            starts.append(len(rows))
        return cls(
            texts=texts,
            owners=np.array(owners, np.int32),
            grams=list(numbers),
            kinds=np.array(kinds, np.int8),
            spread=np.array(spread, np.int32),
            rows=np.array(rows, np.int32),
            row_starts=np.array(starts, np.int64),
        )


@dataclass(frozen=True)
class Bundles:
    """Grams that stand in exactly the same phrasings, as a character and its sound often do, bundled.

    `order`: the grams, bundle by bundle; `of`: the bundle of each gram in that order. `rows`: the bundles of each
    phrasing; `postings`: the phrasings of each bundle, ascending.
    """

    order: NDArray[np.intp]
    of: Ints
    rows: Ints
    row_starts: Longs
    postings: Ints
    posting_starts: Longs

    @classmethod
    def make(cls, counted: Counted) -> Bundles:
        """Bundle the grams."""
        rows, starts, size = counted.rows, counted.row_starts, len(counted.grams)
        by_gram = np.argsort(rows, kind="stable")
        posted = np.repeat(np.arange(len(counted.texts), dtype=np.int32), np.diff(starts))[by_gram]
        counts = np.bincount(rows, minlength=size)
        bounds = np.append(0, np.cumsum(counts)).tolist()
        first: dict[bytes, int] = {}
        same = np.empty(size, np.int32)
        for gram in range(size):
            same[gram] = first.setdefault(posted[bounds[gram] : bounds[gram + 1]].tobytes(), len(first))
        heads = np.zeros(size, bool)
        heads[np.unique(same, return_index=True)[1]] = True
        kept = heads[rows]
        lengths = np.add.reduceat(kept, starts[:-1], dtype=np.int64) if len(starts) > 1 else starts[:0]
        order = np.argsort(same, kind="stable")
        return cls(
            order=order,
            of=same[order],
            rows=same[rows[kept]],
            row_starts=np.append(0, np.cumsum(lengths)),
            postings=posted[kept[by_gram]],
            posting_starts=np.append(0, np.cumsum(counts[heads])),
        )

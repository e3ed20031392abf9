"""What a text means, as a vector: the sum of learned vectors of its grams, brought to length one.

The table (`faq/data/sense.npz`) is made offline from a sentence encoder by `benchmarks/faq_sense.py`; here numpy
is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from faq.counting import Counted
from faq.pinyin import DATA
from faq.sums import Floats, Ints

BATCH = 2000
"""Phrasings summed at a time, which bounds the memory that takes."""


class Encoder(Protocol):
    """Turns texts into vectors of length one; one of which nothing is known has none (in a book: zeros)."""

    @property
    def learned(self) -> str:
        """The data file with the weights that were learned with this encoder."""

    def of(self, text: str, grams: Iterable[str], places: Ints) -> Floats | None:
        """The vector of a settled question: of these grams, and of a book's grams by their `places`."""

    def places(self, grams: Sequence[str]) -> Ints:
        """Where the table has each of these grams, so that a question need not look it up again."""

    def of_book(self, counted: Counted) -> Floats:
        """The vectors of a book's phrasings."""


@dataclass(frozen=True)
class Sense:
    """The table: `rows`, the number of each gram; `table`, its vector, and zeros in the end for a gram it has not."""

    rows: Mapping[str, int]
    table: Floats
    learned: str = "model.json"

    def of(self, text: str, grams: Iterable[str], places: Ints) -> Floats | None:
        """See `Encoder`; `text` is not looked at."""
        out: Floats = np.add.reduce(self.table.take(places, 0))
        if known := [row for row in map(self.rows.get, grams) if row is not None]:
            out += np.add.reduce(self.table.take(known, 0))
        square = float(out.dot(out))
        return out * np.float32(square**-0.5) if square > 0 else None

    def places(self, grams: Sequence[str]) -> Ints:
        """See `Encoder`."""
        return np.array([self.rows.get(gram, len(self.rows)) for gram in grams], np.int32)

    def of_book(self, counted: Counted) -> Floats:
        """See `Encoder`."""
        each = self.table.take(self.places(counted.grams), 0)
        out = np.zeros((len(counted.texts), self.table.shape[1]), np.float32)
        for at in range(0, len(out), BATCH):
            starts = counted.row_starts[at : at + BATCH + 1]
            rows = counted.rows[starts[0] : starts[-1]]
            out[at : at + BATCH] = np.add.reduceat(each.take(rows, 0), starts[:-1] - starts[0])
        return unit(out)


def unit(rows: Floats) -> Floats:
    """Rows brought to length one; zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    out: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return out


@lru_cache(maxsize=1)
def sense() -> Sense:
    """The shipped table."""
    with np.load(DATA / "sense.npz", allow_pickle=False) as data:
        grams = bytes(data["grams"]).decode().split("\n")
        known = data["table"] * data["scale"][:, None]
    table = np.vstack([known, np.zeros_like(known[:1])])
    return Sense({gram: row for row, gram in enumerate(grams)}, table)

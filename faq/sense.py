"""What a text means, as a vector: the sum of learned vectors of its grams, brought to length one.

The table (`faq/data/sense.npz`) is made offline from a sentence encoder by `benchmarks/faq_sense.py`; here numpy
is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faq.counting import Counted
from faq.pinyin import DATA
from faq.sums import Floats, Ints

MOST_SEEN = 10_000
"""Grams of questions whose places are remembered, at most."""
BATCH = 2000
"""Phrasings summed at a time, which bounds the memory that takes."""


class Encoder(Protocol):
    """Turns texts into vectors of length one; one of which nothing is known has none (in a book: zeros)."""

    @property
    def learned(self) -> str:
        """The file with the weights that were learned with this encoder: its name in `faq/data`, or its whole path."""

    def of(self, text: str, grams: Iterable[str], places: Ints) -> Floats | None:
        """The vector of a settled question: of these grams, and of a book's grams by their `places`."""

    def places(self, grams: Sequence[str]) -> Ints:
        """Where the table has each of these grams, so that a question need not look it up again."""

    def of_book(self, counted: Counted) -> Floats:
        """The vectors of a book's phrasings."""


@dataclass(frozen=True)
class Sense:
    """The table: `names`, its grams in UTF-8, ascending; `table`, a vector each in whole numbers, and zeros in the end
    for a gram it has not; `scale`, what each vector is to be multiplied by.

    Bytes side by side: as strings and floating point numbers the same would take six times the memory.
    """

    names: NDArray[np.bytes_]
    table: NDArray[np.int8]
    scale: Floats
    learned: str = "model.json"
    seen: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_table(cls, names: Sequence[bytes], table: NDArray[np.int8], scale: Floats) -> Sense:
        """Of grams in ascending order, their vectors, and what to multiply these by."""
        rows = np.vstack([table, np.zeros_like(table[:1])])
        return cls(np.array(names, np.bytes_), rows, np.append(scale, np.float32(0)))

    @classmethod
    def read(cls, path: Path) -> Sense:
        """A table as `benchmarks/faq_table.py` writes it."""
        with np.load(path, allow_pickle=False) as data:
            return cls.of_table(bytes(data["grams"]).split(b"\n"), data["table"], data["scale"])

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return int(self.table.shape[1])

    def of(self, text: str, grams: Iterable[str], places: Ints) -> Floats | None:
        """See `Encoder`; `text` is not looked at."""
        if strange := [self._place(gram) for gram in grams]:
            places = np.concatenate((places, np.array(strange, np.int32)))
        out: Floats = self.scale.take(places) @ self.table.take(places, 0).astype(np.float32)
        square = float(out.dot(out))
        return out * np.float32(square**-0.5) if square > 0 else None

    def places(self, grams: Sequence[str]) -> Ints:
        """See `Encoder`."""
        asked = np.array([gram.encode() for gram in grams], np.bytes_)
        found = self.names.searchsorted(asked)
        same = self.names.take(found, mode="clip") == asked
        return np.where(same, found, len(self.names)).astype(np.int32)

    def _place(self, gram: str) -> int:
        """Of one gram, remembered: people use the same ones again and again."""
        found = self.seen.get(gram)
        if found is None:
            if len(self.seen) >= MOST_SEEN:
                self.seen.clear()
            found = self.seen[gram] = int(self.places([gram])[0])
        return found

    def of_book(self, counted: Counted) -> Floats:
        """See `Encoder`."""
        places = self.places(counted.grams)
        each = self.table.take(places, 0) * self.scale.take(places)[:, None]
        out = np.zeros((len(counted.texts), self.width), np.float32)
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
    return Sense.read(DATA / "sense.npz")

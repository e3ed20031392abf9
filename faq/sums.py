"""What is summed over the grams that a question and a phrasing share: weights, all and of some kinds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faq.grams import Kind

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Kinds = NDArray[np.int8]
Longs = NDArray[np.int64]

KINDS = len(Kind)
EPSILON = 1e-6
"""A sum of weights not above it is of nothing."""

ALL, FINE, SQUARE, TEXT, SOUND, MEANING = SUMS = range(6)
"""Weights of all grams and of some kinds, and the squares of all."""
LENGTH = 3
"""Of a phrasing is kept 1 / its sums `ALL` and `FINE`, 1 / the root of its `SQUARE`, and its length."""

WRITTEN = frozenset({Kind.HAN, Kind.HAN_PAIR, Kind.WORD, Kind.WORD_PAIR, Kind.TRIGRAM})
"""The kinds that a question typed as pinyin has none of."""


def _parts(every: Sequence[Kind], fine: Sequence[Kind]) -> Floats:
    """For each kind of gram, which sums it goes into."""
    parts = np.zeros((KINDS, len(SUMS)), np.float32)
    sounds, meanings = [Kind.SOUND, Kind.SOUND_PAIR], [Kind.CONCEPT, Kind.ASKS]
    kinds = (every, fine, every, sorted(WRITTEN), sounds, meanings)
    for column, chosen in zip(SUMS, kinds, strict=True):
        parts[list(chosen), column] = 1
    return parts


TYPED = _parts(list(Kind), [Kind.HAN, Kind.TRIGRAM])
SPOKEN = _parts([Kind.SOUND, Kind.SOUND_PAIR, Kind.CONCEPT, Kind.ASKS], [Kind.SOUND])
"""A question typed as pinyin has sounds only: they play all parts."""
AS_SPOKEN = np.where(np.isin(np.arange(KINDS), [Kind.CONCEPT, Kind.ASKS]), np.float32(0.3), np.float32(1))
"""Meanings count less there, as sounds weigh less than characters."""
_ROWS = (TYPED.tolist(), SPOKEN.tolist())
_PLAIN = (ALL, FINE, SOUND)


def gains(weight: Floats, kinds: Kinds, parts: Floats) -> Floats:
    """What each gram adds to each sum."""
    out = parts[kinds] * weight[:, None]
    out[:, SQUARE] *= weight
    return out


def add(totals: list[float], strange: Sequence[tuple[int, float]], *, spoken: bool) -> float:
    """Add grams, each with kind and weight, that the book does not have to the sums; the highest weight of one."""
    lost, strangest, square = [0.0] * KINDS, 0.0, 0.0
    for kind, weight in strange:
        lost[kind] += weight
        square += weight * weight
        strangest = max(strangest, weight)
    totals[SQUARE] += square
    for row, weight in zip(_ROWS[spoken], lost, strict=True):
        if weight:
            for column in _PLAIN:
                totals[column] += weight * row[column]
    return strangest


def own(gained: Floats, rows: Ints, row_starts: Longs, lengths: Floats) -> Floats:
    """What is kept of each phrasing, see `LENGTH`; 0 for a sum of nothing."""
    out = np.zeros((len(row_starts) - 1, LENGTH + 1), np.float32)
    for column in range(LENGTH):
        out[:, column] = np.add.reduceat(gained[:, column][rows], row_starts[:-1])
    np.sqrt(out[:, SQUARE], out=out[:, SQUARE])
    sums = out[:, :LENGTH]
    np.divide(1, sums, out=sums, where=sums > EPSILON)
    out[:, LENGTH] = lengths
    return out

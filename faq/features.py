"""How near a question comes to a phrasing, as numbers that mean the same in every language and every size of book.

A: per phrasing. B: per entry, from its phrasings. C: for the best entry, whether it can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log1p

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from faq.index import ALL, ASKS, COARSE, FINE, SOUND, SPOKEN, SQUARE, TYPED, Floats, Index, Ints, Query
from faq.pinyin import raw_sounds

PHRASING = (
    "question_explained",
    "phrasing_explained",
    "cosine",
    "question_coarse",
    "phrasing_coarse",
    "question_fine",
    "phrasing_fine",
    "sound_gain",
    "left_in_question",
    "asks_shared",
    "asks_only_question",
    "asks_only_phrasing",
    "longer",
    "shorter",
)
ENTRY = (*PHRASING, "best", "second", "mean", "all_explained")
TRUST = (
    *ENTRY,
    "entry",
    "margin",
    "margin_third",
    "share",
    "known",
    "length",
    "rivals",
    "share_explained",
    "margin_explained",
    "cosine_squared",
    "all_explained_squared",
    "ratio",
    "partial",
)
_ALL_EXPLAINED, _COSINE = ENTRY.index("all_explained"), ENTRY.index("cosine")
_EPSILON = np.float32(1e-6)


@dataclass(frozen=True)
class Compared:
    """The candidate phrasings beside the question: `shared[i, j]` is 1 where phrasing i has the question's gram j."""

    phrasings: Ints
    owners: Ints
    shared: Floats
    features: Floats


def compare(index: Index, query: Query, candidates: Ints) -> Compared:
    """The features A of each candidate phrasing.

    1. Lay the candidates' grams in one row and mark those that the question has.
    2. Sum weights per candidate: all grams, their squares, coarse ones (pairs, words, concepts), fine ones, sounds.
    3. Set them against the whole of the question and the whole of the phrasing.
    """
    shared = _shared(index, query, candidates)
    parts, side = (SPOKEN, 1) if query.spoken else (TYPED, 0)
    sums = query.sums(parts)
    total = query.totals(sums, parts).tolist()
    common = (shared @ sums).T
    own = index.totals[side, candidates].T
    out = np.empty((len(PHRASING), len(candidates)), np.float32)
    out[0] = common[ALL] / total[ALL]
    out[1] = common[ALL] / own[ALL]
    out[2] = common[SQUARE] / np.sqrt(total[SQUARE] * own[SQUARE])
    for row, part in ((3, COARSE), (5, FINE)):
        whole = own[part]
        out[row] = common[part] / total[part] if total[part] > _EPSILON else out[0]
        out[row + 1] = common[part] / np.maximum(whole, _EPSILON)
        if whole.min() <= _EPSILON:
            out[row + 1] = np.where(whole > _EPSILON, out[row + 1], out[1])
    out[7] = np.maximum(common[SOUND] / total[SOUND] - out[5], 0) if total[SOUND] > _EPSILON else 0
    out[8] = np.maximum((query.weight - shared * query.weight).max(1), query.strangest)
    out[9] = common[ASKS] > 0
    out[10] = common[ASKS] < total[ASKS]
    out[11] = common[ASKS] < own[ASKS]
    longer = index.lengths[candidates] - np.float32(log1p(query.size))
    out[12] = np.maximum(longer, 0)
    out[13] = np.maximum(-longer, 0)
    return Compared(candidates, index.owners[candidates], shared, out.T)


def _shared(index: Index, query: Query, candidates: Ints) -> Floats:
    if index.table is not None:
        return index.table.take(query.known, 0).take(candidates, 1).T.astype(np.float32)
    starts = index.row_starts[candidates]
    lengths = index.row_starts[candidates + 1] - starts
    ends = np.cumsum(lengths)
    tokens = index.rows[np.arange(ends[-1]) + np.repeat(starts - ends + lengths, lengths)]
    place = np.zeros(len(index.kind), np.int32)
    place[query.known] = np.arange(1, len(query.known) + 1)
    found = place[tokens]
    hit = np.flatnonzero(found)
    shared = np.zeros((len(candidates), len(query.known)), np.float32)
    shared[np.repeat(np.arange(len(candidates)), lengths)[hit], found[hit] - 1] = 1
    return shared


def gather(index: Index, query: Query, compared: Compared, score: Floats) -> tuple[Ints, NDArray[np.intp], Floats]:
    """Per entry: its number, the row of its best phrasing by `score`, and its features B."""
    owners = compared.owners
    edges = np.empty(len(owners) + 1, bool)
    edges[0] = edges[-1] = True
    np.not_equal(owners[1:], owners[:-1], out=edges[1:-1])
    bounds = np.flatnonzero(edges)
    starts, lengths = bounds[:-1], bounds[1:] - bounds[:-1]
    order = np.lexsort((-score, owners))
    best = order[starts]
    runner_up = order[np.minimum(starts + 1, len(order) - 1)]
    out = np.empty((len(starts), len(ENTRY)), np.float32)
    width = len(PHRASING)
    out[:, :width] = compared.features[best]
    out[:, width] = score[best]
    out[:, width + 1] = np.where(lengths > 1, score[runner_up], score[best] - 2)
    out[:, width + 2] = np.add.reduceat(score, starts) / lengths
    out[:, width + 3] = np.maximum.reduceat(compared.shared, starts, axis=0) @ query.weight / query.mass
    return owners[starts], best, out


@lru_cache(maxsize=4096)
def _said(text: str) -> str:
    """How a phrasing would be typed as pinyin."""
    return "".join(raw_sounds(text)).replace(" ", "")


def trust(query: Query, text: str, best: Floats, scores: list[float]) -> Floats:
    """The features C of the best entry: its nearest phrasing `text`, its features B `best`, all `scores` descending.

    An entry that shares nothing with the question would score 0: two of those always stand among the rivals.
    """
    first = scores[0]
    rivals = sorted((max(score, 0.0) for score in [*scores[1:], 0.0, 0.0]), reverse=True)
    second, third = min(first - rivals[0], 6.0), min(first - rivals[1], 8.0)
    share = 1 / (1 + sum(exp(max(min(score - first, 30.0), -30.0)) for score in rivals))
    known = float(query.weight.sum()) / query.mass
    explained, cosine = float(best[_ALL_EXPLAINED]), float(best[_COSINE])
    close = sum(score > first - 1 for score in rivals)
    extra = [first, second, third, share, known, log1p(query.size), close]
    extra += [share * explained, second * explained, cosine**2, explained**2]
    asked = query.text
    if query.spoken:
        asked, text = "".join(asked.split()), _said(text)
    extra += [fuzz.ratio(asked, text) / 100, fuzz.partial_ratio(asked, text) / 100]
    return np.concatenate([best, np.array(extra, np.float32)])

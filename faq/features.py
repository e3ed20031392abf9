"""How near a question comes to a phrasing, as numbers that mean the same in every language and every size of book.

A: per phrasing. B: per entry, from its phrasings. C: for the best entry, whether it can be trusted.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log1p, sqrt
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz

from faq.index import Index, Query
from faq.pinyin import raw_sounds
from faq.sums import ALL, ASKS, COARSE, EPSILON, FINE, LENGTH, MEANING, SOUND, SQUARE, TEXT, Floats, Ints

PHRASING = (
    "question_explained",
    "question_coarse",
    "question_fine",
    "phrasing_explained",
    "phrasing_coarse",
    "phrasing_fine",
    "cosine",
    "sound_gain",
    "left_in_question",
    "asks_shared",
    "asks_only_question",
    "asks_only_phrasing",
    "longer",
    "shorter",
    "sense",
)
ENTRY = (*PHRASING, "best", "second", "mean", "sense_most", "all_explained")
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
    "sense_margin",
    "share_sense",
    "sense_squared",
)
_SENSE, _MOST = PHRASING.index("sense"), ENTRY.index("sense_most")
_ALL_EXPLAINED, _COSINE = ENTRY.index("all_explained"), ENTRY.index("cosine")


class Compared(NamedTuple):
    """The candidate phrasings beside the question.

    `shared[i, j]` is 1 where phrasing i has the question's bundle j; `explained`: how much of the question's weight
    each explains by its text, its sound and its meaning (concepts, kind of question).
    """

    phrasings: Ints
    owners: Ints
    shared: Floats
    features: Floats
    explained: Floats


def compare(index: Index, query: Query, candidates: Ints) -> Compared:
    """The features A of each candidate phrasing.

    1. Mark which grams of the question the candidates have. 2. Sum weights per candidate: all grams, coarse ones
    (pairs, words, concepts), fine ones, squares, sounds. 3. Set them against the whole of the question and the whole
    of the phrasing.
    """
    shared = _shared(index, query, candidates)
    common, total = (shared @ query.gains).T, query.totals
    own = index.own[int(query.spoken)].take(candidates, 0).T
    out = np.empty((len(PHRASING), len(candidates)), np.float32)
    whole = np.array([max(part, EPSILON) for part in total[:SQUARE]], np.float32)
    np.divide(common[:SQUARE], whole[:, None], out=out[:3])
    for part in (COARSE, FINE):
        if total[part] <= EPSILON:
            out[part] = out[ALL]
    np.multiply(common[:ASKS], own[:ASKS], out=out[3:7])
    out[6] /= sqrt(max(total[SQUARE], EPSILON))
    if index.bare[int(query.spoken)]:
        out[4:6] += out[3] * (own[COARSE:SQUARE] == 0)
    out[7] = np.maximum(common[SOUND] / total[SOUND] - out[2], 0) if total[SOUND] > EPSILON else 0
    out[8] = np.maximum((query.peak - shared * query.peak).max(1, initial=0), query.strangest)
    asked = common[ASKS]
    out[9] = asked > 0
    out[10] = asked < total[ASKS]
    out[11] = asked < own[ASKS]
    longer = own[LENGTH] - log1p(query.size)
    np.maximum(longer, 0, out=out[12])
    np.subtract(out[12], longer, out=out[13])
    out[14] = out[6] if query.sense is None else index.senses.take(candidates, 0).dot(query.sense)
    return Compared(candidates, index.owners.take(candidates), shared, out.T, common[TEXT : MEANING + 1] / query.mass)


def _shared(index: Index, query: Query, candidates: Ints) -> Floats:
    if query.rows is not None:
        return query.rows.take(candidates, 1).T.astype(np.float32, "C")
    bundles = index.bundles
    starts = bundles.row_starts.take(candidates)
    lengths = bundles.row_starts.take(candidates + 1) - starts
    ends = lengths.cumsum()
    tokens = bundles.rows.take(np.arange(ends[-1]) + np.repeat(starts - ends + lengths, lengths))
    place = np.zeros(len(bundles.posting_starts), np.int32)
    place[query.known] = np.arange(1, len(query.known) + 1)
    found = place.take(tokens)
    hit = found.nonzero()[0]
    shared = np.zeros((len(candidates), len(query.known)), np.float32)
    shared[np.repeat(np.arange(len(candidates)), lengths).take(hit), found.take(hit) - 1] = 1
    return shared


def gather(index: Index, query: Query, compared: Compared, score: Floats) -> tuple[list[int], list[int], Floats]:
    """Per entry: its number, the row of its best phrasing by `score`, and its features B."""
    owners: list[int] = compared.owners.tolist()
    marks: list[float] = score.tolist()
    senses: list[float] = compared.features[:, _SENSE].tolist()
    starts = [row for row, (own, before) in enumerate(zip(owners, [-1, *owners], strict=False)) if own != before]
    best, rows = [], []
    for start, end in zip(starts, [*starts[1:], len(owners)], strict=True):
        mine = sorted(marks[start:end])
        top = mine[-1]
        best.append(marks.index(top, start))
        second = mine[-2] if len(mine) > 1 else top - 2
        rows.append((top, second, sum(mine) / len(mine), max(senses[start:end])))
    width = len(PHRASING)
    out = np.empty((len(starts), len(ENTRY)), np.float32)
    out[:, :width] = compared.features.take(best, 0)
    out[:, width:-1] = rows
    theirs = (compared.owners == compared.owners.take(starts)[:, None]).astype(np.float32)
    out[:, -1] = np.minimum(theirs @ compared.shared, 1) @ query.weight / query.mass
    return [owners[row] for row in starts], best, out


@lru_cache(maxsize=4096)
def _said(text: str) -> str:
    """How a phrasing would be typed as pinyin."""
    return "".join(raw_sounds(text)).replace(" ", "")


def trust(query: Query, text: str, features: Floats, order: list[int], scores: list[float]) -> Floats:
    """The features C of the best entry: its nearest phrasing `text`; of all entries, the best first, the rows in
    `order` of their features B, and their `scores`.

    An entry that shares nothing with the question would score 0: two of those always stand among the rivals.
    """
    first = scores[0]
    ahead = [first - score if score > 0 else first for score in scores[1:]] + [first, first]
    ahead.sort()
    second, third = min(ahead[0], 6.0), min(ahead[1], 8.0)
    share = 1 / (1 + sum([exp(-max(min(lead, 30.0), -30.0)) for lead in ahead]))
    senses: list[float] = features[:, _MOST].take(order).tolist()
    sense, rival = senses[0], max([0.0, *senses[1:]])
    out: list[float] = features[order[0]].tolist()
    explained, cosine = out[_ALL_EXPLAINED], out[_COSINE]
    close = sum([lead < 1 for lead in ahead])
    out += (first, second, third, share, query.heard / query.mass, log1p(query.size), close)
    out += (share * explained, second * explained, cosine * cosine, explained * explained)
    asked = query.text
    if query.spoken:
        asked, text = "".join(asked.split()), _said(text)
    out += (fuzz.ratio(asked, text) / 100, fuzz.partial_ratio(asked, text) / 100)
    out += (sense - rival, share * sense, sense * sense)
    return np.array(out, np.float32)

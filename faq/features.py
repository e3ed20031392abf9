"""How near a question comes to a phrasing, as numbers that mean the same in every language and every size of book.

A: per phrasing. B: per entry, from its phrasings. C: for the best entry, whether it can be trusted.
"""

from __future__ import annotations

from math import exp, log1p, sqrt
from typing import NamedTuple

import numpy as np

from faq.index import Index, Query
from faq.sums import ALL, EPSILON, FINE, LENGTH, MEANING, SOUND, SQUARE, TEXT, Floats, Ints

PHRASING = ("question_fine", "cosine", "sound_gain", "left_in_question", "longer", "shorter", "sense")
ENTRY = (*PHRASING, "best", "second", "mean", "sense_most", "all_explained")
KEPT = ("cosine", "sound_gain", "longer", "shorter", "mean", "sense_most")
"""The features B that are also of C."""
TRUST = (
    *KEPT,
    "margin",
    "margin_third",
    "share",
    "length",
    "rivals",
    "margin_explained",
    "sense_margin",
    "share_sense",
    "sense_squared",
)
_SENSE, _MOST = PHRASING.index("sense"), ENTRY.index("sense_most")
_EXPLAINED, _KEPT = ENTRY.index("all_explained"), [ENTRY.index(name) for name in KEPT]


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

    1. Mark which grams of the question the candidates have. 2. Sum weights per candidate: all grams, fine ones,
    squares, sounds. 3. Set them against the whole of the question, and the phrasing's squares and length against its.
    """
    shared = _shared(index, query, candidates)
    common, total = (shared @ query.gains).T, query.totals
    own = index.own[int(query.spoken)].take(candidates, 0)
    out = np.empty((len(PHRASING), len(candidates)), np.float32)
    part = FINE if total[FINE] > EPSILON else ALL
    np.multiply(common[part], 1 / max(total[part], EPSILON), out=out[0])
    np.multiply(common[SQUARE], own[:, SQUARE], out=out[1])
    out[1] /= sqrt(max(total[SQUARE], EPSILON))
    out[2] = np.maximum(common[SOUND] / total[SOUND] - out[0], 0) if total[SOUND] > EPSILON else 0
    np.maximum.reduce(query.peak - shared * query.peak, 1, out=out[3], initial=query.strangest)
    longer = own[:, LENGTH] - log1p(query.size)
    np.maximum(longer, 0, out=out[4])
    np.subtract(out[4], longer, out=out[5])
    out[6] = out[1] if query.sense is None else index.senses.take(candidates, 0).dot(query.sense)
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


def gather(query: Query, compared: Compared, score: Floats) -> tuple[list[int], list[int], Floats]:
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
    out[:, -1] = np.maximum.reduceat(compared.shared, starts) @ query.weight
    out[:, -1] /= query.mass
    return [owners[row] for row in starts], best, out


def trust(query: Query, features: Floats, order: list[int], scores: list[float]) -> Floats:
    """The features C of the best entry; of all entries, the best first, the rows in `order` of their features B, and
    their `scores`.

    An entry that shares nothing with the question would score 0: two of those always stand among the rivals.
    """
    first = scores[0]
    ahead = [first - score if score > 0 else first for score in scores[1:]] + [first, first]
    ahead.sort()
    second, third = min(ahead[0], 6.0), min(ahead[1], 8.0)
    share = 1 / (1 + sum([exp(-max(min(lead, 30.0), -30.0)) for lead in ahead]))
    senses: list[float] = features[:, _MOST].take(order).tolist()
    sense, rival = senses[0], max([0.0, *senses[1:]])
    best: list[float] = features[order[0]].tolist()
    out = [best[place] for place in _KEPT]
    close = sum([lead < 1 for lead in ahead])
    out += (second, third, share, log1p(query.size), close, second * best[_EXPLAINED])
    out += (sense - rival, share * sense, sense * sense)
    return np.array(out, np.float32)

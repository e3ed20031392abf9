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
ENTRY = (*PHRASING, "second", "mean", "sense_middle", "all_explained")
KEPT = ("cosine", "longer", "shorter", "mean")
"""The features B that are also of C."""
TRUST = (*KEPT, "margin", "margin_third", "share", "length", "sense", "sense_margin")
USUAL = np.float32(0.25)
"""How much nearer a text usually is in meaning than by shared grams: stands in where its meaning is not known."""
_SECOND, _MIDDLE, _KEPT = len(PHRASING), ENTRY.index("sense_middle"), [ENTRY.index(name) for name in KEPT]


class Compared(NamedTuple):
    """The candidate phrasings beside the question.

    `shared[i, j]` is 1 where phrasing i has the question's bundle j; `explained`: how much of the question's weight
    each explains by its text, its sound and its meaning (concepts, kind of question). `middle`: how near in meaning the
    middle of its entry's phrasings in the question's script is.
    """

    phrasings: Ints
    owners: Ints
    shared: Floats
    features: Floats
    explained: Floats
    middle: Floats


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
    owners = index.owners.take(candidates)
    if query.sense is None:
        out[6] = out[1]
        middle = out[1] + USUAL
    else:
        index.senses.take(candidates, 0).dot(query.sense, out=out[6])
        middle = index.middles[int(query.text.isascii())].take(owners, 0).dot(query.sense)
    return Compared(candidates, owners, shared, out.T, common[TEXT : MEANING + 1] / query.mass, middle)


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
    starts = [row for row, (own, before) in enumerate(zip(owners, [-1, *owners], strict=False)) if own != before]
    best, rows = [], []
    for start, end in zip(starts, [*starts[1:], len(owners)], strict=True):
        mine = sorted(marks[start:end])
        best.append(marks.index(mine[-1], start))
        rows.append((mine[-2] if len(mine) > 1 else mine[-1] - 2, sum(mine) / len(mine)))
    out = np.empty((len(starts), len(ENTRY)), np.float32)
    out[:, :_SECOND] = compared.features.take(best, 0)
    out[:, _SECOND:_MIDDLE] = rows
    out[:, _MIDDLE] = compared.middle.take(best)
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
    senses: list[float] = features[:, _MIDDLE].take(order).tolist()
    sense, rival = senses[0], max([0.0, *senses[1:]])
    out: list[float] = features[order[0]].take(_KEPT).tolist()
    out += (second, third, share, log1p(query.size), sense, sense - rival)
    return np.array(out, np.float32)

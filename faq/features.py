"""How near a question comes to a phrasing, as numbers that mean the same in every language and every size of book.

A: per phrasing. B: per entry, from its phrasings. C: for the best entry, whether it can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.grams import Kind
from faq.index import Index, Ints, Query
from faq.pinyin import raw_sounds

Matrix = NDArray[np.float64]

PHRASING = (
    "question_explained",
    "phrasing_explained",
    "both_explained",
    "cosine",
    "question_coarse",
    "phrasing_coarse",
    "question_fine",
    "phrasing_fine",
    "sound_gain",
    "left_in_question",
    "left_in_phrasing",
    "asks_shared",
    "asks_only_question",
    "asks_only_phrasing",
    "ratio",
    "partial",
    "token_set",
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
    "both_explained_squared",
    "all_explained_squared",
)

_SOUND = np.isin(np.arange(len(Kind)), [Kind.SOUND, Kind.SOUND_PAIR])
_TYPED = (
    np.ones(len(Kind), bool),
    np.isin(np.arange(len(Kind)), [Kind.HAN_PAIR, Kind.WORD, Kind.WORD_PAIR, Kind.CONCEPT]),
    np.isin(np.arange(len(Kind)), [Kind.HAN, Kind.TRIGRAM]),
)
_SPOKEN = (
    _SOUND | np.isin(np.arange(len(Kind)), [Kind.CONCEPT, Kind.ASKS]),
    np.arange(len(Kind)) == Kind.SOUND_PAIR,
    np.arange(len(Kind)) == Kind.SOUND,
)
"""All, coarse and fine kinds of gram. A question typed as pinyin has sounds only: they play all parts."""


@dataclass(frozen=True)
class Compared:
    """The candidate phrasings beside the question."""

    owners: Ints
    shared: NDArray[np.bool_]
    features: Matrix


def compare(index: Index, query: Query, candidates: Ints) -> Compared:
    """The features A of each candidate phrasing.

    1. Lay the candidates' grams in one row; mark those that the question has.
    2. Sum weights per candidate: all grams, coarse ones (pairs, words, concepts), fine ones, sounds.
    3. Let RapidFuzz compare the letters.
    """
    starts, ends = index.row_starts[candidates], index.row_starts[candidates + 1]
    lengths = ends - starts
    at = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    tokens = index.rows[np.repeat(starts - at, lengths) + np.arange(int(lengths.sum()))]
    place = np.minimum(np.searchsorted(query.known, tokens), len(query.known) - 1)
    hit = query.known[place] == tokens
    shared = np.zeros((len(candidates), len(query.known)), bool)
    shared[np.repeat(np.arange(len(candidates)), lengths)[hit], place[hit]] = True

    every, coarse_kinds, fine_kinds = _SPOKEN if query.spoken else _TYPED
    kind = index.kind[tokens]
    weight = index.weight[tokens] * every[kind]
    by_kind = np.stack(
        [query.weight, query.weight**2, *(query.weight * m[query.kinds] for m in (coarse_kinds, fine_kinds, _SOUND))]
    )
    asks_q = query.kinds == Kind.ASKS
    common = shared @ np.vstack([by_kind, asks_q]).T
    own = np.add.reduceat(
        np.stack([weight, weight**2, weight * coarse_kinds[kind], weight * fine_kinds[kind], (kind == Kind.ASKS)]),
        at,
        axis=1,
    ).T
    own[:, :2] = np.maximum(own[:, :2], 1e-6)
    total = by_kind.sum(1)
    coarse = total[2] + query.strange[coarse_kinds].sum()
    fine = total[3] + query.strange[fine_kinds].sum()
    sound = total[4] + query.strange[_SOUND].sum()
    left_q = np.where(shared, 0, query.weight).max(1)
    left_p = np.maximum.reduceat(np.where(hit, 0, weight), at)
    explained_q, explained_p = common[:, 0] / query.mass, common[:, 0] / own[:, 0]
    texts = [index.texts[i] for i in candidates]
    asked = query.text
    if query.spoken:
        texts, asked = [_said(text) for text in texts], "".join(query.text.split())
    sizes = np.log1p(np.fromiter(map(len, texts), float, len(texts))) - np.log1p(len(asked))
    fine_q = _share(common[:, 3], fine, explained_q)
    columns = [
        explained_q,
        explained_p,
        np.sqrt(explained_q * explained_p),
        common[:, 1] / np.sqrt((total[1] + query.strange.max() ** 2) * own[:, 1] + 1e-9),
        _share(common[:, 2], coarse, explained_q),
        _share(common[:, 2], own[:, 2], explained_p),
        fine_q,
        _share(common[:, 3], own[:, 3], explained_p),
        np.maximum(_share(common[:, 4], sound, explained_q) - fine_q, 0) if sound > 1e-6 else np.zeros(len(texts)),
        np.maximum(left_q, query.strangest),
        left_p,
        common[:, 5] > 0,
        (int(asks_q.sum()) - common[:, 5]) > 0,
        (own[:, 4] - common[:, 5]) > 0,
        *_letters(asked, texts),
        np.maximum(sizes, 0),
        np.maximum(-sizes, 0),
    ]
    return Compared(index.owners[candidates], shared, np.stack(columns, axis=1).astype(np.float64))


def _share(part: Matrix, whole: Matrix | float, otherwise: Matrix) -> Matrix:
    """`part / whole`; where there is no whole, the channel is silent and says what the others say."""
    share: Matrix = np.where(np.asarray(whole) > 1e-6, part / np.maximum(whole, 1e-6), otherwise)
    return share


@lru_cache(maxsize=4096)
def _said(text: str) -> str:
    """How a phrasing would be typed as pinyin."""
    return "".join(raw_sounds(text)).replace(" ", "")


def _letters(text: str, texts: list[str]) -> list[Matrix]:
    scorers = (fuzz.ratio, fuzz.partial_ratio, fuzz.token_set_ratio)
    return [
        process.cdist([text], texts, scorer=scorer, dtype=np.float32)[0].astype(np.float64) / 100 for scorer in scorers
    ]


def gather(query: Query, compared: Compared, score: Matrix) -> tuple[Ints, Ints, Matrix]:
    """Per entry: its number, the row of its best phrasing by `score`, and its features B."""
    starts = np.flatnonzero(np.diff(compared.owners, prepend=-1))
    lengths = np.diff(np.append(starts, len(score)))
    group = np.repeat(np.arange(len(starts)), lengths)
    order = np.lexsort((-score, group))
    best = order[starts]
    second = np.where(lengths > 1, score[order[np.minimum(starts + 1, len(score) - 1)]], score[best] - 2)
    mean = np.add.reduceat(score, starts) / lengths
    union = np.logical_or.reduceat(compared.shared, starts, axis=0) @ query.weight / query.mass
    extra = np.stack([score[best], second, mean, union], axis=1)
    return compared.owners[starts], best.astype(np.int32), np.hstack([compared.features[best], extra])


def trust(query: Query, entries: Matrix, score: Matrix, order: Ints) -> Matrix:
    """The features C of the best entry; `order` sorts entries by `score`, best first."""
    ranked = np.append(score[order], [0.0, 0.0])  # an entry that shares nothing with the question scores 0
    ranked[1:] = np.maximum(ranked[1:], 0)
    first, second, third = (float(value) for value in ranked[:3])
    share = float(1 / np.exp(ranked - first).sum())
    known = float(query.weight.sum()) / query.mass
    best = entries[order[0]]
    explained = best[ENTRY.index("all_explained")]
    extra = [
        first,
        min(first - second, 6.0),
        min(first - third, 8.0),
        share,
        known,
        np.log1p(len(query.text)),
        float((ranked[1:] > first - 1).sum()),
        share * explained,
        min(first - second, 6.0) * explained,
        best[PHRASING.index("both_explained")] ** 2,
        explained**2,
    ]
    return np.concatenate([best, extra])

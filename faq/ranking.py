"""From a question to the entries in order, each with the probability that its answer is the right one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from faq.features import compare, gather, trust
from faq.grams import Kind
from faq.index import Index, Query
from faq.model import Models

ENTRIES, PHRASINGS = 10, 40
"""How many entries and phrasings are compared closely."""


@dataclass(frozen=True)
class Ranked:
    """An entry's place: its number, the phrasing that came nearest, and its score (log-odds)."""

    owner: int
    phrasing: int
    score: float
    channels: dict[str, float]


@dataclass(frozen=True)
class Ranking:
    """Entries, best first, and the probability that the first is right."""

    entries: tuple[Ranked, ...]
    probability: float


_NONE = Ranking((), 0.0)
_CHANNELS = {
    "text": [Kind.HAN, Kind.HAN_PAIR, Kind.WORD, Kind.TRIGRAM, Kind.WORD_PAIR],
    "sound": [Kind.SOUND, Kind.SOUND_PAIR],
    "meaning": [Kind.CONCEPT, Kind.ASKS],
}


def rank(index: Index, models: Models, text: str) -> Ranking:
    """Rank the entries for a settled question.

    1. The entries that share the most weight with it. 2. Features per phrasing, then per entry.
    3. The entries in order of the learned score. 4. The probability that the first is right.
    """
    query = index.ask(text)
    candidates = index.near(query, ENTRIES, PHRASINGS)
    if not len(candidates):
        return _NONE
    compared = compare(index, query, candidates)
    owners, best, features = gather(query, compared, models.phrasing(compared.features))
    score = models.entry(features)
    order = np.argsort(-score, kind="stable").astype(np.int32)
    probability = float(1 / (1 + np.exp(-models.trust(trust(query, features, score, order)[None])[0])))
    entries = tuple(
        Ranked(int(owners[i]), int(candidates[best[i]]), float(score[i]), _spoke(query, compared.shared[best[i]]))
        for i in order[:5]
    )
    return Ranking(entries, probability)


def _spoke(query: Query, shared: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, float]:
    """How much of the question each channel explains."""
    by_kind = np.bincount(query.kinds[shared], query.weight[shared], minlength=len(Kind)) / query.mass
    return {name: round(float(by_kind[kinds].sum()), 3) for name, kinds in _CHANNELS.items()}

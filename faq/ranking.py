"""From a question to the entries in order, and the probability that the first is the right one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from faq.features import Compared, compare, gather, trust
from faq.grams import Kind
from faq.index import Floats, Index, Query
from faq.model import Models

ENTRIES, PHRASINGS = 8, 24
"""How many entries and phrasings are compared closely."""
SHOWN = 4


@dataclass(frozen=True)
class Ranked:
    """An entry's place: its number, the phrasing that came nearest, and its score (log-odds).

    `channels`: how much of the question its text, its sound and its meaning (concepts, kind of question) explain.
    """

    owner: int
    phrasing: int
    score: float
    channels: Mapping[str, float]


@dataclass(frozen=True)
class Ranking:
    """Entries, best first, and the probability that the first is right."""

    entries: tuple[Ranked, ...]
    probability: float


_NONE = Ranking((), 0.0)
_CHANNELS = ("text", "sound", "meaning")
_CHANNEL_OF = np.zeros((len(Kind), len(_CHANNELS)), np.float32)
for _kind in Kind:
    _channel = {Kind.SOUND: 1, Kind.SOUND_PAIR: 1, Kind.CONCEPT: 2, Kind.ASKS: 2}.get(_kind, 0)
    _CHANNEL_OF[_kind, _channel] = 1


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
    owners, best, features = gather(index, query, compared, models.phrasing(compared.features))
    scores = models.entry(features)
    order = np.argsort(-scores, kind="stable")
    first = int(order[0])
    nearest = index.texts[candidates[best[first]]]
    doubt = -float(models.trust(trust(query, nearest, features[first], scores[order].tolist())))
    shown = order[:SHOWN]
    channels = _channels(query, compared, best[shown])
    phrasings = candidates[best[shown]].tolist()
    rows = zip(owners[shown].tolist(), phrasings, scores[shown].tolist(), channels.tolist(), strict=True)
    entries = tuple(Ranked(a, b, c, dict(zip(_CHANNELS, d, strict=True))) for a, b, c, d in rows)
    return Ranking(entries, 1 / (1 + exp(min(doubt, 50.0))))


def _channels(query: Query, compared: Compared, rows: NDArray[np.intp]) -> Floats:
    """How much of the question each channel explains, per row of `compared`."""
    explained = (compared.shared[rows] * query.weight) @ _CHANNEL_OF[query.kinds] / np.float32(query.mass)
    return explained.round(3).astype(np.float32)

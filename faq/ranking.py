"""From a question to the entries in order, and the probability that the first is the right one."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from faq.features import compare, gather, trust
from faq.index import Index
from faq.model import Models, Script
from faq.sums import Floats

ENTRIES, PHRASINGS = 8, 24
"""How many entries and phrasings are compared closely."""
SHOWN = 4


class Ranked(NamedTuple):
    """An entry's place: its number, the phrasing that came nearest, and its score (log-odds).

    `explained`: how much of the question each of `CHANNELS` explains.
    """

    owner: int
    phrasing: int
    score: float
    explained: Floats

    @property
    def channels(self) -> dict[str, float]:
        """How much of the question its text, its sound and its meaning (concepts, kind of question) explain."""
        return dict(zip(CHANNELS, self.explained.tolist(), strict=True))


@dataclass(frozen=True)
class Ranking:
    """Entries, best first, and the probability that the first is right.

    `script`: whether the question was typed with Han characters, as pinyin, or in other Latin letters.
    """

    entries: tuple[Ranked, ...]
    probability: float
    script: Script


_NONE = Ranking((), 0.0, "han")
CHANNELS = ("text", "sound", "meaning")
"""The names of `Compared.explained`."""


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
    scores: list[float] = models.entry(features).tolist()
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    phrasings = candidates.take(best).tolist()
    doubt = -float(models.trust(trust(query, features, order, [scores[row] for row in order])))
    entries = tuple(
        Ranked(owners[row], phrasings[row], scores[row], compared.explained[:, best[row]]) for row in order[:SHOWN]
    )
    script: Script = "pinyin" if query.spoken else "latin" if text.isascii() else "han"
    return Ranking(entries, 1 / (1 + exp(min(doubt, 50.0))), script)

"""What was learned offline: how much each kind of gram counts, how rare grams are, and from features to a probability.

All of it is plain data in `faq/data/`, made by `benchmarks/faq_train.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from faq.grams import Kind
from faq.pinyin import DATA


@dataclass(frozen=True)
class Settings:
    """Weights of the grams.

    `kinds`: how much a gram of each kind counts; `prior`: how often a gram occurs in ordinary questions;
    `prior_entries`: how many entries of ordinary questions stand behind a small book when rarity is judged.
    """

    kinds: NDArray[np.float64]
    prior: Mapping[str, float]
    prior_entries: float

    def weigh(
        self, vocabulary: Sequence[str], kind: NDArray[np.int8], spread: NDArray[np.float64], entries: int
    ) -> NDArray[np.float32]:
        """The weight of each gram: its kind's, times its rarity among the book's entries and ordinary questions."""
        prior = np.fromiter(map(self._usual, vocabulary), np.float64, len(vocabulary))
        total = entries + self.prior_entries
        rarity = np.log((total + 1) / (spread + self.prior_entries * prior + 0.5)) / math.log(2 * (total + 1))
        return (self.kinds[kind] * np.maximum(rarity, 0.02)).astype(np.float32)

    def unknown(self, entries: int) -> Callable[[str, int], float]:
        """Gives the weight of a gram, by its kind, that a book of so many entries does not have."""
        total = entries + self.prior_entries
        most, scale = math.log(total + 1), math.log(2 * (total + 1))
        kinds: list[float] = self.kinds.tolist()
        usual, behind = self.prior.get, self.prior_entries
        plain = [kind * max((most - math.log(0.5)) / scale, 0.02) for kind in kinds]

        def weight(gram: str, kind: int) -> float:
            often = usual(gram)
            if often is None:
                return plain[kind]
            return kinds[kind] * max((most - math.log(behind * often + 0.5)) / scale, 0.02)

        return weight

    def _usual(self, gram: str) -> float:
        return self.prior.get(gram, 0.0)


@dataclass(frozen=True)
class Logistic:
    """A calibrated logistic regression over named features."""

    names: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: float

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """The log-odds of each row."""
        out: NDArray[np.float32] = features @ self.weights
        out += self.bias
        return out


@lru_cache
def learned(name: str = "model.json") -> dict[str, Any]:
    """The content of a file of weights, in `faq/data` unless its whole path is given."""
    data: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))
    return data


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The shipped settings of the index."""
    data = learned()["index"]
    kinds = np.array([data["kinds"][kind.name] for kind in Kind])
    rarity = json.loads((DATA / "rarity.json").read_text("utf-8"))
    prior: dict[str, float] = {}
    for steps, row in rarity["grams"].items():
        prior |= dict.fromkeys(row.split(" "), 10 ** (-int(steps) / 10))
    return Settings(kinds, prior, data["prior_entries"])


@dataclass(frozen=True)
class Models:
    """The three learned scores: of a phrasing, of an entry, and of the trust in the first."""

    phrasing: Logistic
    entry: Logistic
    trust: Logistic


@lru_cache
def models(name: str = "model.json") -> Models:
    """The shipped models."""
    return Models(*(_logistic(learned(name)[part]) for part in ("phrasing", "entry", "trust")))


def _logistic(data: Mapping[str, Any]) -> Logistic:
    names = tuple(data["weights"])
    return Logistic(names, np.array([data["weights"][name] for name in names], np.float32), data["bias"])


Script = Literal["han", "pinyin", "latin"]


@dataclass(frozen=True)
class Thresholds:
    """On the probability that the first entry is right: from where to answer, to offer three, to guess a category.

    `answer` depends on how the question was typed.
    """

    answer: Mapping[Script, float]
    choices: float
    category: float


@lru_cache
def thresholds(name: str = "model.json") -> Thresholds:
    """The shipped thresholds."""
    return Thresholds(**learned(name)["thresholds"])

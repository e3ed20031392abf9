"""Learns the matcher's weights, `model.json`, for `faq_learn.py`; `faq_report.py` measures them on sets left out.

Learned from: the `dev` questions of the public English sets, the sets written for this project (never `zh_held.txt`),
and the shipped content's phrasings (never its tests). Three models, each logistic, with the sign of a weight fixed
where the feature's meaning fixes it, so that they hold in books of another size and language:

A  phrasing: which phrasing fits (softmax over the candidates' entries);
B  entry: which entry fits, given its best phrasing and the others (softmax over entries);
C  trust: whether the first entry is right (yes or no), on whole sets and on random parts of them, where the questions
   of the entries left out are out of scope.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.faq_books import Asked, Episode, learning_sets
from benchmarks.faq_table import put
from faq import model
from faq.features import ENTRY, PHRASING, TRUST, gather, trust
from faq.model import Logistic, Models
from faq.sense import Encoder

SHARES = {"zh0": 2.0, "zh1": 2.0, "content": 10.0}
"""How much a set counts where it is not 1: the shipped content is what most people will ask about."""
FALLING = {"left_in_question"}
FREE = {"longer", "shorter", "length"}

Array = NDArray[np.float64]


def bounds(names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    """The sign each weight may have."""
    return [(None, None) if n in FREE else (None, 0) if n in FALLING else (0, None) for n in names]


Group = tuple[Array, NDArray[np.int64], int, float]
"""Rows of features, the entry of each row (0, 1, …, ascending), the right entry, the group's weight."""


def fit_softmax(groups: list[Group], names: Sequence[str], ridge: float = 3e-3) -> Logistic:
    """Weights that make the right entry's best row stand out among the others of its group."""
    rows = np.vstack([group[0] for group in groups])
    sizes = np.array([group[1].max() + 1 for group in groups])
    base = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    entry = np.concatenate([group[1] + b for group, b in zip(groups, base, strict=True)])
    right = base + np.array([group[2] for group in groups])
    weight = np.array([group[3] for group in groups])
    weight /= weight.sum()
    question = np.repeat(np.arange(len(groups)), sizes)
    starts = np.flatnonzero(np.diff(entry, prepend=-1))
    spread = rows.std(0) + 1e-6
    scaled = rows / spread

    def loss(w: Array) -> tuple[float, Array]:
        within, inner = _log_sums(scaled @ w, starts, entry)
        whole, outer = _log_sums(within, base, question)
        outer[right] -= 1
        slope = scaled.T @ ((outer * weight[question])[entry] * inner)
        return float(-(weight * (within[right] - whole)).sum() + ridge * (w @ w) / 2), slope + ridge * w

    done = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds(names))
    return Logistic(tuple(names), (done.x / spread).astype(np.float32), 0.0)


def _log_sums(score: Array, starts: NDArray[np.int64], group: NDArray[np.int64]) -> tuple[Array, Array]:
    """The logarithm of each group's sum of exponentials, and each member's share in it."""
    top = np.maximum.reduceat(score, starts)
    powers = np.exp(score - top[group])
    sums = np.add.reduceat(powers, starts)
    return top + np.log(sums), powers / sums[group]


def fit_trust(rows: Array, right: Array, weight: Array, ridge: float = 1e-3) -> Logistic:
    """A logistic regression of "the first entry is right"."""
    spread = rows.std(0) + 1e-6
    scaled = np.hstack([rows / spread, np.ones((len(rows), 1))])
    weight = weight / weight.sum()
    sign = 2 * right - 1

    def loss(w: Array) -> tuple[float, Array]:
        margin = sign * (scaled @ w)
        pull = np.append(ridge * w[:-1], 0)
        slope = -scaled.T @ (weight * sign / (1 + np.exp(np.clip(margin, -30, 30))))
        return float((weight * np.logaddexp(0, -margin)).sum() + (pull @ w) / 2), slope + pull

    limits = [*bounds(TRUST), (None, None)]
    done = minimize(
        loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": 1000}
    )
    return Logistic(TRUST, (done.x[:-1] / spread).astype(np.float32), float(done.x[-1]))


def learn(sets: dict[str, list[Episode]]) -> Models:
    """All three models from these sets; every set weighs the same, but for `SHARES`."""
    share = {name: SHARES.get(name, 1.0) / sum(e.weight for e in rows) for name, rows in sets.items()}

    def groups(of: Callable[[Asked], Group | None]) -> list[Group]:
        out = []
        for name, rows in sets.items():
            for episode in rows:
                found = [group for asked in episode.asked if (group := of(asked)) is not None]
                out += [(*g[:3], share[name] * episode.weight / len(found)) for g in found]
        return out

    phrasing = fit_softmax(groups(_phrasing_group), PHRASING)
    entry = fit_softmax(groups(lambda asked: _entry_group(asked, phrasing)), ENTRY)
    rows, right, weight = [], [], []
    for name, episodes in sets.items():
        for episode in episodes:
            seen = [s for asked in episode.asked if (s := trust_row(asked, phrasing, entry)) is not None]
            rows += [features for features, _ in seen]
            right += [float(first == 1) for _, first in seen]
            weight += [share[name] * episode.weight / len(seen)] * len(seen)
    return Models(phrasing, entry, fit_trust(np.array(rows, float), np.array(right), np.array(weight)))


def _phrasing_group(asked: Asked) -> Group | None:
    compared = asked.compared
    if compared is None or asked.expected not in compared.owners:
        return None
    entries, place = np.unique(compared.owners, return_inverse=True)
    return compared.features.astype(float), place, int(np.searchsorted(entries, asked.expected)), 1.0


def _entry_group(asked: Asked, phrasing: Logistic) -> Group | None:
    if asked.compared is None or asked.expected not in asked.compared.owners:
        return None
    owners, _, features = gather(asked.query, asked.compared, phrasing(asked.compared.features))
    return features.astype(float), np.arange(len(owners)), owners.index(asked.expected), 1.0


def trust_row(asked: Asked, phrasing: Logistic, entry: Logistic) -> tuple[Array, int] | None:
    """The features C, and the rank of the right entry (0: not among the candidates)."""
    if asked.compared is None:
        return None
    owners, _, features = gather(asked.query, asked.compared, phrasing(asked.compared.features))
    scores = entry(features)
    order = np.argsort(-scores, kind="stable").tolist()
    row = trust(asked.query, features, order, scores[order].tolist()).astype(float)
    ranks = {owners[place]: rank for rank, place in enumerate(order, 1)}
    return row, ranks.get(asked.expected, 0)


def make(path: Path, encoder: Encoder) -> None:
    """The weights learned with this encoder, into a file; thresholds that stand there stay, others are as shipped."""
    data = dict(model.learned(path.name))
    if path.exists():
        data["thresholds"] = json.loads(path.read_text("utf-8"))["thresholds"]
    models = learn(learning_sets(encoder))
    for name in ("phrasing", "entry", "trust"):
        learned: Logistic = getattr(models, name)
        weights = {n: round(float(w), 5) for n, w in zip(learned.names, learned.weights, strict=True)}
        data[name] = {"weights": weights, "bias": round(learned.bias, 5)}
    put(path, (json.dumps(data, indent=1) + "\n").encode())

"""Measures the matcher's weights on sets that they are not learned from, and finds thresholds that keep a precision.

    .venv-bench/bin/python -m benchmarks.faq_report [--held | --calibrate] [--folder DIR]     (make .venv-bench/.ready)

The report leaves one set out at a time; of Chinese, half the groups of paraphrases. None is both learned and tested.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.faq_books import ENGLISH, Asked, Episode, ask, chinese, learning_sets, split_groups, testing_sets
from benchmarks.faq_table import SHIPPED, encoder_of
from benchmarks.faq_train import Array, learn, trust_row
from faq import model
from faq.model import Models
from faq.sense import Encoder

PRECISIONS = (0.98, 0.95, 0.9, 0.8)


def judged(models: Models, asked: list[Asked]) -> tuple[Array, NDArray[np.int64]]:
    """Per question the log-odds that the first entry is right, and the rank of the right entry (0: not found)."""
    seen = [trust_row(one, models.phrasing, models.entry) for one in asked]
    trusted = np.array([float(models.trust(s[0].astype(np.float32))) if s else -99.0 for s in seen])
    return trusted, np.array([s[1] if s else 0 for s in seen])


def measure(models: Models, asked: list[Asked]) -> list[float]:
    """Top-1, recall@3, and the share answered at each precision, with and without what is out of scope."""
    trusted, ranks = judged(models, asked)
    inside = np.array([one.expected >= 0 for one in asked])
    answered = [_answered(trusted, ranks == 1, inside.sum(), p) for p in PRECISIONS]
    answered += [_answered(trusted[inside], ranks[inside] == 1, inside.sum(), p) for p in PRECISIONS]
    return [float((ranks[inside] == 1).mean()), float(((ranks > 0) & (ranks <= 3))[inside].mean()), *answered]


def _answered(trusted: Array, right: NDArray[np.bool_], inside: int, precision: float) -> float:
    hits = np.cumsum(right[np.argsort(-trusted, kind="stable")])
    good = np.flatnonzero(hits >= precision * np.arange(1, len(hits) + 1))
    return float(hits[good[-1]] / inside) if len(good) else 0.0


def calibrate(sets: dict[str, list[Episode]], encoder: Encoder) -> None:
    """Prints from which probability answers keep each precision on `dev` questions of sets not learned from.

    The precision is over all sets, English and Chinese weighing the same and each set within its language; the answers
    to questions out of scope count as wrong.
    """
    found: dict[str, list[tuple[Array, Array, Array]]] = {"en": [], "zh": []}
    for name, books in testing_sets("dev", encoder).items():
        models = learn({other: rows for other, rows in sets.items() if other != name})
        rows = [judged(models, book) for book in books]
        trusted = np.concatenate([row[0] for row in rows])
        right = np.concatenate([row[1] == 1 for row in rows]).astype(float)
        found["en" if name in ENGLISH else "zh"].append((trusted, right, np.full(len(right), 1 / len(right))))
    for names in (("en", "zh"), ("en",), ("zh",)):
        parts = [(t, r, w / len(found[one])) for one in names for t, r, w in found[one]]
        trusted, right, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(-trusted, kind="stable")
        hits, given = np.cumsum((right * weight)[order]), np.cumsum(weight[order])
        for precision in PRECISIONS:
            good = np.flatnonzero(hits >= precision * given)
            edge = trusted[order][good[-1]] if len(good) else np.inf
            share = hits[good[-1]] / len(names) if len(good) else 0.0
            print(
                f"{'+'.join(names)}: {precision:.0%} from {1 / (1 + np.exp(-edge)):.3f}, right {share:.3f}", flush=True
            )


def report(sets: dict[str, list[Episode]], split: str, encoder: Encoder) -> None:
    """Each set measured by models that have not seen it."""
    answered = "".join(f" at {p:.0%} |" for p in PRECISIONS)
    print("| set | top-1 | rec@3 |" + answered + " in scope only: 98% | 95% | 90% | 80% |")
    print("| --- |" + " ---: |" * 10)
    means: dict[str, list[list[float]]] = {"en": [], "zh": []}
    for name, books in testing_sets(split, encoder).items():
        models = learn({other: rows for other, rows in sets.items() if other != name})
        found = np.mean([measure(models, book) for book in books], axis=0)
        means["en" if name in ENGLISH else "zh"].append(list(found))
        _row(name, found)
    for language, rows in means.items():
        _row(f"mean {language}", np.mean(rows, axis=0))


def held(encoder: Encoder, name: str = "zh_held") -> None:
    """The Chinese set no weight is learned from, and the weights as they stand in the file: three random deals each."""
    models = model.models(encoder.learned)
    for indexed in (3, 4):
        deals = [split_groups(*chinese("zh_held.txt"), random.Random(seed), indexed) for seed in (21, 22, 23)]
        _row(f"{name}, {indexed} indexed", np.mean([measure(models, ask(*deal, encoder)) for deal in deals], axis=0))


def _row(name: str, values: Any) -> None:
    print(f"| {name} |" + "".join(f" {value:.3f} |" for value in values), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--calibrate", action="store_true", help="print the thresholds that keep a precision on dev")
    parser.add_argument("--held", action="store_true", help="measure on zh_held.txt, which no weight is learned from")
    parser.add_argument("--split", default="test", help="of the public sets, in the report (default test)")
    parser.add_argument("--encoder", default="", help="with this sentence encoder (see DESK_FAQ_ENCODER)")
    parser.add_argument("--folder", type=Path, default=SHIPPED, help="with what was learned in this folder")
    options = parser.parse_args()
    encoder = encoder_of(options.encoder, options.folder)
    if options.held:
        held(encoder)
    elif options.calibrate:
        calibrate(learning_sets(encoder), encoder)
    else:
        report(learning_sets(encoder), options.split, encoder)


if __name__ == "__main__":
    main()

"""What RapidFuzz alone reaches on the sets of faq_train.py: the scorers an ordinary bot would use, on normalised text.

.venv-bench/bin/python -m benchmarks.faq_baselines
"""

from __future__ import annotations

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks.faq_train import ENGLISH, Asked, testing_sets

SCORERS = (fuzz.WRatio, fuzz.ratio, fuzz.partial_ratio, fuzz.token_sort_ratio, fuzz.token_set_ratio)


def measure(asked: list[Asked]) -> list[tuple[float, float]]:
    """For each scorer: top-1, and the share answered at 98 % precision with what is out of scope."""
    index = asked[0].index
    texts = [one.query.text for one in asked]
    expected = np.array([one.expected for one in asked])
    out = []
    for scorer in SCORERS:
        scores = process.cdist(texts, list(index.texts), scorer=scorer, dtype=np.float32)
        best = np.maximum.reduceat(scores, index.owner_starts[:-1], axis=1)
        right = best.argmax(1) == expected
        order = np.argsort(-best.max(1), kind="stable")
        hits = np.cumsum(right[order])
        good = np.flatnonzero(hits >= 0.98 * np.arange(1, len(hits) + 1))
        inside = int((expected >= 0).sum())
        out.append((float(right[expected >= 0].mean()), float(hits[good[-1]] / inside) if len(good) else 0.0))
    return out


def main() -> None:
    print("| set |" + "".join(f" {scorer.__name__} |" for scorer in SCORERS))
    print("| --- |" + " ---: |" * len(SCORERS))
    means: dict[str, list[np.ndarray]] = {"en": [], "zh": []}
    for name, books in testing_sets("test").items():
        found = np.mean([measure(book) for book in books], axis=0)
        means["en" if name in ENGLISH else "zh"].append(found)
        print(f"| {name} |" + "".join(f" {top:.3f} / {at:.3f} |" for top, at in found), flush=True)
    for language, rows in means.items():
        print(f"| mean {language} |" + "".join(f" {top:.3f} / {at:.3f} |" for top, at in np.mean(rows, axis=0)))


if __name__ == "__main__":
    main()

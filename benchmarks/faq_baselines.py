"""What the usual ways of matching reach on the sets of faq_report.py, on the same normalised text.

RapidFuzz: the scorers an ordinary bot would use. BM25 (k1 1.2, b 0.75): on words, Chinese cut by jieba. FTS5: SQLite's
full-text index, its own bm25, on single characters and pairs of Chinese and on words and letter trigrams of the rest.

.venv-bench/bin/python -m benchmarks.faq_baselines
"""

from __future__ import annotations

import logging
import random
import re
import sqlite3
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import jieba
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix

from benchmarks.faq_books import ENGLISH, Asked, ask, chinese, split_groups, testing_sets
from faq.sense import sense

SCORERS = (fuzz.WRatio, fuzz.ratio, fuzz.partial_ratio, fuzz.token_sort_ratio, fuzz.token_set_ratio)
K1, B = 1.2, 0.75
RUNS = re.compile(r"[\u4e00-\u9fff]+|[0-9a-z]+")

Scores = NDArray[np.float32]
Scorer = Callable[[Sequence[str], Sequence[str]], Scores]
"""From questions and phrasings to a row of scores a question."""


def fuzzy(scorer: Any) -> Scorer:
    """A RapidFuzz scorer."""
    return lambda asked, known: process.cdist(asked, known, scorer=scorer, dtype=np.float32)


def words(text: str) -> list[str]:
    """Words; Chinese cut by jieba."""
    return [word for word in jieba.lcut(text) if word.strip()]


def pieces(text: str) -> list[str]:
    """Characters and pairs of Chinese; words and letter trigrams of the rest."""
    out: list[str] = []
    for run in RUNS.findall(text):
        out += run if run[0] >= "\u4e00" else [run]
        out += map("".join, pairwise(run)) if run[0] >= "\u4e00" else [run[at : at + 3] for at in range(len(run) - 2)]
    return out


def bm25(asked: Sequence[str], known: Sequence[str]) -> Scores:
    """BM25 on words."""
    rows = [words(text) for text in known]
    place: dict[str, int] = {}
    for row in rows:
        for word in row:
            place.setdefault(word, len(place))
    counts = _counts(rows, place)
    lengths = np.array([len(row) for row in rows])
    has = np.diff(counts.tocsc().indptr)
    rarity = np.log1p((len(rows) - has + 0.5) / (has + 0.5))
    damp = K1 * (1 - B + B * lengths / lengths.mean())
    cells = counts.tocoo()
    values = rarity[cells.col] * cells.data * (K1 + 1) / (cells.data + damp[cells.row])
    weighted = csr_matrix((values, (cells.row, cells.col)), counts.shape)
    scores: Scores = (_counts([words(text) for text in asked], place) @ weighted.T).toarray().astype(np.float32)
    return scores


def _counts(rows: Sequence[Sequence[str]], place: dict[str, int]) -> Any:
    cells = [(number, place[word]) for number, row in enumerate(rows) for word in row if word in place]
    at, columns = zip(*cells, strict=True)
    return csr_matrix((np.ones(len(cells)), (at, columns)), (len(rows), len(place)))


def fts5(asked: Sequence[str], known: Sequence[str]) -> Scores:
    """SQLite's full-text search on pieces, any of them."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE known USING fts5(text, tokenize='unicode61')")
    base.executemany("INSERT INTO known(rowid, text) VALUES (?, ?)", enumerate(" ".join(pieces(t)) for t in known))
    scores = np.zeros((len(asked), len(known)), np.float32)
    for number, text in enumerate(asked):
        wanted = " OR ".join(f'"{piece}"' for piece in dict.fromkeys(pieces(text)))
        found = base.execute("SELECT rowid, -bm25(known) FROM known WHERE known MATCH ?", (wanted,)) if wanted else ()
        for row, score in found:
            scores[number, row] = score
    return scores


WAYS: dict[str, Scorer] = {scorer.__name__: fuzzy(scorer) for scorer in SCORERS} | {"BM25": bm25, "FTS5": fts5}


def measure(asked: list[Asked]) -> list[tuple[float, float]]:
    """For each way: top-1, and the share answered at 98 % precision with what is out of scope."""
    index = asked[0].index
    texts = [one.query.text for one in asked]
    expected = np.array([one.expected for one in asked])
    out = []
    for score in WAYS.values():
        best = np.maximum.reduceat(score(texts, index.texts), index.owner_starts[:-1], axis=1)
        right = best.argmax(1) == expected
        order = np.argsort(-best.max(1), kind="stable")
        hits = np.cumsum(right[order])
        good = np.flatnonzero(hits >= 0.98 * np.arange(1, len(hits) + 1))
        inside = int((expected >= 0).sum())
        out.append((float(right[expected >= 0].mean()), float(hits[good[-1]] / inside) if len(good) else 0.0))
    return out


def sets() -> dict[str, list[list[Asked]]]:
    """The sets of the report, and the deals of the Chinese set that is held out."""
    held = {
        f"zh_held, {indexed} indexed": [
            ask(*split_groups(*chinese("zh_held.txt"), random.Random(seed), indexed), sense()) for seed in (21, 22, 23)
        ]
        for indexed in (3, 4)
    }
    return testing_sets("test", sense()) | held


def main() -> None:
    jieba.setLogLevel(logging.WARNING)
    print("| set |" + "".join(f" {name} |" for name in WAYS))
    print("| --- |" + " ---: |" * len(WAYS))
    means: dict[str, list[NDArray[np.float64]]] = {"en": [], "zh": []}
    for name, books in sets().items():
        found = np.mean([measure(book) for book in books], axis=0)
        if "held" not in name:
            means["en" if name in ENGLISH else "zh"].append(found)
        _row(name, found)
    for language, rows in means.items():
        _row(f"mean {language}", np.mean(rows, axis=0))


def _row(name: str, values: Any) -> None:
    print(f"| {name} |" + "".join(f" {top:.3f} / {at:.3f} |" for top, at in values), flush=True)


if __name__ == "__main__":
    main()

"""Learns the matcher's weights and writes faq/data/model.json; with --report, measures on sets it has not learned from.

    .venv-bench/bin/python -m benchmarks.faq_train [--report | --held | --calibrate]     (make .venv-bench/.ready)

Learned from: the `dev` questions of the public English sets, the sets written for this project (never `zh_held.txt`),
and the shipped content's phrasings (never its tests). Three models, each logistic, with the sign of a weight fixed
where the feature's meaning fixes it, so that they hold in books of another size and language:

A  phrasing: which phrasing fits (softmax over the candidates' entries);
B  entry: which entry fits, given its best phrasing and the others (softmax over entries);
C  trust: whether the first entry is right (yes or no), on whole sets and on random parts of them, where the questions
   of the entries left out are out of scope.

The report leaves one set out at a time; of Chinese, half the groups of paraphrases. None is both learned and tested.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks import faq_contrast
from faq import Book, model, neural
from faq.features import ENTRY, PHRASING, TRUST, Compared, compare, gather, trust
from faq.index import Index, Query
from faq.lexicon import Lexicon
from faq.model import Logistic, Models
from faq.normal import settle
from faq.ranking import ENTRIES, PHRASINGS
from faq.sense import Encoder, sense

HERE = Path(__file__).parent
DATA = HERE.parent / "faq" / "data"
ENGLISH = ("clinc150", "banking77", "hint3_curekart", "hint3_powerplay11", "hint3_sofmattress")
SHARES = {"zh0": 2.0, "zh1": 2.0, "content": 10.0}
"""How much a set counts where it is not 1: the shipped content is what most people will ask about."""
LARGEST, STRANGERS = 60, 15
"""Groups of a written domain in a book, and of another one whose questions are put to it."""
SEED = 9
PRECISIONS = (0.98, 0.95, 0.9, 0.8)
LEXICON = Lexicon.built_in()
ENCODER: Encoder = sense()
Array = NDArray[np.float64]

FALLING = {"left_in_question"}
FREE = {"longer", "shorter", "length"}

Lines = list[tuple[int, str]]


@dataclass(frozen=True)
class Asked:
    """A question put to a book: what was compared, and the number of the right entry (-1: none)."""

    index: Index
    query: Query
    compared: Compared | None
    expected: int


@dataclass(frozen=True)
class Episode:
    """A book and its questions, with a weight."""

    asked: list[Asked]
    weight: float


def ask(lines: Lines, questions: Lines, encoder: Encoder | None = None) -> list[Asked]:
    """Index `lines` (entry, phrasing) and compare `questions` (entry or -1, text) with them."""
    index = Index.build(lines, LEXICON, model.settings(), encoder or ENCODER)
    out = []
    for expected, text in questions:
        query = index.ask(text)
        near = index.near(query, ENTRIES, PHRASINGS)
        out.append(Asked(index, query, compare(index, query, near) if len(near) else None, expected))
    return out


def english(name: str, split: str) -> tuple[Lines, Lines]:
    """A public set."""
    data = json.loads((HERE / "faq_sets" / f"{name}.json").read_text("utf-8"))
    number = {entry["id"]: i for i, entry in enumerate(data["entries"])}
    lines = [(number[e["id"]], settle(t, LEXICON)) for e in data["entries"] for t in (e["question"], *e["alternates"])]
    rows = [row for row in (*data["queries"], *data["oos"]) if row["split"] == split]
    questions = [(number.get(row.get("id"), -1), settle(row["q"], LEXICON)) for row in rows]
    return [line for line in lines if line[1]], questions


def chinese(name: str = "zh_written.txt") -> tuple[list[list[str]], list[list[str]]]:
    """The groups of a written Chinese set: in scope, out of scope."""
    found = faq_contrast.texts(name)
    return [group for inside, _ in found for group in inside], [line for _, outside in found for line in outside]


def halves() -> list[tuple[list[list[str]], list[list[str]]]]:
    """The Chinese groups dealt into two halves, always the same way."""
    chance = random.Random(SEED)
    inside, outside = chinese()
    chance.shuffle(inside)
    chance.shuffle(outside)
    return [(inside[half::2], outside[half::2]) for half in (0, 1)]


def content() -> list[list[str]]:
    """The shipped entries' phrasings, a group an entry and language."""
    book = Book.load(HERE.parent / "faq" / "content", today=date(2026, 1, 1), prove=False)
    groups = [entry.ask.of(language) for entry in book.entries for language in ("zh", "en")]
    return [[settle(text, LEXICON) for text in group] for group in groups if len(group) > 2]


def split_groups(
    inside: Sequence[Sequence[str]], outside: Sequence[Sequence[str]], chance: random.Random, indexed: int
) -> tuple[Lines, Lines]:
    """Some members of each group as phrasings, the others as questions."""
    lines: Lines = []
    questions: Lines = [(-1, text) for group in outside for text in group]
    for number, group in enumerate(inside):
        members = chance.sample(list(group), len(group))
        cut = min(indexed, len(members) - 1)
        lines += [(number, text) for text in members[:cut]]
        questions += [(number, text) for text in members[cut:]]
    return lines, questions


def parts(lines: Lines, questions: Lines, chance: random.Random, count: int) -> Iterator[tuple[Lines, Lines]]:
    """Random smaller books; as many questions of entries left out as of entries kept, at least twenty."""
    entries = sorted({number for number, _ in lines})
    for _ in range(count):
        size = round(np.exp(chance.uniform(np.log(3), np.log(len(entries)))))
        kept = {old: new for new, old in enumerate(sorted(chance.sample(entries, size)))}
        inside = [(kept[number], text) for number, text in questions if number in kept]
        outside = [(-1, text) for number, text in questions if number not in kept]
        chance.shuffle(outside)
        mixed = inside + outside[: max(20, len(inside))]
        chance.shuffle(mixed)
        yield [(kept[number], text) for number, text in lines if number in kept], mixed[:400]


def learning_sets(chance: random.Random) -> dict[str, list[Episode]]:
    """Episodes by set; Chinese in two halves that share no group."""
    sets: dict[str, list[Episode]] = {}

    def add(name: str, book: tuple[Lines, Lines], weight: float, smaller: int) -> None:
        rows = sets.setdefault(name, [])
        rows.append(Episode(ask(*book), weight))
        rows.extend(Episode(ask(*part), 1.0) for part in parts(*book, chance, smaller))

    for name in ENGLISH:
        add(name, english(name, "dev"), 3.0, 4)
    for half, (inside, outside) in enumerate(halves()):
        for indexed in (3, 3, 4, 2):
            add(f"zh{half}", split_groups(inside, outside, chance, indexed), 1.5, 2)
    for indexed in (3, 4):
        add("content", split_groups(content(), [], chance, indexed), 1.5, 2)
    return sets | written(chance)


def written(chance: random.Random) -> dict[str, list[Episode]]:
    """The domains that the table of meanings learns from, each as a book seen with a table that has not seen it.

    A part of another domain's questions is out of scope there, besides what its author put in no group.
    """
    sets: dict[str, list[Episode]] = {}
    for turn, (table, left) in enumerate(faq_contrast.folds()):
        encoder = replace(ENCODER, table=table) if isinstance(ENCODER, neural.Neural) else table
        for file, books in left.items():
            rows = sets.setdefault(f"{file} {turn}", [])
            for inside, outside in books:
                strangers = chance.choice([domain for domain in faq_contrast.texts(file) if domain[0] != inside])[0]
                groups = chance.sample(inside, min(len(inside), LARGEST))
                lines, questions = split_groups(groups, outside, chance, chance.choice((3, 4, 5)))
                near = chance.sample(strangers, min(len(strangers), STRANGERS))
                questions += [(-1, text) for group in near for text in group[:2]]
                rows.append(Episode(ask(lines, questions, encoder), 1.0))
                rows += [Episode(ask(*part, encoder), 0.5) for part in parts(lines, questions, chance, 1)]
    return sets


def testing_sets(split: str) -> dict[str, list[list[Asked]]]:
    """Whole books to measure on; each Chinese half in three random deals."""
    sets = {name: [ask(*english(name, split))] for name in ENGLISH}
    for half, (inside, outside) in enumerate(halves()):
        rounds = [split_groups(inside, outside, random.Random(s), 4) for s in (11, 12, 13)]
        sets[f"zh{half}"] = [ask(*book) for book in rounds]
    return sets


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
            seen = [s for asked in episode.asked if (s := _trust_row(asked, phrasing, entry)) is not None]
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


def _trust_row(asked: Asked, phrasing: Logistic, entry: Logistic) -> tuple[Array, int] | None:
    """The features C, and the rank of the right entry (0: not among the candidates)."""
    if asked.compared is None:
        return None
    owners, _, features = gather(asked.query, asked.compared, phrasing(asked.compared.features))
    scores = entry(features)
    order = np.argsort(-scores, kind="stable").tolist()
    row = trust(asked.query, features, order, scores[order].tolist()).astype(float)
    ranks = {owners[place]: rank for rank, place in enumerate(order, 1)}
    return row, ranks.get(asked.expected, 0)


def judged(models: Models, asked: list[Asked]) -> tuple[Array, NDArray[np.int64]]:
    """Per question the log-odds that the first entry is right, and the rank of the right entry (0: not found)."""
    seen = [_trust_row(one, models.phrasing, models.entry) for one in asked]
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


def calibrate(sets: dict[str, list[Episode]]) -> None:
    """Prints from which probability answers keep each precision on `dev` questions of sets not learned from.

    The precision is over all sets, English and Chinese weighing the same and each set within its language; the answers
    to questions out of scope count as wrong.
    """
    found: dict[str, list[tuple[Array, Array, Array]]] = {"en": [], "zh": []}
    for name, books in testing_sets("dev").items():
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


def report(sets: dict[str, list[Episode]], split: str) -> None:
    """Each set measured by models that have not seen it."""
    answered = "".join(f" at {p:.0%} |" for p in PRECISIONS)
    print("| set | top-1 | rec@3 |" + answered + " in scope only: 98% | 95% | 90% | 80% |")
    print("| --- |" + " ---: |" * 10)
    means: dict[str, list[list[float]]] = {"en": [], "zh": []}
    for name, books in testing_sets(split).items():
        models = learn({other: rows for other, rows in sets.items() if other != name})
        found = np.mean([measure(models, book) for book in books], axis=0)
        means["en" if name in ENGLISH else "zh"].append(list(found))
        _row(name, found)
    for language, rows in means.items():
        _row(f"mean {language}", np.mean(rows, axis=0))


def held(models: Models) -> None:
    """The Chinese set no weight is learned from: three random deals, three and four phrasings indexed."""
    for indexed in (3, 4):
        deals = [split_groups(*chinese("zh_held.txt"), random.Random(seed), indexed) for seed in (21, 22, 23)]
        _row(f"zh_held, {indexed} indexed", np.mean([measure(models, ask(*deal)) for deal in deals], axis=0))


def _row(name: str, values: Any) -> None:
    print(f"| {name} |" + "".join(f" {value:.3f} |" for value in values), flush=True)


def write(models: Models) -> None:
    """Put the weights into the data file; the index's settings and the thresholds there stay."""
    path = DATA / ENCODER.learned
    data = json.loads((path if path.exists() else DATA / "model.json").read_text("utf-8"))
    for name in ("phrasing", "entry", "trust"):
        learned: Logistic = getattr(models, name)
        weights = {n: round(float(w), 5) for n, w in zip(learned.names, learned.weights, strict=True)}
        data[name] = {"weights": weights, "bias": round(learned.bias, 5)}
    path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    print("written:", path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--report", action="store_true", help="measure instead of writing")
    parser.add_argument("--calibrate", action="store_true", help="print the thresholds that keep a precision on dev")
    parser.add_argument("--encoder", default="", help="learn with this sentence encoder (see DESK_FAQ_ENCODER)")
    parser.add_argument("--held", action="store_true", help="measure on zh_held.txt, which no weight is learned from")
    parser.add_argument("--split", default="test", help="of the public sets, in the report (default test)")
    options = parser.parse_args()
    global ENCODER
    ENCODER = neural.encoder(options.encoder) or ENCODER
    sets = learning_sets(random.Random(SEED))
    if options.report:
        report(sets, options.split)
    elif options.held:
        held(learn(sets))
    elif options.calibrate:
        calibrate(sets)
    else:
        write(learn(sets))


if __name__ == "__main__":
    main()

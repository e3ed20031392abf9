"""Makes `sense.npz`: the distilled table, `faq_sense.npz`, with what means the same brought together.

    .venv-bench/bin/python -m benchmarks.faq_contrast     (judges, writes nothing; `faq_learn.py` asks for the file)

The encoder that the table was distilled from knows what texts are about; that 钱没到账 and 放款了吗 ask the same, and
开通 and 关闭 do not, it hardly does. Learned from groups of phrasings that mean the same, written for this project
(`faq_sets/learned_*.txt`): of two phrasings of one group the vectors shall be nearer than those of any two groups in
hand, half of which are of one domain, so that neighbours that differ in one word are told apart (InfoNCE, Adam; two
minutes). Grams that the table has not and that stand in two phrasings are added. The mean of several runs is kept. No
other set is looked at: the rest of `faq_sets/` judges it.

As a program it learns from four fifths of the domains and measures on the others, nearest phrasing by the table alone;
then from all, on the sets that nothing is learned from (ten minutes).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.faq_table import DISTILLED, MOST, packed, read, write
from faq.grams import grams
from faq.lexicon import Lexicon
from faq.normal import settle
from faq.sense import Sense

HERE = Path(__file__).parent
LEARNED = ("learned_zh.txt", "learned_en.txt")
RUNS, STEPS, RATE, HEAT, DROPPED, STAY = 4, 3600, 3e-3, 0.1, 0.2, 1e-3
BATCH = 64
LEXICON = Lexicon.built_in()

Bag = list[int]
Domains = list[list[list[Bag]]]
"""Domains of groups of phrasings, a phrasing being the rows of its grams."""
Floats = NDArray[np.float32]
Texts = tuple[list[list[str]], list[list[str]]]
"""The groups of a domain, and what is near them and in none."""
FOLDS = 5


def texts(file: str) -> list[Texts]:
    """The groups of a file by domain; a line that begins with `!` is in no group."""
    found: list[Texts] = []
    for line in (HERE / "faq_sets" / file).read_text("utf-8").splitlines():
        if line.startswith("#"):
            found.append(([], []))
        elif line.startswith("!"):
            found[-1][1].append([settle(text, LEXICON) for text in line[1:].split("|")])
        elif line:
            found[-1][0].append([settle(text, LEXICON) for text in line.split("|")])
    return [domain for domain in found if any(domain)]


def bags(domain: Texts, rows: Mapping[str, int]) -> list[list[Bag]]:
    """The groups of a domain that the table can tell anything of."""
    groups = [[bag for text in group if (bag := bag_of(text, rows))] for group in domain[0]]
    return [group for group in groups if len(group) > 1]


def bag_of(text: str, rows: Mapping[str, int]) -> Bag:
    """The rows of a settled text's grams."""
    return [rows[gram] for gram in grams(text, LEXICON) if gram in rows]


def widened(names: list[str], table: Floats) -> tuple[list[str], Floats]:
    """With grams of the groups that it has not, near nothing at first."""
    known, kinds, seen = set(names), dict[str, int](), Counter[str]()
    for group in (group for file in LEARNED for groups, _ in texts(file) for group in groups):
        for text in group:
            found = grams(text, LEXICON)
            kinds.update(found)
            seen.update(found.keys())
    new = [gram for gram, times in seen.items() if times > 1 and gram not in known and kinds[gram] in MOST]
    first = np.random.default_rng(0).normal(0, 0.01, (len(new), table.shape[1]))
    return [*names, *new], np.vstack([table, first]).astype(np.float32)


def refined(table: Floats, learned: Domains, seed: int) -> Floats:
    """The table after one run."""
    chance = random.Random(seed)
    every = [group for domain in learned for group in domain]
    used = np.unique(np.concatenate([bag for group in every for bag in group]))
    place = {int(row): at for at, row in enumerate(used)}
    rows = table[used]
    start, mean, square = rows.copy(), np.zeros_like(rows), np.zeros_like(rows)
    for step in range(1, STEPS + 1):
        one, other = zip(*_pairs(learned, every, chance), strict=True)
        first, second = (_matrix([_thinned(bag, place, chance) for bag in side], len(used)) for side in (one, other))
        slope = _slope(first, second, rows) + STAY * (rows - start)
        mean += 0.1 * (slope - mean)
        square += 0.001 * (slope * slope - square)
        pace = RATE * (1 - step / STEPS)
        rows -= pace * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    out = table.copy()
    out[used] = rows
    return out


def _pairs(learned: Domains, every: list[list[Bag]], chance: random.Random) -> Iterator[tuple[Bag, Bag]]:
    """Two phrasings each of many groups, half of them of one domain."""
    domain = chance.choice(learned)
    near = chance.sample(domain, min(len(domain), BATCH // 2))
    groups = {id(group): group for group in (*near, *chance.sample(every, min(len(every), BATCH - len(near))))}
    for group in groups.values():
        first, second = chance.sample(group, 2)
        yield first, second


def _thinned(bag: Bag, place: Mapping[int, int], chance: random.Random) -> Bag:
    """Without some of its grams, so that no meaning hangs on one of them."""
    return [place[row] for row in bag if chance.random() > DROPPED] or [place[row] for row in bag]


def _slope(first: csr_matrix, second: csr_matrix, rows: Floats) -> Floats:
    """Which way each row makes the right pairs less likely among all pairs."""
    a, b = first @ rows, second @ rows
    long_a, long_b = (np.sqrt((side * side).sum(1, keepdims=True)) + 1e-6 for side in (a, b))
    a, b = a / long_a, b / long_b
    likeness = a @ b.T / HEAT
    wrong = _share(likeness, 1) + _share(likeness, 0)
    wrong[np.diag_indices(len(wrong))] -= 2
    wrong /= 2 * len(wrong) * HEAT
    to_a, to_b = wrong @ b, wrong.T @ a
    to_a = (to_a - a * (a * to_a).sum(1, keepdims=True)) / long_a
    to_b = (to_b - b * (b * to_b).sum(1, keepdims=True)) / long_b
    return np.asarray(first.T @ to_a + second.T @ to_b, np.float32)


def _share(likeness: Any, axis: int) -> Any:
    powers = np.exp(likeness - likeness.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def _matrix(bags: Sequence[Bag], width: int) -> csr_matrix:
    """A row a text, a one for each of its grams."""
    starts = np.cumsum([0, *map(len, bags)])
    return csr_matrix((np.ones(starts[-1], np.float32), np.concatenate(bags), starts), shape=(len(bags), width))


def nearest(table: Floats, known: list[tuple[int, Bag]], asked: list[tuple[int, Bag]]) -> float:
    """How often the known phrasing nearest to what is asked, by the table alone, has its number."""
    sides = [_matrix([bag for _, bag in side], len(table)) @ table for side in (asked, known)]
    there, book = (side / (np.sqrt((side * side).sum(1, keepdims=True)) + 1e-6) for side in sides)
    first = (there @ book.T).argmax(1)
    return float(np.mean([known[at][0] == number for at, (number, _) in zip(first, asked, strict=True)]))


def dealt(table: Floats, groups: list[list[Bag]], deals: int = 3) -> float:
    """`nearest` with four phrasings of each group known and the others asked; the mean of random deals."""
    found = []
    for seed in range(deals):
        chance = random.Random(seed)
        known: list[tuple[int, Bag]] = []
        asked: list[tuple[int, Bag]] = []
        for number, group in enumerate(groups):
            mixed = chance.sample(group, len(group))
            cut = min(4, len(mixed) - 1)
            known += [(number, bag) for bag in mixed[:cut]]
            asked += [(number, bag) for bag in mixed[cut:]]
        found.append(nearest(table, known, asked))
    return float(np.mean(found))


def refine(table: Floats, learned: Domains) -> Floats:
    """The mean of several runs."""
    return np.mean([refined(table, learned, seed) for seed in range(RUNS)], axis=0, dtype=np.float32)


def folds() -> Iterator[tuple[Sense, dict[str, list[Texts]]]]:
    """Tables that have not seen a fifth of the domains, each with these domains by file."""
    names, table = widened(*read(DISTILLED))
    rows = {name: row for row, name in enumerate(names)}
    for turn in range(FOLDS):
        seen = [bags(d, rows) for file in LEARNED for n, d in enumerate(texts(file)) if n % FOLDS != turn]
        left = {file: [d for n, d in enumerate(texts(file)) if n % FOLDS == turn] for file in LEARNED}
        grams_of, whole, scale = packed(names, refined(table, seen, turn))
        yield Sense.of_table([name.encode() for name in grams_of], whole, scale), left


def make(path: Path) -> None:
    """The table learned from all domains, into a file."""
    names, table = widened(*read(DISTILLED))
    rows = {name: row for row, name in enumerate(names)}
    learned = [bags(domain, rows) for file in LEARNED for domain in texts(file)]
    write(path, names, refine(table, learned))


def main() -> None:
    """Prints the shares found before and after: domains left out, a fifth in turn; then the sets of no learning."""
    names, table = widened(*read(DISTILLED))
    rows = {name: row for row, name in enumerate(names)}
    whole = {file: [bags(domain, rows) for domain in texts(file)] for file in LEARNED}
    for turn in range(FOLDS):
        better = refine(table, [d for found in whole.values() for n, d in enumerate(found) if n % FOLDS != turn])
        for file, found in whole.items():
            left = [each for n, each in enumerate(found) if n % FOLDS == turn]
            shares = [np.mean([dealt(one, domain) for domain in left]) for one in (table, better)]
            print(f"{file}, fifth {turn}: {shares[0]:.3f} -> {shares[1]:.3f}", flush=True)
    better = refine(table, [domain for found in whole.values() for domain in found])
    for file in ("zh_written.txt", "zh_held.txt"):
        groups = [group for domain in texts(file) for group in bags(domain, rows)]
        print(f"{file}: {dealt(table, groups):.3f} -> {dealt(better, groups):.3f}", flush=True)


if __name__ == "__main__":
    main()

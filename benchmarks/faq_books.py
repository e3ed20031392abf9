"""The books and questions that the matcher's weights are learned from and measured on.

English: public sets, each with its own split. Chinese: sets written for this project, and the shipped content's
phrasings. What a book has been compared with depends on the encoder, so each is made with one in hand.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks import faq_contrast
from faq import Book, model, neural
from faq.features import Compared, compare
from faq.index import Index, Query
from faq.lexicon import Lexicon
from faq.normal import settle
from faq.ranking import ENTRIES, PHRASINGS
from faq.sense import Encoder

HERE = Path(__file__).parent
ENGLISH = ("clinc150", "banking77", "hint3_curekart", "hint3_powerplay11", "hint3_sofmattress")
LARGEST, STRANGERS = 60, 15
"""Groups of a written domain in a book, and of another one whose questions are put to it."""
SEED = 9
LEXICON = Lexicon.built_in()

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


def ask(lines: Lines, questions: Lines, encoder: Encoder) -> list[Asked]:
    """Index `lines` (entry, phrasing) and compare `questions` (entry or -1, text) with them."""
    index = Index.build(lines, LEXICON, model.settings(), encoder)
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


def learning_sets(encoder: Encoder) -> dict[str, list[Episode]]:
    """Episodes by set, the same ones each time; Chinese in two halves that share no group."""
    chance = random.Random(SEED)
    sets: dict[str, list[Episode]] = {}

    def add(name: str, book: tuple[Lines, Lines], weight: float, smaller: int) -> None:
        rows = sets.setdefault(name, [])
        rows.append(Episode(ask(*book, encoder), weight))
        rows.extend(Episode(ask(*part, encoder), 1.0) for part in parts(*book, chance, smaller))

    for name in ENGLISH:
        add(name, english(name, "dev"), 3.0, 4)
    for half, (inside, outside) in enumerate(halves()):
        for indexed in (3, 3, 4, 2):
            add(f"zh{half}", split_groups(inside, outside, chance, indexed), 1.5, 2)
    for indexed in (3, 4):
        add("content", split_groups(content(), [], chance, indexed), 1.5, 2)
    return sets | written(chance, encoder)


def written(chance: random.Random, encoder: Encoder) -> dict[str, list[Episode]]:
    """The domains that the table of meanings learns from, each as a book seen with a table that has not seen it.

    A part of another domain's questions is out of scope there, besides what its author put in no group.
    """
    sets: dict[str, list[Episode]] = {}
    for turn, (table, left) in enumerate(faq_contrast.folds()):
        unseen = replace(encoder, table=table) if isinstance(encoder, neural.Neural) else table
        for file, books in left.items():
            rows = sets.setdefault(f"{file} {turn}", [])
            for inside, outside in books:
                strangers = chance.choice([domain for domain in faq_contrast.texts(file) if domain[0] != inside])[0]
                groups = chance.sample(inside, min(len(inside), LARGEST))
                lines, questions = split_groups(groups, outside, chance, chance.choice((3, 4, 5)))
                near = chance.sample(strangers, min(len(strangers), STRANGERS))
                questions += [(-1, text) for group in near for text in group[:2]]
                rows.append(Episode(ask(lines, questions, unseen), 1.0))
                rows += [Episode(ask(*part, unseen), 0.5) for part in parts(lines, questions, chance, 1)]
    return sets


def testing_sets(split: str, encoder: Encoder) -> dict[str, list[list[Asked]]]:
    """Whole books to measure on; each Chinese half in three random deals."""
    sets = {name: [ask(*english(name, split), encoder)] for name in ENGLISH}
    for half, (inside, outside) in enumerate(halves()):
        rounds = [split_groups(inside, outside, random.Random(s), 4) for s in (11, 12, 13)]
        sets[f"zh{half}"] = [ask(*book, encoder) for book in rounds]
    return sets

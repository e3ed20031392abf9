"""How good the matcher is on questions whose entry is known: top-1, recall, out of scope, answers at 98 % precision."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faq.book import Book
from faq.noise import NOISES
from faq.outcome import Answer, Choices

PRECISION = 0.98
SEED = 20_240_501


class BadCases(Exception):
    """A file of questions that cannot be read; `line`: where (0: as a whole)."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Case:
    """A question and the entry that should answer it; None: no entry should."""

    text: str
    expected: str | None
    language: str = "zh"


@dataclass(frozen=True)
class Heard:
    """What came of a case."""

    case: Case
    ids: tuple[str, ...]
    trust: float
    answered: bool
    offered: bool

    @property
    def right(self) -> bool:
        """Whether the first entry is the expected one."""
        return bool(self.ids) and self.ids[0] == self.case.expected

    @property
    def found(self) -> bool:
        """Whether the expected entry was answered or offered."""
        shown = self.ids[:1] if self.answered else self.ids[:3] if self.offered else ()
        return self.case.expected in shown


@dataclass(frozen=True)
class Scores:
    """The measures of one run; shares between 0 and 1."""

    inside: int
    outside: int
    top1: float
    recall3: float
    mrr: float
    auroc: float
    at_precision: float
    answered: float
    found: float
    wrong: int
    wrong_cases: tuple[Heard, ...] = field(repr=False, default=())


def hear(book: Book, cases: Iterable[Case]) -> list[Heard]:
    """Put the cases to the book."""
    out = []
    for case in cases:
        outcome = book.match(case.text, case.language)
        ids = tuple(scored.entry.id for scored in outcome.scored)
        out.append(Heard(case, ids, outcome.probability, isinstance(outcome, Answer), isinstance(outcome, Choices)))
    return out


def score(heard: Sequence[Heard]) -> Scores:
    """The measures. A wrong answer is one given for another entry's question or for one that is out of scope."""
    inside = [h for h in heard if h.case.expected is not None]
    outside = [h for h in heard if h.case.expected is None]
    ranks = [h.ids.index(h.case.expected) + 1 if h.case.expected in h.ids else 0 for h in inside]
    wrong = tuple(h for h in heard if h.answered and not h.right)
    return Scores(
        inside=len(inside),
        outside=len(outside),
        top1=_share(rank == 1 for rank in ranks),
        recall3=_share(0 < rank <= 3 for rank in ranks),
        mrr=sum(1 / rank for rank in ranks if rank) / max(len(ranks), 1),
        auroc=auroc([h.trust for h in inside], [h.trust for h in outside]),
        at_precision=answered_at(heard, PRECISION),
        answered=_share(h.answered and h.right for h in inside),
        found=_share(h.found for h in inside),
        wrong=len(wrong),
        wrong_cases=wrong,
    )


def answered_at(heard: Sequence[Heard], precision: float) -> float:
    """The share of in-scope questions answered rightly where the threshold is set for this precision over all."""
    inside = sum(h.case.expected is not None for h in heard)
    right = best = 0
    for count, one in enumerate(sorted(heard, key=lambda h: -h.trust), 1):
        right += one.right
        if right >= precision * count:
            best = right
    return best / max(inside, 1)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """How surely an in-scope question is trusted more than one out of scope; 0.5 is chance, nan without both."""
    if not inside or not outside:
        return float("nan")
    ordered = sorted([(value, 1) for value in inside] + [(value, 0) for value in outside])
    above, total = 0.0, 0
    index = 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        ones = sum(kind for _, kind in ordered[index:end])
        zeros = end - index - ones
        above += ones * (total + zeros / 2)
        total += zeros
        index = end
    return above / (len(inside) * len(outside))


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / max(len(values), 1)


def evaluate(book: Book, cases: Sequence[Case], *, noise: bool = True) -> dict[str, Scores]:
    """The measures on the cases as they are and, with `noise`, after each kind of it."""
    out = {"as typed": score(hear(book, cases))}
    for name, make in NOISES.items() if noise else ():
        chance = random.Random(SEED)  # noqa: S311
        changed = [(case, make(case.text, chance)) for case in cases]
        kept = [Case(text, case.expected, case.language) for case, text in changed if text != case.text]
        if kept:
            out[name] = score(hear(book, kept))
    return out


def report(results: dict[str, Scores]) -> str:
    """The measures as a table, and the wrong answers one by one."""
    names = ("n", "oos", "top-1", "rec@3", "MRR", "AUROC", "at98", "right", "found", "wrong")
    lines = [f"{'':14}" + "".join(f"{name:>8}" for name in names)]
    for name, s in results.items():
        shares = "".join(f"{v:8.3f}" for v in (s.top1, s.recall3, s.mrr, s.auroc, s.at_precision, s.answered, s.found))
        lines.append(f"{name:14}{s.inside:8}{s.outside:8}{shares}{s.wrong:8}")
    wrong = next(iter(results.values())).wrong_cases
    lines += [f"wrong: {one.case.text!r} → {one.ids[0]}, expected {one.case.expected}" for one in wrong]
    lines.append("right: answered rightly; found: answered or offered; at98: answered rightly at 98 % precision")
    return "\n".join(lines)


def read_cases(path: Path, *, split: str | None = None) -> tuple[list[Case], dict[str, bytes] | None]:
    """Cases from a file, and the content to ask if the file brings its own.

    A question set: one JSON object with `entries`, `queries`, `oos`. Otherwise one case a line: JSON with `q` and
    `id` (or `expected`; null or missing: none), or question and id parted by a tab.

    Raises:
        BadCases: it is not such a file.
        OSError: it cannot be read.
    """
    text = path.read_text("utf-8-sig", "replace")
    if text.lstrip().startswith("{") and '"entries"' in text:
        try:
            data = json.loads(text)
            language = data.get("lang", "zh")
            rows = [row for row in [*data["queries"], *data.get("oos", [])] if split in (None, row.get("split"))]
            return [Case(row["q"], row.get("id"), language) for row in rows], as_content(data["entries"], language)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadCases(0) from error
    return [_case(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()], None


def _case(number: int, line: str) -> Case:
    if line.lstrip().startswith("{"):
        try:
            row = json.loads(line)
            question = row["q"] if "q" in row else row["question"]
        except (ValueError, KeyError) as error:
            raise BadCases(number) from error
        expected = row.get("id", row.get("expected"))
    else:
        question, _, expected = line.partition("\t")
    found = str(expected or "").strip()
    return Case(str(question), found if found.lower() not in ("", "none", "null") else None)


def as_content(entries: Sequence[dict[str, Any]], language: str, *, per_file: int = 60) -> dict[str, bytes]:
    """A question set as content files, so that it is measured through the same loader as an office's own."""
    files = {}
    for start in range(0, len(entries), per_file):
        rows = [_as_entry(row, language) for row in entries[start : start + per_file]]
        topic = {"topic": f"set-{start}", "title": {"zh": "题集", "en": "Set"}, "entries": rows}
        files[f"set-{start:06}.yaml"] = json.dumps(topic, ensure_ascii=False, indent=0).encode()
    return files


def _as_entry(row: dict[str, Any], language: str) -> dict[str, Any]:
    lines = [line[:200] for line in [row["question"], *row.get("alternates", [])]]
    both = {"zh": "-", "en": "-"}
    return {
        "id": row["id"],
        "title": both,
        "ask": {"zh": ["-"], "en": ["-"], language: lines},
        "answer": both,
        "office": "none",
        "source": {"title": both},
        "review_by": "2099-01-01",
        "category": "none",
    }

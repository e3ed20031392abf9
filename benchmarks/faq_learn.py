"""Learns a new model for the FAQ into a folder of its own and shows its figures beside those of the shipped one.

    make learn     (or .venv-bench/bin/python -m benchmarks.faq_learn [--folder DIR] [--semantic] [--adopt])

1. The table of meanings (`faq_contrast.py`). 2. The weights (`faq_train.py`); with `--semantic` those for the sentence
encoder, too. 3. The checks and figures, old beside new. 4. With `--adopt`, the files take the shipped ones' place.

What stands in the folder is not learned again unless something it is made of has changed, so a run that is cut off is
simply begun again, and thresholds set by hand there are measured in a minute. The first two steps take about two and
four minutes of one core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks import faq_contrast, faq_report, faq_train
from benchmarks.faq_books import ENGLISH
from benchmarks.faq_table import DISTILLED, SHIPPED, TABLE, encoder_of, put
from faq import Book, model, neural
from faq.evaluation import Case, Scores, evaluate
from faq.proof import failures
from faq.sense import Encoder
from words import Words

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDER = ROOT / "var" / "faq"
CONTENT = ROOT / "faq" / "content"
SETS = HERE / "faq_sets"
WEIGHTS = {"": "model.json", neural.PACKAGED: "model_semantic.json"}
"""The file of weights for the table alone, and for the table with the packaged encoder beside it."""
SHOWN = {"top-1": "top1", "rec@3": "recall3", "at98": "at_precision", "right": "answered", "found": "found"}
MADE_OF = "made_of.json"
"""In the folder: for each file a digest of what it was made of."""


class Folder:
    """Where the new model is put together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def table(self) -> None:
        """The table of meanings."""
        self._learned(TABLE, "the table of meanings, some two minutes", faq_contrast.make)

    def weights(self, setting: str) -> None:
        """The weights for this encoder."""
        encoder = encoder_of(setting, self.path)
        self._learned(WEIGHTS[setting], "the weights, some four minutes", lambda path: faq_train.make(path, encoder))

    def _learned(self, name: str, what: str, make: Callable[[Path], None]) -> None:
        """Have the file made, unless it is there and made of what there is now."""
        path, notes, digest = self.path / name, self.path / MADE_OF, self._digest(name)
        noted: dict[str, str] = json.loads(notes.read_text("utf-8")) if notes.exists() else {}
        if path.exists() and noted.get(name) == digest:
            print(f"{path} stands")
            return
        print(f"{path}: learning {what} …", flush=True)
        make(path)
        put(notes, json.dumps({**noted, name: digest}, indent=1).encode())

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256(json.dumps(model.learned(WEIGHTS[""])["index"]).encode())
        for path in _made_of(name, self.path):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]


def _made_of(name: str, folder: Path) -> Iterator[Path]:
    """The files that a file is made of: sets, data and programs."""
    yield DISTILLED
    yield from (SETS / file for file in faq_contrast.LEARNED)
    yield from (*(HERE / file for file in ("faq_contrast.py", "faq_table.py")), *sorted((ROOT / "faq").glob("*.py")))
    yield from (SHIPPED / file for file in ("lexicon.json", "pinyin.json", "rarity.json"))
    if name != TABLE:
        yield folder / TABLE
        yield from (SETS / file for file in ("zh_written.txt", *(f"{each}.json" for each in ENGLISH)))
        yield from (HERE / file for file in ("faq_books.py", "faq_train.py"))
        yield from sorted(CONTENT.glob("*.yaml"))


def compare(setting: str, folder: Folder) -> bool:
    """Print what the shipped content and the held-out Chinese set come to, old and new; False: the check fails."""
    old, new = encoder_of(setting), encoder_of(setting, folder.path)
    print(f"\n{WEIGHTS[setting]}\n")
    books = [_book(encoder) for encoder in (old, new)]
    say = Words.load().speaker("en")
    failed = [problem.say(say) for problem in failures(books[1])]
    print(*failed, f"faq check: {len(failed)} tests of the content fail", sep="\n")
    cases = [Case(text, expected, language) for text, expected, language in books[0].tests()]
    _figures(*(evaluate(book, cases) for book in books))
    print("\n| set | top-1 | rec@3 | at 98% | at 95% | at 90% | at 80% | in scope only: 98% | 95% | 90% | 80% |")
    faq_report.held(old, "zh_held shipped")
    faq_report.held(new, "zh_held new")
    return not failed


def _book(encoder: Encoder) -> Book:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return Book.load(CONTENT, today=today, prove=False, encoder=encoder)


def _figures(old: dict[str, Scores], new: dict[str, Scores]) -> None:
    """As `python -m faq eval` counts them."""
    print(f"\n{'shipped → new':14}" + "".join(f"{name:>17}" for name in (*SHOWN, "wrong")))
    for name, before in old.items():
        pairs = [(getattr(before, share), getattr(new[name], share)) for share in SHOWN.values()]
        row = "".join(f"{f'{one:.3f} → {other:.3f}':>17}" for one, other in pairs)
        print(f"{name:14}{row}{f'{before.wrong} → {new[name].wrong}':>17}")


def adopt(folder: Folder, settings: list[str]) -> str:
    """Put the new files in the shipped ones' place; otherwise a sentence that says why not.

    All weights rest on one table: with a new one, those for the sentence encoder must be new, too.
    """
    if len(settings) < len(WEIGHTS) and not _same(folder, TABLE):
        return "not adopted: with another table the weights for the sentence encoder change, too; add --semantic"
    for name in (TABLE, *(WEIGHTS[setting] for setting in settings)):
        put(SHIPPED / name, (folder.path / name).read_bytes())
    return ""


def _same(folder: Folder, name: str) -> bool:
    return (folder.path / name).read_bytes() == (SHIPPED / name).read_bytes()


def _closing(folder: Folder, settings: list[str]) -> str:
    made = (TABLE, *(WEIGHTS[setting] for setting in settings))
    same = "\n".join(f"{name}: {'the same as shipped' if _same(folder, name) else 'another one'}" for name in made)
    return f"""
{same}

Look at: no test of the content fails; no more wrong answers as typed; zh_held at 98 % no lower.
Thresholds: `thresholds` in {folder.path}/*.json are as shipped until you set them; what keeps which precision:
    .venv-bench/bin/python -m benchmarks.faq_report --calibrate --folder {folder.path}     (five minutes)
Then run this again: only the figures are made anew. --adopt puts the files in the shipped ones' place."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to put it together (default var/faq)")
    parser.add_argument("--semantic", action="store_true", help="the weights with the packaged sentence encoder, too")
    parser.add_argument("--adopt", action="store_true", help="replace the shipped files, if the content's tests pass")
    options = parser.parse_args()
    settings = list(WEIGHTS)[: 1 + options.semantic]
    try:
        for setting in settings:
            neural.encoder(setting)
    except neural.EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    folder = Folder(options.folder.resolve())
    folder.table()
    for setting in settings:
        folder.weights(setting)
    found = [compare(setting, folder) for setting in settings]
    if not options.adopt:
        print(_closing(folder, settings))
        return not all(found)
    refused = adopt(folder, settings) if all(found) else "not adopted: tests of the content fail"
    print(refused or "adopted; git diff shows it, python -m faq eval and docs/faq-quality.md are next")
    return bool(refused)


if __name__ == "__main__":
    sys.exit(main())

"""Damaged content files: none may crash the loader, none may take long, and the live book never changes.

.venv/bin/python -m benchmarks.faq_mutate [--count 20000] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from faq import Book
from faq.loading import load, read_folder
from faq.schema import OffTopic, Synonyms, Topic
from sheets import SheetError, parse

CONTENT = Path(__file__).parents[1] / "faq" / "content"
MODELS = {"synonyms.yaml": Synonyms, "off_topic.yaml": OffTopic}
PIECES = (
    *(
        "：",
        "，",
        "“",
        "”",
        "\t",
        "　",
        "\u200b",
        "\u202e",
        "\x00",
        "\ud7ff",
        "\u0085",
        "\u2028",
        "🙂",
        "\n",
        "\r",
        "  ",
    ),
    *("'", '"', "[", "{", "]", "}", "- ", ": ", "#", "|", ">", "?", "@", "`", "&a ", "*a", "<<: ", "---\n", "...\n"),
    *("!!python/object:os.system ", "%YAML 1.1\n", "是", "on", "2026-13-45", "9" * 60, "null", "~"),
)


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """One file with one to four mistakes of a person, an editor or a disk."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        raw = chance.choice((_insert, _insert, _cut, _swap_lines, _indent, _bytes, _repeat, _encode, _colon))(
            raw, chance
        )
    return raw


def _insert(raw: bytes, chance: random.Random) -> bytes:
    text = raw.decode("utf-8", "replace")
    at = chance.randrange(len(text) + 1)
    return (text[:at] + chance.choice(PIECES) + text[at:]).encode("utf-8", "surrogatepass")


def _cut(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + raw[at + chance.choice((1, 5, 80, 4000)) :]


def _swap_lines(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]
    return b"\n".join(lines)


def _indent(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    i = chance.randrange(len(lines))
    lines[i] = chance.choice((b" ", b"\t", b"    ", "　".encode())) + lines[i]
    return b"\n".join(lines)


def _bytes(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.randbytes(chance.choice((1, 3, 40))) + raw[at:]


def _repeat(raw: bytes, chance: random.Random) -> bytes:
    piece = chance.choice((b"[", b"{a: ", b"- ", b"? ", b"!", b"&", b'"', b"\n", b"a: ", b"x", b" "))
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + piece * chance.choice((50, 3_000, 120_000 // len(piece))) + raw[at:]


def _encode(raw: bytes, chance: random.Random) -> bytes:
    return raw.decode("utf-8", "replace").encode(chance.choice(("gb18030", "utf-16", "utf-8-sig", "big5")), "replace")


def _colon(raw: bytes, chance: random.Random) -> bytes:
    parts = raw.split(b": ")
    if len(parts) < 2:
        return raw
    at = chance.randrange(1, len(parts))
    return b": ".join(parts[:at]) + chance.choice(("：".encode(), b":", b" :", b"=")) + b": ".join(parts[at:])


def trials(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Damaged files by name, the same ones for the same seed."""
    files = read_folder(CONTENT)
    chance = random.Random(seed)
    for _ in range(count):
        name = chance.choice(sorted(files))
        yield name, damaged(files[name], chance)


def refuse(name: str, raw: bytes) -> tuple[str, float]:
    """Read one file: "taken" or the first complaint's key, and the milliseconds of processor time it took."""
    start = time.thread_time()
    try:
        parse(raw, MODELS.get(name, Topic), name=name)
        verdict = "taken"
    except SheetError as error:
        verdict = error.problems[0].key  # a refusal without a word would fail here
    return verdict, 1000 * (time.thread_time() - start)


def drill(count: int, seed: int, *, whole_every: int = 50) -> tuple[Counter[str], float]:
    """Read all trials; every so often the whole folder with the damaged file in it. Verdicts, and the longest time."""
    book = Book.load(CONTENT, today=date(2026, 1, 1), prove=False)
    before = (book.version, book.entries, [scored.entry.id for scored in book.match("娃儿上学").scored])
    verdicts: Counter[str] = Counter()
    longest = 0.0
    for number, (name, raw) in enumerate(trials(count, seed)):
        verdict, took = refuse(name, raw)
        verdicts[verdict] += 1
        longest = max(longest, took)
        if number % whole_every == 0:
            with suppress(SheetError):
                load({**book.files, name: raw})
    assert before == (book.version, book.entries, [scored.entry.id for scored in book.match("娃儿上学").scored])
    return verdicts, longest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    verdicts, longest = drill(options.count, options.seed)
    for verdict, count in verdicts.most_common():
        print(f"{count:7}  {verdict}")
    print(f"{options.count} files: no crash, {longest:.1f} ms at the longest, and the live book did not change")


if __name__ == "__main__":
    main()

"""The FAQ on the command line: check the content, match questions, measure the matcher, make the editors' schema."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo

from faq import Answer, Book, Choices, Outcome, Unknown, editor_schema, neural
from faq.checks import notes
from faq.evaluation import BadCases, Case, evaluate, read_cases, report
from sheets import SheetError
from words import LANGUAGES, Listed, Words

CONTENT = Path(__file__).parent / "content"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0: in order, 1: something to mend, 2: wrong usage."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # whatever the terminal's locale, questions are UTF-8
            stream.reconfigure(encoding="utf-8", errors="replace")
    commands = {"check": check, "match": match, "eval": measure, "schema": schema}
    try:
        return commands[options.command](options)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return 0


def check(options: argparse.Namespace) -> int:
    """Everything wrong or doubtful in the content, in words."""
    say = Words.load().speaker(options.language)
    try:
        book = Book.load(options.content, today=_today(), encoder=_encoder(options))
    except SheetError as error:
        print(say.plain("faqbook.check_bad", n=len(error.problems)))
        print(*(problem.say(say) for problem in error.problems), sep="\n")
        return 1
    print(say.plain("faqbook.check_fine", version=book.version, **book.counts()))
    if found := notes(book):
        print(say.plain("faqbook.check_notes", n=len(found)))
        print(*(problem.say(say) for problem in found), sep="\n")
    return 0


def match(options: argparse.Namespace) -> int:
    """One question a line from standard input, one outcome a line to standard output."""
    book = _book(options)
    for line in sys.stdin:
        start = time.perf_counter()
        outcome = book.match(line.strip(), options.language)
        shown = {"q": line.rstrip("\r\n"), **_outcome(outcome), "ms": round(1000 * (time.perf_counter() - start), 3)}
        print(json.dumps(shown, ensure_ascii=False) if options.jsonl else _line(shown), flush=True)
    return 0


def measure(options: argparse.Namespace) -> int:
    """Quality on a file of questions, or on the content's own tests."""
    say = Words.load().speaker(options.language)
    try:
        cases, files = read_cases(options.file, split=options.split) if options.file else (None, None)
    except OSError as error:
        print(say.plain("faqbook.eval_no_file", file=options.file, reason=error.strerror or error), file=sys.stderr)
        return 1
    except BadCases as error:
        print(say.plain("faqbook.eval_bad_line", file=options.file, line=error.line), file=sys.stderr)
        return 1
    book = Book.of(files, today=_today(), prove=False, encoder=_encoder(options)) if files else _book(options)
    if cases is None:
        cases = [Case(text, name, language) for text, name, language in book.tests()]
    if not cases:
        print(say.plain("faqbook.eval_empty", file=options.file), file=sys.stderr)
        return 1
    strange = sorted({case.expected for case in cases if case.expected and book.entry(case.expected) is None})
    if strange:
        print(say.plain("faqbook.eval_strange", ids=Listed(strange[:10])), file=sys.stderr)
    print(report(evaluate(book, cases, noise=not options.no_noise)))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Write `faq/schema.json`."""
    editor_schema.PATH.write_text(editor_schema.text(), "utf-8")
    print(editor_schema.PATH)
    return 0


def _book(options: argparse.Namespace) -> Book:
    try:
        return Book.load(options.content, today=_today(), prove=False, encoder=_encoder(options))
    except SheetError as error:
        say = Words.load().speaker(options.language)
        print(*(problem.say(say) for problem in error.problems), sep="\n", file=sys.stderr)
        raise SystemExit(1) from None


def _encoder(options: argparse.Namespace) -> neural.Neural | None:
    try:
        return neural.encoder(options.encoder)
    except neural.EncoderError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def _outcome(outcome: Outcome) -> dict[str, object]:
    """Whatever the outcome, the three nearest entries with their scores, the best first; an answer is the first.

    A score is the probability that this entry is meant: 0 for what is known not to be ours.
    """
    name = "answer" if isinstance(outcome, Answer) else "choices" if isinstance(outcome, Choices) else "unknown"
    foreign = isinstance(outcome, Unknown) and outcome.off_topic
    return {
        "outcome": name,
        "ids": [scored.entry.id for scored in outcome.scored],
        "scores": [0.0 if foreign else scored.score for scored in outcome.scored],
    }


def _line(shown: dict[str, object]) -> str:
    return f"{shown['outcome']:8} {shown['ms']:7} ms  {shown['q']}  →  {shown['ids']} {shown['scores']}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m faq", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, help_text in (
        ("check", "check the content: what is wrong, where, and what to write instead"),
        ("match", "read one question a line from standard input and print what it comes to"),
        ("eval", "measure the matcher on a file of questions, or on the content's own tests"),
        ("schema", "write faq/schema.json, which editors use for completion"),
    ):
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--content", type=Path, default=CONTENT, metavar="DIR", help="the content folder")
        command.add_argument("--language", choices=LANGUAGES, default="zh", help="language of messages (default zh)")
        command.add_argument("--encoder", default="", help="a sentence encoder, as DESK_FAQ_ENCODER")
        if name == "match":
            command.add_argument("--jsonl", action="store_true", help="one JSON object a line")
        if name == "eval":
            command.add_argument("file", type=Path, nargs="?", metavar="FILE", help="JSON lines, TSV or a question set")
            command.add_argument("--split", help="of a question set with splits, only this one (dev or test)")
            command.add_argument("--no-noise", action="store_true", help="leave out the table by noise")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""From a YAML parser's complaint to the mistake that a person most likely made, with the mend."""

from __future__ import annotations

import re
from typing import Any

import yaml

from sheets.problem import Problem

_KEY_WIDE_COLON = re.compile(r"^\s*(?:-\s+)*[\w\"'“”‘’-]{1,40}\s*：")
_KEY_NO_SPACE = re.compile(r"^\s*(?:-\s+)*[A-Za-z_][\w-]{0,39}:[^\s/:]")
_WIDE_QUOTE = re.compile(r"(?:^|[:\-\[,]\s*)[“”‘’＂＇]")
_COLON_INSIDE = re.compile(r"^\s*(?:-\s+)*[\w-]+:\s+[^\s\"'|>\[{].*:(?:\s|$)")
_TEXT_AFTER_QUOTE = re.compile(r"""^\s*(?:-\s+)*(?:[\w-]+:\s+)?(?:"[^"]*"|'[^']*')\s*[^\s#,\]}:]""")
_BAD_START = re.compile(r"^\s*(?:-\s+)*(?:[\w-]+:\s+)?[@`%]")
_WIDE_INDENT = re.compile("^[ \t]*[\u3000\u00a0]")
_NEAR = 3


def diagnose(text: str, name: str, error: yaml.YAMLError, entry: str) -> Problem:
    """The problem behind `error`.

    1. An unclosed quote and a tab are known from the complaint itself.
    2. Otherwise the complaint's line, then the lines just above it, are searched for a usual slip.
    3. Otherwise: this line cannot be read, look at its indentation.
    """
    lines = [*text.split("\n"), ""]  # a mark may stand behind the last line
    mark: Any = getattr(error, "problem_mark", None)
    context: Any = getattr(error, "context_mark", None)
    at = min(mark.line, len(lines) - 1) if mark else 0
    said = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')}"
    if "quoted scalar" in said and context:
        return Problem(name, context.line + 1, entry, "sheets.open_quote", {"text": _short(lines[context.line])})
    if "flow" in said and context and _unbalanced(lines[context.line]):
        return Problem(name, context.line + 1, entry, "sheets.open_bracket", {"text": _short(lines[context.line])})
    if "\t" in lines[at][: mark.column + 1 if mark else 0]:
        return Problem(name, at + 1, entry, "sheets.tab", {})
    for number in range(at, max(at - _NEAR, -1), -1):
        if key := _slip(lines[number]):
            return Problem(name, number + 1, entry, key, {"text": _short(lines[number])})
    return Problem(name, at + 1, entry, "sheets.syntax", {"text": _short(lines[at])})


def _slip(line: str) -> str | None:
    """The usual slip that this line shows, as a words key."""
    slips = (
        (_KEY_WIDE_COLON, "sheets.wide_colon"),
        (_WIDE_INDENT, "sheets.wide_space"),
        (_KEY_NO_SPACE, "sheets.no_space"),
        (_BAD_START, "sheets.bad_start"),
        (_TEXT_AFTER_QUOTE, "sheets.after_quote"),
        (_COLON_INSIDE, "sheets.colon_inside"),
        (_WIDE_QUOTE, "sheets.wide_quote"),
    )
    line = line[:400]
    return next((key for pattern, key in slips if pattern.search(line)), None)


def slip_in_value(value: object) -> str | None:
    """The slip in a text that stands where a block should be, such as `zh：你好`."""
    if not isinstance(value, str):
        return None
    if _KEY_WIDE_COLON.match(value[:400]):
        return "sheets.wide_colon"
    return "sheets.no_space" if _KEY_NO_SPACE.match(value[:400]) else None


def _unbalanced(line: str) -> bool:
    return sum(map(line.count, "[{")) > sum(map(line.count, "]}"))


def _short(line: str) -> str:
    line = line.strip()
    return line if len(line) <= 40 else line[:39] + "…"

"""From bytes to text that YAML may be read from: right size, right encoding, no characters that nobody can see."""

from __future__ import annotations

import re
from pathlib import Path

from sheets.problem import Problem, SheetError

LIMIT = 128 * 1024
"""Largest file, in bytes; a larger one is refused before it is read, so that a refusal is always quick."""

_INVISIBLE = dict.fromkeys(
    [0xFEFF, 0x200B, 0x2060, 0x00AD, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_STRANGE = re.compile("[^\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fetch(path: Path, *, limit: int = LIMIT) -> bytes:
    """The file's bytes. Raises `SheetError` if it is missing, unreadable or larger than `limit` bytes."""
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise _refusal(path.name, 0, "sheets.no_file", reason=error.strerror or str(error)) from None
    return raw


def decode(raw: bytes, name: str, *, limit: int = LIMIT) -> str:
    """The text of `raw`, with the invisible characters that web pages and Word leave behind taken out.

    Raises:
        SheetError: too large, not UTF-8 (GBK is recognised and named), or a control character in it.
    """
    if len(raw) > limit:
        raise _refusal(name, 0, "sheets.too_large", limit=limit // 1024)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(name, 0, "sheets.other_encoding", encoding="UTF-16")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        if _is_gbk(raw):
            raise _refusal(name, line, "sheets.other_encoding", encoding="GBK / ANSI") from None
        raise _refusal(name, line, "sheets.broken_encoding") from None
    text = text.translate(_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n")
    if found := _STRANGE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _refusal(name, line, "sheets.strange_character", code=f"U+{ord(found.group()):04X}")
    return text


def _is_gbk(raw: bytes) -> bool:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    wide = [letter for letter in text if letter > "\x7f"]
    common = sum(
        "\u4e00" <= letter <= "\u9fff" or "\u3000" <= letter <= "\u303f" or letter >= "\uff00" for letter in wide
    )
    return common >= 0.9 * len(wide)


def _refusal(name: str, line: int, key: str, **values: object) -> SheetError:
    return SheetError([Problem(name, line, "", key, values)])

"""Names as we show them: without the invisible characters that turn the text around them or break our lines."""

from __future__ import annotations

import unicodedata

LONGEST = 64


def plain_name(name: str) -> str:
    """The name without control, direction and other format characters, on one line, at most 64 characters long."""
    kept = (" " if letter.isspace() else letter for letter in name if letter.isspace() or _shown(letter))
    return " ".join("".join(kept).split())[:LONGEST]


def _shown(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}

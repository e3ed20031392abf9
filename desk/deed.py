"""One act as somebody did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.filing import Upload


@dataclass(frozen=True)
class Deed:
    """What came with an act: words, files, a rating of 1 to 5, the office a matter is handed to."""

    words: str = ""
    uploads: Sequence[Upload] = ()
    rating: int | None = None
    to_office: str = ""

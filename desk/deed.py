"""One act as somebody did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.filing import Upload
from desk.handover import Assignment


@dataclass(frozen=True)
class Message:
    """The message something was said with."""

    chat_id: int
    message_id: int


@dataclass(frozen=True)
class Deed:
    """What came with an act: words, files, a rating of 1 to 5, the office a matter is handed to.

    `message` is what the words came as, `replies` the number of the entry they answer.
    `until` is a new date asked for, `to_post` the colleague a matter is handed to, `given` hands already found.
    """

    words: str = ""
    uploads: Sequence[Upload] = ()
    rating: int | None = None
    to_office: str = ""
    message: Message | None = None
    replies: int | None = None
    until: datetime | None = None
    to_post: int | None = None
    given: Assignment | None = None

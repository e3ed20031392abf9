"""Tracebacks that may be kept and shown: where it broke and what kind of error it was, not what it said.

The message of an error may hold anything that was being worked on: a name, a number, a whole letter. Only errors that
the interpreter itself words, about our own code, keep theirs.
"""

from __future__ import annotations

import re
import traceback
from types import TracebackType

from telegram.error import TelegramError

from handlers.incoming import PoisonError

SPEAKS_OF_CODE = (AttributeError, NameError, ImportError, PoisonError)
"""Errors whose message names parts of the program, or is one of our own fixed words."""
_QUOTED = re.compile("\"[^\"]*\"|'[^']*'|“[^”]*”")

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


def plain_traceback(error: BaseException) -> str:
    """The frames of an error and of those it came from, each with its kind; the kind stands in the last line."""
    lines: list[str] = []
    for each in _chain(error):
        # Without the marks under each line: finding their places parses the line anew, and an attack makes thousands.
        frames = traceback.StackSummary.extract(traceback.walk_tb(each.__traceback__))
        lines += ["Traceback (most recent call last):\n", *frames.format()]
        lines.append(f"{_kind(each)}\n")
    return "".join(lines)


def rendered(exc_info: ExcInfo) -> str:
    """The same as structlog wants it."""
    return plain_traceback(exc_info[1]) if exc_info[1] is not None else ""


def said(error: TelegramError) -> str:
    """Telegram's refusal in its own words, without what it quotes of ours."""
    return _QUOTED.sub('"…"', str(error)) if type(error).__module__.startswith("telegram") else type(error).__name__


def _kind(error: BaseException) -> str:
    name = type(error).__qualname__
    return f"{name}: {error}" if isinstance(error, SPEAKS_OF_CODE) else name


def _chain(error: BaseException) -> list[BaseException]:
    """The first cause first."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return found[::-1]

"""What a command of the command line is, and how it ends."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.settings import Settings
from words import LANGUAGES, Saying, Words


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    pass


@dataclass(frozen=True)
class Command:
    """One command: its name, a line of help, what it does, and the arguments it takes."""

    name: str
    help: str
    run: Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]
    arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments


def ended(code: int, saying: Saying) -> int:
    """Say how it ended, in every language; returns the code."""
    words = Words.load()
    print(*(words.speaker(language).saying(saying, html=False) for language in LANGUAGES), sep="  ")
    return code

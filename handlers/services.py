"""What every journey may use, built once at assembly; there are no globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desk.house import House
from handlers.knowledge import Knowledge
from handlers.token import Tokens
from words import Words


@dataclass(frozen=True)
class Services:
    """The parts a turn is given. `consent_version` names the privacy notice in force; `asked` counts questions.

    `second_person`: some acts want another one's yes.
    `pages` is the address of the office's own pages; empty when content goes by Telegram.
    """

    words: Words
    house: House
    knowledge: Knowledge
    tokens: Tokens
    consent_version: str = "1"
    second_person: bool = True
    pages: str = ""
    asked: Callable[[str], object] = lambda _outcome: None

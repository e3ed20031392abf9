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
    """The parts a turn is given. `consent_version` names the privacy notice in force; `asked` counts questions."""

    words: Words
    house: House
    knowledge: Knowledge
    tokens: Tokens
    consent_version: str = "1"
    asked: Callable[[str], object] = lambda _outcome: None

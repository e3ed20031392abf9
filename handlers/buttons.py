"""Inline buttons: a label in the reader's language and the action it asks for, signed for one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.token import Tokens
from words import one_line


@dataclass(frozen=True)
class Button:
    """An inline button: its label, already in the reader's language, and the action it asks for."""

    label: str
    action: str
    subject: int = 0
    arg: int = 0


@dataclass(frozen=True)
class Link:
    """An inline button that opens an address."""

    label: str
    url: str


def inline(rows: Sequence[Sequence[Button | Link]], tokens: Tokens, user_id: int) -> dict[str, Any]:
    """The Bot API's inline keyboard, each button signed for this person."""

    def one(button: Button | Link) -> dict[str, str]:
        if isinstance(button, Link):
            return {"text": one_line(button.label), "url": button.url}
        return {
            "text": one_line(button.label),
            "callback_data": tokens.seal(user_id, button.action, button.subject, button.arg),
        }

    return {"inline_keyboard": [[one(button) for button in row] for row in rows if row]}

"""Long lists a page at a time: as many entries as fit into one message, and a button to the page before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from handlers.buttons import Button

PER_PAGE = 12
"""Entries of a page: with names as long as a roster has them, their lines and buttons are within Telegram's limits."""

T = TypeVar("T")


def page(entries: Sequence[T], at: int, way: Callable[[str, int], Button]) -> tuple[Sequence[T], list[list[Button]]]:
    """The entries of a page, from 0, or of the last one; with the row of buttons to its neighbours, if it has any.

    `way` makes the button with this key that leads to that page.
    """
    last = max(len(entries) - 1, 0) // PER_PAGE
    at = min(max(at, 0), last)
    ways = [way("list.before", at - 1)] if at else []
    ways += [way("list.after", at + 1)] if at < last else []
    return entries[at * PER_PAGE : (at + 1) * PER_PAGE], [ways] if ways else []

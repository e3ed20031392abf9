"""Promotions and moves: which post that a roster no longer names goes on as which other one of the same person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from desk.imports.forms import Record

WORKERS = frozenset({"liaison", "head", "handler", "run_team", "dispatcher"})
"""Who may have matters in hand."""
FOLLOWERS = frozenset({"leader", "liaison", "run_team"})
"""Who follows people and teams, wherever they sit."""


def moves(gone: Sequence[Record], come: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Every post that goes on as another one; of several the one with the same role."""
    waiting: dict[str, list[Record]] = {}
    for row in come:
        waiting.setdefault(row["id"], []).append(row)
    for before in gone:
        theirs = waiting.get(before["id"], [])
        fits = [row for row in theirs if goes_on(before, row)]
        after = next((row for row in fits if row["role"] == before["role"]), fits[0] if fits else None)
        if after is not None:
            theirs.remove(after)
            yield before, after


def goes_on(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether what they have in hand stays with them.

    A department's matters stay in the department, and with somebody who works on matters.
    """
    if before["role"] not in WORKERS:
        return before["office"] == after["office"] or before["role"] == after["role"]
    followed = before["role"] == after["role"] and after["role"] in FOLLOWERS
    return after["role"] in WORKERS and (before["office"] == after["office"] or followed)

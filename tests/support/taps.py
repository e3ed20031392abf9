"""Pressing through a dialogue in a test."""

from __future__ import annotations

from district import District

from sandbox import Person


async def tap(district: District, person: Person, *labels: str) -> None:
    """Press one button after the other, each once everything has settled."""
    for label in labels:
        await district.settles()
        await person.presses(label)
    await district.settles()

"""Pressing through a dialogue in a test."""

from __future__ import annotations

from district import District

from sandbox import Message, Person


async def tap(district: District, person: Person, *labels: str) -> Message:
    """Press one button after the other, each once everything has settled; what they see at the end."""
    for label in labels:
        await district.settles()
        await person.presses(label)
    await district.settles()
    return person.last

"""What each indexed phrasing speaks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from faq.loading import Content
from faq.normal import clean
from faq.schema import Entry


@dataclass(frozen=True)
class Owner:
    """What an indexed phrasing speaks for: an entry, or the contrary of one (`avoid`), or what is not ours (None)."""

    entry: Entry | None
    contrary: bool = False


def phrasings_of(content: Content) -> tuple[list[Owner], list[tuple[int, str]]]:
    """Everything that is indexed, numbered by owner."""
    owners: list[Owner] = []
    lines: list[tuple[int, str]] = []

    def add(owner: Owner, texts: Sequence[str]) -> None:
        texts = [text for text in dict.fromkeys(texts) if clean(text)]
        if texts:
            lines.extend((len(owners), text) for text in texts)
            owners.append(owner)

    for topic in content.topics:
        for entry in topic.entries:
            add(Owner(entry), [*entry.ask.all(), entry.title.zh, entry.title.en, *entry.keywords.all()])
            add(Owner(entry, contrary=True), entry.avoid.all())
    for line in content.off_topic.known.all():
        add(Owner(None), [line])
    return owners, lines

"""Browsing the policies: subjects, then entries, then the answer. Open to everybody."""

from __future__ import annotations

import zlib

from desk.refusals import Refused
from desk.rules.authority import Power
from handlers import ask
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn


@needs(Power.ASK)
async def topics(turn: Turn) -> None:
    """Every subject of the book."""
    book = turn.services.knowledge.book
    rows = [[Button(topic.title.of(turn.say.language), "browse.topic", arg=_key(topic.topic))] for topic in book.topics]
    turn.show("browse.topics", buttons=rows)


@needs(Power.ASK)
async def entries(turn: Turn) -> None:
    """The entries of one subject."""
    topic = next((each for each in turn.services.knowledge.book.topics if _key(each.topic) == turn.arg), None)
    if topic is None:
        raise Refused("ask.gone")
    book = turn.services.knowledge.book
    rows = [
        [Button(entry.title.of(turn.say.language), "browse.entry", arg=book.key(entry.id))] for entry in topic.entries
    ]
    rows.append([turn.button("browse.back", "browse.topics")])
    turn.show("browse.entries", topic=topic.title, buttons=rows)


def _key(topic_id: str) -> int:
    return zlib.crc32(topic_id.encode())


feature = Feature(
    commands=(Command("faq", topics),),
    presses={"browse.topics": topics, "browse.topic": entries, "browse.entry": ask.browse_entry},
)

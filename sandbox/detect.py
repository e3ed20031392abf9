"""Entities Telegram finds by itself in plain text: commands, links, mentions, hashtags, numbers."""

import re

from sandbox.entities import arranged, units
from sandbox.world import Json

REST = r"[^\s<>\"，。；！？、（）]"
DOMAIN = r"(?:[a-z0-9-]+\.)+(?:com|org|net|cn|me|io|gov)"
LINK = rf"https?://{REST}+|{DOMAIN}(?:/{REST}*)?"
PATTERNS = (
    ("bot_command", re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])", re.ASCII)),
    ("url", re.compile(rf"(?<![\w@./])(?:{LINK})(?<![.,;:!?)])", re.IGNORECASE | re.ASCII)),
    ("email", re.compile(r"(?<![\w.@])[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)),
    ("mention", re.compile(r"(?<![\w/])@[A-Za-z0-9_]{3,32}(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#[^\W\d]\w{0,255}")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?!\w)", re.ASCII)),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d -]{7,16}\d(?!\w)", re.ASCII)),
)  # fmt: skip
SIGNS = frozenset("/@#$+.")
OPAQUE = frozenset({"code", "pre", "text_link", "text_mention"})
TRIMMED_LIMIT = 100
"""Telegram keeps at most this many entities of a message."""


def with_detected(text: str, entities: list[Json]) -> list[Json]:
    """The given entities, and those found outside of code and links."""
    if SIGNS.isdisjoint(text):
        return entities[:TRIMMED_LIMIT]
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in OPAQUE]
    found: list[Json] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            end = start + units(match[0])
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            found.append({"type": kind, "offset": start, "length": end - start})
    return arranged([*entities, *found])[:TRIMMED_LIMIT] if found else entities[:TRIMMED_LIMIT]

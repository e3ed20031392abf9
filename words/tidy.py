"""People's own words inside our sentences: without signs that would turn, break or overrun what stands around them."""

from __future__ import annotations

import re

MOST_MARKS = 4
"""Combining marks on one letter; real writing has up to three, a heap of them climbs over the lines around it."""

# Control characters, directions, zero width and fillers. The joiners stay: scripts and emoji are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e001f]"
)
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_TORN = re.compile("[\ud800-\udfff]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_HEAP = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")
_ANY = re.compile("|".join(pattern.pattern for pattern in (_UNSEEN, _BREAKS, _TORN, _HEAP)))


def tidy(text: str) -> str:
    """The words as they may stand in a frame of ours; what most people write comes back as it is."""
    if _ANY.search(text) is None:
        return text
    text = _BREAKS.sub("\n", text)
    text = _TORN.sub("\N{REPLACEMENT CHARACTER}", _UNSEEN.sub("", text))
    return _HEAP.sub(r"\1", text)


def one_line(text: str) -> str:
    """The same for a place that has one line, such as a button; never empty."""
    return " ".join(tidy(text).split()) or "…"

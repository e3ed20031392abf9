"""Text that fits: Telegram counts in UTF-16 units, at most 4096 of them in a message and 1024 under a picture."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

MESSAGE, CAPTION = 4096, 1024
"""The longest message and the longest caption, in UTF-16 units, formatting not counted."""

_TAG = re.compile(r"<[^>]+>")
_BREAKS = ("\n\n", "\n", "。", "！", "？", ". ", "；", "，", " ")
_JOINERS = "\u200d\ufe0f\ufe0e\u20e3"
_WORTH = 0.6
"""A break this far into the piece or further is better than a cut in the middle of a word."""


def units(text: str) -> int:
    """How long Telegram takes this text to be."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(markup: str) -> str:
    """What remains of HTML when Telegram has read its formatting."""
    return html.unescape(_TAG.sub("", markup))


def cut(text: str, room: int) -> str:
    """The text in at most `room` units, with a sign at its end that there was more."""
    return text if units(text) <= room else text[: _fitting(text, room - 1)].rstrip() + "…"


def split(text: str, first: int, others: int = MESSAGE) -> list[str]:
    """The text in pieces: the first of at most `first` units, the others of at most `others`; never less than one.

    A piece ends with a paragraph, a sentence or a word where one ends late enough in it. Nothing is lost but the
    white space between two pieces.
    """
    pieces, room, left = [], first, text
    while units(left) > room:
        end = _end(left, _fitting(left, room))
        pieces.append(left[:end].rstrip())
        left, room = left[end:].lstrip(), others
    return [*pieces, left]


def pages(lines: Iterable[str], first: int, others: int = MESSAGE) -> list[str]:
    """HTML lines, none of them longer than a message, put together to messages that fit."""
    found: list[str] = [""]
    room = first
    for line in lines:
        whole = f"{found[-1]}\n{line}" if found[-1] else line
        if units(visible(whole)) <= room:
            found[-1] = whole
        else:
            found.append(line)
            room = others
    return found


def fitting(markup: str) -> list[str]:
    """HTML of any length as messages that fit, whole lines in each where it can be; mostly just the one.

    Formatting that would be torn between two messages is given up.
    """
    if len(markup) <= MESSAGE // 2 or units(visible(markup)) <= MESSAGE:
        return [markup]
    found = pages(_short_lines(markup), MESSAGE)
    return [page if _closed(page) else _escaped(visible(page)) for page in found if visible(page).strip()]


def _short_lines(markup: str) -> Iterator[str]:
    for line in markup.split("\n"):
        if units(visible(line)) <= MESSAGE:
            yield line
        else:
            yield from map(_escaped, split(visible(line), MESSAGE))


def _closed(markup: str) -> bool:
    """Whether all formatting that begins here ends here."""
    tags = [tag.strip("<>").split()[0] for tag in _TAG.findall(markup)]
    return sorted(tag for tag in tags if tag[0] != "/") == sorted(tag[1:] for tag in tags if tag[0] == "/")


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _fitting(text: str, room: int) -> int:
    """How many letters make at most `room` units; a sign is not torn from what belongs to it."""
    used = count = 0
    for letter in text:
        used += 2 if letter > "\uffff" else 1
        if used > room:
            break
        count += 1
    whole = count
    while 0 < whole < len(text) and (text[whole] in _JOINERS or text[whole - 1] == "\u200d"):
        whole -= 1
    return whole or max(count, 1)


def _end(text: str, most: int) -> int:
    """Where a piece of at most `most` letters should end."""
    for mark in _BREAKS:
        at = text.rfind(mark, 0, most)
        if at >= most * _WORTH:
            return min(at + len(mark), most)
    return most

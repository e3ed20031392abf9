"""The little formatting that office staff may use in answers, as Telegram HTML; everything else is text."""

from __future__ import annotations

import html
import re

from words import Raw

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\]\n]+)\]\((https://[^\s)\"]+)\)")
_ITEM = re.compile(r"^- ", re.MULTILINE)


def rich(text: str) -> Raw:
    """`**bold**`, lines that begin with `- `, and `[words](https://…)`."""
    escaped = html.escape(text.strip(), quote=False)
    escaped = _LINK.sub(r'<a href="\2">\1</a>', escaped)
    return Raw(_ITEM.sub("• ", _BOLD.sub(r"<b>\1</b>", escaped)))

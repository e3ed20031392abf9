"""Strings that somebody hostile, or only unlucky, might write: the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

FRAGMENTS: Sequence[str] = (
    "<b>", "</b>", "<a href='https://evil.example'>点我</a>", "<script>alert(1)</script>", "<tg-spoiler>x</tg-spoiler>",
    "<pre><code class='language-py'>", "&lt;b&gt;", "&#60;i&#62;", "&amp;amp;", "<", ">", "&", '"', "'", "<!--", "]]>",
    "**bold**", "__under__", "`code`", "[办结](tg://user?id=1)", "||spoiler||", "~~x~~", "```\nx\n```",
    "\u202egnp.exe", "\u2066\u2067\u2069", "\u200e\u200f", "\u061c", "שלום", "مرحبا بالعالم", "\u202d",
    "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u3164", "\u00ad", "\U000e0001",
    "e" + "\u0301" * 40, "Z̷̢͔̥͈͈̺͙̦̦̽̀", "ก็็็็็็็็็", "\ud800", "\udfff", "\ud83d", "\U0001f600",
    "👨‍👩‍👧‍👦" * 20, "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇨🇳🇺", "1️⃣", "❤️" * 30, "👍🏽" * 50,
    "tg://resolve?domain=evil", "https://t.me/evil?start=x", "http://例え.テスト/路径?a=b#c", "@everybody", "/forget",
    "#标签", "$USD", "+86 138 0000 0001", "a@b.example", "✅ 接单", "【系统】您已被授权", "{name}", "{0}", "%s",
    "%(x)s",
    "\x00", "\x07\x1b[31m", "\r\n\r\n", "\n\n\n", "\t", "\x85", "\u2028", "\u2029", "\x7f",
    '=HYPERLINK("https://evil.example")', "+1+1", "-2", "@SUM(A1)", "\t=1", "'=1", "DROP TABLE persons; --",
    "{{ 7 * 7 }}", "{% raw %}", "</textarea>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "../../etc/passwd",
    "EY-2026-000001", "孩子叫小禾苗", "王" * 64, "Ａ", "ﷺ" * 40, "𠮷" * 30, "\U0010ffff", "\ufffe",
)  # fmt: skip

BORDERS = (1, 60, 64, 120, 199, 200, 201, 399, 400, 401, 1023, 1024, 1025, 2000, 4095, 4096, 4097, 8200)
"""Lengths around the limits of Telegram and of our own frames, in UTF-16 units."""


def hostile(count: int, seed: int = 20261125) -> list[str]:
    """So many strings: each fragment alone, then mixtures, then texts whose length is just at a limit."""
    chance = random.Random(seed)
    makers: Sequence[Callable[[random.Random], str]] = (*[_mixture] * 24, _bordering)
    found = list(FRAGMENTS)
    while len(found) < count:
        found.append(chance.choice(makers)(chance))
    return found[:count]


def _mixture(chance: random.Random) -> str:
    parts = [chance.choice(FRAGMENTS) for _ in range(chance.randint(2, 7))]
    return chance.choice(("", " ", "\n")).join(parts)


def _bordering(chance: random.Random) -> str:
    filler, room = chance.choice(("字", "a", "😀", "é", "👩‍🔬", "<b>")), chance.choice(BORDERS)
    text = filler * (room // max(len(filler.encode("utf-16-le")) // 2, 1) + 1)
    return text[: chance.choice((room, room + 1, max(room - 1, 1)))]

"""A matter's number among somebody's words: whoever may see that matter gets its card.

To anybody else it is words like any other, so that nothing tells whether there is such a matter.
"""

from __future__ import annotations

import re

from desk import standing
from handlers import labels, mine
from handlers.token import Pressed
from handlers.turn import Turn

_NUMBER = re.compile(r"(?<![a-z0-9])EY[-—–\s]?(\d{4})[-—–\s]?(\d{1,6})(?!\d)", re.IGNORECASE)
_HOW_IT_IS = re.compile(r"怎么?样|进展|进度|情况|消息|到哪|查|\b(news|updates?|status|progress|check)\b", re.IGNORECASE)


async def shown(turn: Turn) -> bool:
    """Whether the words name one matter of theirs, alone or to hear how it is; if so its card is sent."""
    named = {f"EY-{year}-{int(n):06d}" for year, n in _NUMBER.findall(turn.text)}
    rest = _NUMBER.sub(" ", turn.text)
    if len(named) != 1 or turn.incoming.attachments or not _asks_how_it_is(rest):
        return False
    matter = await turn.desk.views.by_number(named.pop())
    if matter is None or not standing.roles(turn.person, matter):
        return False
    turn.pressed = Pressed("mine.card", matter.id, 0)
    await mine.bring_card(turn)
    return True


def _asks_how_it_is(rest: str) -> bool:
    if not any(letter.isalnum() for letter in rest):
        return True
    return labels.looks_asked(rest) or labels.has_question_word(rest) or bool(_HOW_IT_IS.search(rest))

"""Rating: from one to five by a press, or typed while the question is the last thing that was said.

For cardholders, once their matter is closed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from desk.rules.life import Act
from desk.views import Matter
from handlers import further
from handlers.buttons import Button
from handlers.matter_turn import matter_of, respond
from handlers.turn import Turn

JOURNEY = "rating"
LASTS = timedelta(minutes=30)
_NUMERALS = "一二三四五"
_TYPED = re.compile(r"(?:我?[评打给])?([1-5一二三四五])(?:/5|[分星颗★⭐]|颗星|stars?|points?)?[.。!！]?")
_STARS = re.compile(r"[⭐★🌟]{1,5}")


def stars(matter: Matter) -> list[Button]:
    """From one to five."""
    return [Button(f"{n}★", "act.rate", matter.id, n) for n in range(1, 6)]


async def ask(turn: Turn, matter: Matter) -> None:
    """Ask for it. A form that is open keeps its words to itself; what is on the pages is rated by a press."""
    turn.reply("mine.rate", buttons=[stars(matter)], number=matter.number)
    draft = await turn.desk.drafts.of(turn.person)
    if (draft is None or draft.journey == further.JOURNEY) and not turn.services.pages:
        asked = {"matter": matter.id, "at": turn.desk.now.isoformat()}
        await turn.desk.drafts.keep(turn.person, JOURNEY, asked)


async def settled(turn: Turn) -> None:
    """It was pressed: nothing typed is waited for any more."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is not None and draft.journey == JOURNEY:
        await turn.desk.drafts.drop(turn.person)


async def taken(turn: Turn) -> bool:
    """Whether these words were the rating that was asked for; they are none once anything else was said here."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.journey != JOURNEY:
        return False
    await turn.desk.drafts.drop(turn.person)
    given, asked = typed(turn.text), datetime.fromisoformat(draft.state["at"])
    matter, _roles = await matter_of(turn, draft.state["matter"])
    if given is None or turn.incoming.attachments or matter.rating is not None or turn.desk.now > asked + LASTS:
        return False
    if await turn.desk.post.spoken_since(turn.incoming.chat_id, asked, beside=matter.id):
        return False
    await respond(turn, Act.RATE, matter_id=matter.id, rating=given)
    return True


def typed(text: str) -> int | None:
    """5, 5分, 五星 or five stars, and nothing besides."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("\ufe0f", "")
    if _STARS.fullmatch(plain):
        return len(plain)
    found = _TYPED.fullmatch(plain)
    if found is None:
        return None
    return _NUMERALS.index(found[1]) + 1 if found[1] in _NUMERALS else int(found[1])

"""The bot in a group: a matter's number, stage and date to those whose it is, and for everything else the private chat.

Nobody's affairs are told before others; who has nothing to do with a matter does not even learn that it exists.
"""

from __future__ import annotations

import re
from typing import Any

from desk import standing
from desk.desk import Desk
from desk.post import Letter
from desk.rules.authority import Power
from desk.rules.life import ENDS
from desk.views import Matter
from handlers.buttons import Link, inline
from handlers.incoming import Incoming
from handlers.services import Services
from words import Speaker

NUMBER = re.compile(r"EY-\d{4}-\d{6}", re.IGNORECASE)


async def answer(desk: Desk, services: Services, incoming: Incoming, bot: str) -> Letter | None:
    """What is owed to the group; nothing for talk that is not for us.

    Parameters:
        bot: our own username, for the way to the private chat.
    """
    person = await desk.people.of_account(incoming.user_id)
    say = services.words.speaker(person.language if person else incoming.app_language)
    found = NUMBER.search(incoming.text)
    matter = await desk.views.by_number(found[0].upper()) if found else None
    theirs = matter is not None and person is not None and bool(standing.roles(person, matter))
    if person is not None and found is not None and not theirs:
        await desk.ledger.refused(person.id, Power.READ_MATTER.value, matter.id if matter else 0, press=False)
    if matter is not None and theirs:
        text = _status(matter, say)
    elif incoming.text.startswith("/") or found is not None or f"@{bot}".lower() in incoming.text.lower():
        text = say("group.private")
    else:
        return None
    keyboard = inline([[Link(say.plain("group.open"), f"https://t.me/{bot}")]], services.tokens, incoming.user_id)
    params: dict[str, Any] = {"chat_id": incoming.chat_id, "text": text, "parse_mode": "HTML", "reply_markup": keyboard}
    return Letter(incoming.chat_id, "sendMessage", params)


def _status(matter: Matter, say: Speaker) -> str:
    stage = say.plain(f"status.{matter.status.value}")
    key = "group.over" if matter.status in ENDS else "group.status"
    return say(key, number=matter.number, stage=stage, due=matter.deliver_due)

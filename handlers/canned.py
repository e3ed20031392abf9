"""Ready-made replies: staff who write to a cardholder press one of their office's instead of typing it.

For whoever handles the matter; the cardholder reads it in their own language.
"""

from __future__ import annotations

from typing import Any

from desk.rules.life import Act, Role
from desk.views import Matter
from handlers import frames
from handlers.buttons import Button
from handlers.feature import Feature, needs
from handlers.matter_turn import matter_of, respond
from handlers.turn import Turn

LONGEST_LABEL = 40


def rows(turn: Turn, matter: Matter, act: Act) -> list[list[Button]]:
    """The ready-made replies of the writer's own offices, a button each, when staff write to a cardholder."""
    if act is not Act.SAY or turn.person.id == matter.person_id:
        return []
    return [
        [Button(frames.cut(text.of(turn.say.language), LONGEST_LABEL), "talk.canned", matter.id, n)]
        for n, text in enumerate(_replies(turn))
    ]


@needs(Act.SAY)
async def send(turn: Turn) -> None:
    """Send a ready-made reply, in the cardholder's language."""
    matter, roles = await matter_of(turn)
    replies = _replies(turn)
    if turn.arg >= len(replies) or Role.CARDHOLDER in roles:
        turn.toast("press.unknown", alert=True)
        return
    reader = await turn.desk.people.get(matter.person_id)
    words = turn.services.words.speaker(reader.language if reader else None)
    await turn.desk.drafts.drop(turn.person)
    turn.leave_as_is()
    await respond(turn, Act.SAY, words=replies[turn.arg].of(words.language))


def _replies(turn: Turn) -> list[Any]:
    offices = dict.fromkeys(post.office for post in turn.person.posts)
    found = (turn.services.house.catalogue.office(name) for name in offices)
    return [text for office in found if office is not None for text in office.canned]


feature = Feature(presses={"talk.canned": send})

"""Words about a result: whoever writes that it is solved, or is not, is shown the two buttons that settle it.

For cardholders. What they have said about it is passed on all the same, and becomes the reason when it is not solved.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from desk.rules.life import Act, Status
from desk.views import Matter
from handlers import labels, mine
from handlers.buttons import Button
from handlers.feature import Feature, needs
from handlers.handling import begin
from handlers.matter_turn import matter_of, respond, solved_or_not
from handlers.turn import Turn
from words import LANGUAGES, Words

LONGEST = 40
KINDS = ("solved", "unsolved")


async def answered(turn: Turn) -> bool:
    """Whether these words, and nothing besides, say how a result of theirs is; if so they are asked by buttons."""
    if turn.incoming.attachments or not says_how_it_is(turn.services.words, turn.text):
        return False
    found = [each for each in await turn.desk.views.open_of(turn.person.id) if each.status is Status.DELIVERED]
    if len(found) == 1:
        turn.reply("result.is_it", number=found[0].number, buttons=[solved_or_not(turn, found[0])])
    elif found:
        turn.reply("result.which", n=len(found), buttons=[[_look(turn, each)] for each in found])
    return bool(found)


def says_how_it_is(words: Words, text: str) -> bool:
    """Whether this is one of the ways to say that something is solved, or is not; in any language we speak."""
    return len(text) <= LONGEST and _bare(text) in _forms(words)


@needs(Act.CONFIRM)
async def solved(turn: Turn) -> None:
    """It is solved, as under the news of the result."""
    turn.leave_as_is()
    await mine.confirm(turn)


@needs(Act.DISPUTE)
async def unsolved(turn: Turn) -> None:
    """It is not solved: what they said about the result is the reason; only where they said nothing is it asked for."""
    matter, _roles = await matter_of(turn)
    reason = await turn.desk.conversation.said_since(matter, turn.person)
    if not reason:
        await begin(Act.DISPUTE, turn)
        return
    turn.leave_as_is()
    await respond(turn, Act.DISPUTE, words=reason)


def _look(turn: Turn, matter: Matter) -> Button:
    category = labels.listed_category(turn.services, turn.say, matter.category)
    return turn.button("talk.item", "mine.view", matter.id, number=matter.number, category=category)


@cache
def _forms(words: Words) -> frozenset[str]:
    speakers = [words.speaker(language) for language in LANGUAGES]
    said = [say.plain(f"result.{kind}_said") for kind in KINDS for say in speakers]
    return frozenset(_bare(form) for forms in said for form in forms.split("|"))


def _bare(text: str) -> str:
    """Letters and signs such as a thumb, without case, spaces, punctuation and the colour of a hand."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum() or unicodedata.category(sign) == "So")


feature = Feature(presses={"result.solved": solved, "result.unsolved": unsolved})

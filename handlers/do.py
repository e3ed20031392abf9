"""`/do`: every act by typing, with the matter's number, for those who prefer that to buttons.

`/do EY-2026-000001` lists what can be done now; with an act behind it that act begins, and with words it is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from desk.refusals import NoSuchMatter, Refused
from desk.rules.authority import Power
from desk.rules.life import Act
from desk.views import Matter
from handlers import acts, behalf, cards, further, handling, materials, mine
from handlers.buttons import Button
from handlers.feature import Command, Feature, Step, needs
from handlers.handling import WITH_WORDS
from handlers.matter_turn import matter_of, offers, respond
from handlers.token import Pressed
from handlers.turn import Turn
from words import LANGUAGES

STEPS: Mapping[str, Step] = {
    **mine.feature.presses,
    **handling.feature.presses,
    **acts.feature.presses,
    **materials.feature.presses,
    **behalf.feature.presses,
}

DONE_WITH_WORDS = frozenset({*WITH_WORDS, Act.ASK, Act.REFUSE_EXTENSION, Act.REOPEN, Act.STEP_DONE})
"""Acts that the words behind them complete."""

_NUMBER = re.compile(r"(?:EY-?)?(?:(\d{4})-)?(\d{1,6})", re.IGNORECASE)


@needs(Power.ACT_BY_TYPING)
async def do(turn: Turn) -> None:
    """What can be done with this matter, or doing it."""
    if not turn.args:
        turn.reply("do.usage")
        return
    matter = await matter_said(turn, turn.args[0])
    if len(turn.args) == 1:
        await _list(turn, matter)
        return
    act, words = act_said(turn, turn.args[1:])
    if words and act in DONE_WITH_WORDS:
        handling.want_words(turn, act, words)
        await respond(turn, act, matter_id=matter.id, words=words)
        await further.keep_open(turn, act, matter.id)
    elif words.isdecimal() and act in (Act.CONFIRM, Act.RATE) and 1 <= int(words) <= 5:
        await respond(turn, act, matter_id=matter.id, rating=int(words))
    else:
        turn.pressed = Pressed(f"act.{act.value}", matter.id, 0)
        await STEPS[f"act.{act.value}"](turn)


async def _list(turn: Turn, matter: Matter) -> None:
    _matter, roles = await matter_of(turn, matter.id)
    offered = [act for act in offers(turn, matter, roles) if f"act.{act.value}" in STEPS]
    names = turn.say.listed(turn.say.plain(f"life.act_{act.value}") for act in offered)
    rows = [[Button(cards.do_name(act, matter.status, turn.say), f"act.{act.value}", matter.id)] for act in offered]
    rows.append([turn.button("card.more", "mine.view", matter.id)])
    stage = turn.say.plain(f"status.{matter.status.value}")
    turn.reply("do.list" if names else "do.nothing", number=matter.number, stage=stage, acts=names, buttons=rows)


async def matter_said(turn: Turn, said: str) -> Matter:
    """By its number; the year may be left out, and so may leading zeros.

    Raises:
        NoSuchMatter: there is none, or it is none of theirs.
    """
    found = _NUMBER.fullmatch(said)
    if found is None:
        raise Refused("do.usage")
    number = f"EY-{found[1] or turn.desk.today.year}-{int(found[2]):06d}"
    matter = await turn.desk.views.by_number(number)
    if matter is None:
        raise NoSuchMatter
    return (await matter_of(turn, matter.id))[0]


def act_said(turn: Turn, said: Sequence[str]) -> tuple[Act, str]:
    """An act by its name in either language, which may be several words long, and the words behind it.

    Raises:
        Refused: no act has that name.
    """
    names = _names(turn)
    for length in range(len(said), 0, -1):
        act = names.get(_plain(" ".join(said[:length])))
        if act is not None:
            return act, " ".join(said[length:])
    raise Refused("do.no_such_act", said=said[0])


def _names(turn: Turn) -> Mapping[str, Act]:
    speakers = [turn.services.words.speaker(language) for language in LANGUAGES]
    acts = [act for act in Act if f"act.{act.value}" in STEPS]
    called = {_plain(say.plain(f"life.act_{act.value}")): act for act in acts for say in speakers}
    return called | {_plain(act.value): act for act in acts}


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ")


feature = Feature(commands=(Command("do", do),))

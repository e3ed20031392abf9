"""Asking for materials: the category's usual ones to tick, own words beside them; the cardholder gets one checklist.

For whoever holds the matter. Their clock stands still until the cardholder sends what is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk.refusals import Refused
from desk.rules.answers import has_words
from desk.rules.life import Act
from desk.views import Matter
from handlers import labels
from handlers.buttons import Button
from handlers.feature import Feature, needs
from handlers.handling import begin
from handlers.matter_turn import matter_of, respond
from handlers.turn import Turn
from words import Raw

JOURNEY = "materials"
LABEL = 40


@needs(Act.ASK)
async def ask(turn: Turn) -> None:
    """Show what is usually wanted, to be ticked; a category without a list asks for words."""
    matter, _roles = await matter_of(turn)
    if not turn.services.house.category(matter.category).materials:
        await begin(Act.ASK, turn)
        return
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"matter": matter.id, "ticked": []})
    text, rows = _checklist(turn, matter, [])
    turn.tell(text, buttons=rows)


@needs(Act.ASK)
async def tick(turn: Turn) -> None:
    """One of the usual materials, on or off."""
    matter, ticked = await _form(turn)
    ticked = sorted({*ticked} ^ {turn.arg})
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"matter": matter.id, "ticked": ticked})
    text, rows = _checklist(turn, matter, ticked)
    turn.display(text, buttons=rows)


@needs(Act.ASK)
async def send(turn: Turn) -> None:
    """What was ticked is enough."""
    matter, ticked = await _form(turn)
    if not ticked:
        raise Refused("words_for.nothing")
    turn.leave_as_is()
    await _ask(turn, matter, ticked, "")


@needs(Act.ASK)
async def hear(turn: Turn) -> None:
    """Own words, beside what was ticked."""
    matter, ticked = await _form(turn)
    if not has_words(turn.text):
        raise Refused("words_for.nothing")
    await _ask(turn, matter, ticked, turn.text)


async def _ask(turn: Turn, matter: Matter, ticked: Sequence[int], said: str) -> None:
    """The checklist in the cardholder's own language; the handler's words as they are."""
    holder = await turn.desk.people.get(matter.person_id)
    say = labels.speaker_of(holder, turn.services) if holder else turn.say
    materials = turn.services.house.category(matter.category).materials
    lines = [say.plain("ask.item", what=materials[n].of(say.language)) for n in ticked if n < len(materials)]
    lines += [say.plain("ask.item", what=line) for line in said.splitlines() if line.strip()] if lines else [said]
    await turn.desk.drafts.drop(turn.person)
    await respond(turn, Act.ASK, matter_id=matter.id, words="\n".join(line for line in lines if line))


async def _form(turn: Turn) -> tuple[Matter, list[int]]:
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.journey != JOURNEY:
        raise Refused("filing.no_form")
    matter, _roles = await matter_of(turn, draft.state["matter"])
    return matter, list(draft.state["ticked"])


def _checklist(turn: Turn, matter: Matter, ticked: Sequence[int]) -> tuple[str, list[list[Button]]]:
    names = [text.of(turn.say.language) for text in turn.services.house.category(matter.category).materials]
    chosen = "\n".join(turn.say("ask.item", what=names[n]) for n in ticked if n < len(names))
    text = turn.say("ask.tick", number=matter.number, list=Raw(chosen or turn.say("ask.nothing_ticked")))
    rows = [
        [Button(f"{'☑️' if n in ticked else '⬜'} {name[:LABEL]}", "materials.choose", matter.id, n)]
        for n, name in enumerate(names)
    ]
    rows.append([turn.button("ask.send", "materials.send", matter.id)])
    return text, [*rows, [turn.button("start.cancel", "start.cancel")]]


feature = Feature(
    presses={"act.ask": ask, "materials.choose": tick, "materials.send": send},
    listens={JOURNEY: hear},
)

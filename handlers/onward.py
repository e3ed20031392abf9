"""A question that may be meant for a handler: while papers are wanted of somebody, it can be passed on by one press.

For cardholders. The answer of ours stands above all the same; what was passed on is no miss of the FAQ's.
"""

from __future__ import annotations

from desk.rules.life import Act
from handlers import ask
from handlers.feature import Feature, needs
from handlers.matter_turn import matter_of, respond
from handlers.turn import Turn

KEPT = 1000
"""So many characters of a question are kept; a longer one is not offered, or its end would be lost."""


async def asked(turn: Turn) -> None:
    """Answer the question; where a matter waits for whoever asked, offer to pass it on as well."""
    waiting = await turn.desk.views.waiting_of(turn.person.id)  # read before: what is kept together stays together
    question = await ask.ask(turn)
    if not waiting or question is None or len(turn.text) > KEPT:
        return
    rows = [
        [turn.button("onward.belongs", "onward.belongs", matter, question, number=number)]
        for matter, number in waiting.items()
    ]
    turn.reply("onward.offer", buttons=rows)


@needs(Act.SAY)
async def belongs(turn: Turn) -> None:
    """It was meant for whoever holds this matter; pressed again, it is not said twice."""
    question = await turn.desk.questions.get(turn.arg, turn.person)
    matter, _roles = await matter_of(turn)
    if question is None or not await turn.desk.questions.pass_on(question):
        turn.toast("talk.passed_on" if question else "talk.gone", alert=True, number=matter.number)
        return
    await respond(turn, Act.SAY, words=question.text)
    turn.show("done.say", number=matter.number)


feature = Feature(presses={"onward.belongs": belongs})

"""Words for the filing form that read like a question to us: whoever wrote them says which they are.

For cardholders, and for staff who fill the form in for one. Neither is guessed: a question taken for an answer would
go to the office unanswered, and an answer taken for a question would have to be written again.
"""

from __future__ import annotations

import re
from dataclasses import replace

from desk.catalogue import Question
from desk.filing import Filing
from desk.refusals import Refused
from desk.rules.authority import Power
from faq import Answer, Unknown
from handlers import ask, filing_form, frames, labels
from handlers.feature import Feature, needs
from handlers.turn import Turn

SHOWN = 200
"""UTF-16 units of their words that are quoted back."""


_WANTED = re.compile(
    r"能不能|可不可以|哪[个里儿些]|找谁|多少|^我?(想|要|申请|办)|^(i want|i need|i would like|i'd like|apply)\b",
    re.IGNORECASE,
)
"""How a wish begins; a bare name such as “engineer” answers the form, whatever else the book knows by it."""


async def is_due(turn: Turn, form: Filing, question: Question) -> bool:
    """Whether these words may be meant for us: they look asked and we know of it, or they wish for another matter."""
    if question.kind != "text" or not turn.text:
        return False
    match await ask.understood(turn):
        case Unknown():
            return False
        case Answer(entry=entry) if entry.category not in (
            None,
            labels.ANYTHING_ELSE,
            form.category,
        ) and _WANTED.search(turn.text):
            return True
        case _:
            return labels.looks_asked(turn.text)


async def ask_which(turn: Turn, form: Filing, question: Question) -> None:
    """Keep the words and ask."""
    await turn.desk.drafts.keep(turn.person, filing_form.JOURNEY, replace(form, doubtful=turn.text).to_state())
    turn.secret = filing_form.is_sensitive(turn, form)
    place = await filing_form.place(turn, form)
    answer = turn.button("filing.an_answer", "filing.an_answer", place)
    asked = turn.button("filing.a_question", "filing.a_question", place)
    turn.reply(
        "filing.which_meant",
        words=frames.cut(turn.text, SHOWN),
        label=question.label.of(turn.say.language),
        buttons=[[answer], [asked]],
    )


@needs(Power.FILL_IN)
async def an_answer(turn: Turn) -> None:
    """They answer the form."""
    form, question, words = await _kept(turn)
    await filing_form.answer(turn, form, question, words)


@needs(Power.FILL_IN)
async def a_question(turn: Turn) -> None:
    """They ask us: the answer, and the form again below it."""
    form, _question, words = await _kept(turn)
    turn.incoming = replace(turn.incoming, text=words)
    await ask.ask(turn)
    await filing_form.show(turn, form)


async def _kept(turn: Turn) -> tuple[Filing, Question, str]:
    form = await filing_form.open_form(turn)
    question = filing_form.question_at(turn, form)
    if question is None or not form.doubtful or turn.subject != await filing_form.place(turn, form):
        raise Refused("filing.moved_on")
    return replace(form, doubtful=""), question, form.doubtful


feature = Feature(presses={"filing.an_answer": an_answer, "filing.a_question": a_question})

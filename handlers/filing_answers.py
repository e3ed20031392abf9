"""What the filing form makes of the words that somebody types as the answer to one of its questions."""

from __future__ import annotations

import re

from desk.catalogue import Question
from desk.refusals import Refused
from desk.rules import answers
from desk.rules.answers import Wanted
from handlers.turn import Turn

LONGEST_CHOICE = 20
_NOT_SO = re.compile(r"[不没非别吗?？]|还是|\b(?:not?|or|never)\b|n't")


def read_answer(turn: Turn, question: Question, said: str) -> str:
    """What the question makes of these words. Raises `Refused` when it wants something else."""
    try:
        return answers.parse(wanted(question), said, turn.desk.today, turn.say.language).text
    except Refused:
        meant = _choice_within(question, said, turn.say.language)
        if meant is None:
            raise
        return meant


def _choice_within(question: Question, said: str, language: str) -> str | None:
    """The one choice that longer words name, such as “小学一年级”; none where they say no, or name two."""
    low = said.casefold()
    if question.kind != "choice" or len(said) > LONGEST_CHOICE or _NOT_SO.search(low):
        return None
    names = [(each.of("zh").casefold(), each.of("en").casefold(), each.of(language)) for each in question.choices]
    found = [shown for zh, en, shown in names if zh in low or en in low]
    return found[0] if len(found) == 1 else None


def wanted(question: Question) -> Wanted:
    """What the question accepts, as the rules that read answers want it."""
    return Wanted(
        kind=question.kind,
        choices=question.choices,
        optional=question.optional,
        low=question.min,
        high=question.max,
        pattern=question.pattern,
        ahead=question.ahead,
        past=question.past,
        months=True,
    )

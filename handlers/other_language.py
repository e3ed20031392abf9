"""Whoever writes in another language than we answer in is offered that one; whoever names one is spoken to in it.

Open to everybody; the offer is not made every time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from handlers import filing_form, half_done
from handlers.buttons import Button
from handlers.turn import Turn
from words import LANGUAGES, Words

Ways = Callable[[Turn], Sequence[Sequence[Button]]]
"""The buttons to go on from here, in the language that is spoken by then."""

PAUSE = timedelta(days=7)
"""Nobody who went on in that language without taking the offer hears it again within this time."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
FEWEST_HAN, FEWEST_WORDS = 4, 3
"""Less may be a name, a number of a paper or a word that everybody knows."""


def written_in(text: str) -> str | None:
    """The language that all of these words are in; None where they are too few, or of both."""
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if not han and latin >= FEWEST_WORDS:
        return "en"
    return "zh" if not latin and han >= FEWEST_HAN else None


async def is_due(turn: Turn) -> str | None:
    """The language to offer below the answer; to be asked before this question is kept among the others."""
    language = written_in(turn.text)
    if language is None or language == turn.say.language:
        return None
    before = await turn.desk.questions.texts_since(turn.person, turn.desk.now - PAUSE)
    return None if any(written_in(text) == language for text in before) else language


def offer(turn: Turn, language: str) -> None:
    """One line in that language, and its button."""
    say = turn.services.words.speaker(language)
    choose = Button(say.plain("language.name"), "language.set", arg=LANGUAGES.index(language))
    turn.tell(say("ask.other_language"), buttons=[[choose]])


def named(words: Words, text: str) -> str | None:
    """The language that these words, and nothing besides, name or ask for (`language.said`, forms with | between)."""
    bare = "".join(letter for letter in text.casefold() if letter.isalnum())
    for code in LANGUAGES if bare else ():
        if any(
            bare == form.replace(" ", "").casefold() for form in words.speaker(code).plain("language.said").split("|")
        ):
            return code
    return None


async def was_named(turn: Turn) -> bool:
    """Whether they named a language; if so we speak it."""
    code = None if turn.incoming.attachments else named(turn.services.words, turn.text)
    if code is not None:
        await speak(turn, code)
    return code is not None


async def speak(turn: Turn, code: str, ways: Ways = lambda _turn: ()) -> None:
    """This language from now on; the form that is open asks its step again in it."""
    await turn.desk.people.choose_language(turn.person, code)
    turn.say = turn.services.words.speaker(code)
    form = await half_done.left(turn)
    turn.show("language.done", buttons=ways(turn) if form is None else ())
    if form is not None:
        await filing_form.show(turn, form)

"""Thanks, hellos and okays: answered in a few words, not taken for a question or a matter.

Open to everybody. What counts as courteous stands in the catalogues, `courtesy.<kind>_said`, forms with | between.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from handlers.turn import Turn
from words import LANGUAGES, Words

KINDS = ("thanks", "okay", "hello", "bye")
LONGEST = 30
_ENDINGS = "啊呀哦噢啦了哈呢嘛您你们咯哒"


def answered(turn: Turn) -> bool:
    """Whether these words were a courtesy; if so it has been returned."""
    kind = None if turn.incoming.attachments else kind_of(turn.services.words, turn.text)
    if kind is not None:
        turn.reply(f"courtesy.{kind}")
    return kind is not None


def kind_of(words: Words, text: str) -> str | None:
    """Which courtesy these words are, and nothing besides; in any language we speak."""
    return _forms(words).get(_bare(text)) if len(text) <= LONGEST else None


@cache
def _forms(words: Words) -> dict[str, str]:
    speakers = [words.speaker(language) for language in LANGUAGES]
    return {
        _bare(form): kind
        for kind in KINDS
        for say in speakers
        for form in say.plain(f"courtesy.{kind}_said").split("|")
    }


def _bare(text: str) -> str:
    """Letters alone, without case and without the particles that only soften the end."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())
    return letters.rstrip(_ENDINGS) or letters

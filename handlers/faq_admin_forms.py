"""Editing one entry in the chat: another answer, more phrasings, one less; each ends in a preview. For editors."""

from __future__ import annotations

import html
import zlib
from collections.abc import Sequence

from desk.refusals import Refused
from faq.schema import Entry
from handlers import faq_admin_news as news
from handlers.buttons import Button
from handlers.faq_admin import receive
from handlers.faq_admin_guard import editors
from handlers.faq_admin_previews import wish
from handlers.faq_admin_wishes import lines_of
from handlers.feature import Feature
from handlers.turn import Turn
from words import LANGUAGES, Raw

ANSWER, PHRASINGS = "faq_admin.answer", "faq_admin.phrasings"
LONGEST_ANSWER, LONGEST_LINE, MOST_LINES = 1500, 200, 10
SHOWN = 40


@editors
async def ask_answer(turn: Turn) -> None:
    """Show the answer as it is written, to be copied, and wait for another."""
    found = turn.services.knowledge.entry(turn.subject)
    language = LANGUAGES[turn.arg % len(LANGUAGES)]
    await turn.desk.drafts.keep(turn.person, ANSWER, {"entry": found.id, "language": language})
    written = Raw(html.escape(found.answer.of(language).strip(), quote=False))
    turn.reply(
        f"faq_form.answer_{language}", title=found.title, written=written, limit=LONGEST_ANSWER, buttons=_away(turn)
    )


@editors
async def hear_answer(turn: Turn) -> None:
    """Another answer, within the limit."""
    draft = await turn.desk.drafts.of(turn.person)
    if turn.incoming.attachments:
        await receive(turn)
    elif draft is not None and await fits(turn, turn.text, LONGEST_ANSWER):
        await wish(turn, {"kind": "answer", **draft.state, "text": turn.text})


@editors
async def ask_phrasings(turn: Turn) -> None:
    """Wait for phrasings, one a line."""
    found = turn.services.knowledge.entry(turn.subject)
    await turn.desk.drafts.keep(turn.person, PHRASINGS, {"entry": found.id})
    turn.reply("faq_form.phrasings", title=found.title, limit=LONGEST_LINE, most=MOST_LINES, buttons=_away(turn))


@editors
async def hear_phrasings(turn: Turn) -> None:
    """Phrasings; Chinese and English are told apart by their letters."""
    draft = await turn.desk.drafts.of(turn.person)
    if turn.incoming.attachments:
        await receive(turn)
        return
    lines = lines_of(turn.text)
    if draft is not None and await lines_fit(turn, lines):
        await wish(turn, {"kind": "phrasings", **draft.state, "lines": lines})


@editors
async def teach(turn: Turn) -> None:
    """The entry that was searched for a group of misses learns their wordings."""
    found, miss = turn.services.knowledge.entry(turn.subject), await turn.desk.misses.get(turn.arg)
    if miss is None:
        raise Refused("ask.gone")
    await wish(turn, {"kind": "phrasings", "entry": found.id, "lines": new_lines(found, miss.texts), "miss": miss.id})


def new_lines(found: Entry, texts: Sequence[str]) -> list[str]:
    """The wordings an entry does not have yet, at most three and none too long."""
    known = set(found.ask.all())
    fresh = [line for text in texts if (line := " ".join(text.split())) not in known and len(line) <= LONGEST_LINE]
    return fresh[:3] or [" ".join(texts[0].split())[:LONGEST_LINE]]


@editors
async def lines(turn: Turn) -> None:
    """The phrasings as buttons: one press takes one away."""
    found = turn.services.knowledge.entry(turn.subject)
    rows = [
        [Button("➖ " + news.short(line, 50), "faq_admin.remove", turn.subject, _mark(line))]
        for line in found.ask.all()[:SHOWN]
    ]
    rows.append([turn.button("faq_admin.back_button", "faq_admin.entry", turn.subject)])
    turn.show("faq_form.remove_which", title=found.title, buttons=rows)


@editors
async def remove(turn: Turn) -> None:
    """Take this phrasing away."""
    found = turn.services.knowledge.entry(turn.subject)
    for language in LANGUAGES:
        line = next((line for line in found.ask.of(language) if _mark(line) == turn.arg), None)
        if line is not None:
            await wish(turn, {"kind": "unphrase", "entry": found.id, "text": line, "language": language})
            return
    raise Refused("ask.gone")


async def fits(turn: Turn, text: str, limit: int) -> bool:
    """Whether there are words and not too many; if not, say so and wait on."""
    if not text:
        turn.reply("faq_form.words_please", buttons=_away(turn))
    elif len(text) > limit:
        turn.reply("faq_form.too_long", n=len(text), limit=limit, buttons=_away(turn))
    return 0 < len(text) <= limit


async def lines_fit(turn: Turn, found: Sequence[str]) -> bool:
    """Whether these lines can be phrasings; if not, say so and wait on."""
    if not found or len(found) > MOST_LINES:
        turn.reply("faq_form.lines_please", most=MOST_LINES, buttons=_away(turn))
        return False
    return await fits(turn, max(found, key=len), LONGEST_LINE)


def _away(turn: Turn) -> list[list[Button]]:
    return [[turn.button("faq_admin.home_button", "faq_admin.home")]]


def _mark(line: str) -> int:
    return zlib.crc32(line.encode())


feature = Feature(
    presses={
        "faq_admin.answer": ask_answer,
        "faq_admin.add": ask_phrasings,
        "faq_admin.lines": lines,
        "faq_admin.remove": remove,
        "faq_admin.teach": teach,
    },
    listens={ANSWER: hear_answer, PHRASINGS: hear_phrasings},
)

"""A new entry by a short form, for editors: subject, title, phrasings, answers, office, category, source; a preview.

Its id comes from the English title, its review is due in a year; whatever else the format knows is added in the file.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers import labels
from handlers.buttons import Button
from handlers.faq_admin import receive
from handlers.faq_admin_forms import LONGEST_ANSWER, fits, lines_fit
from handlers.faq_admin_guard import editors
from handlers.faq_admin_previews import wish
from handlers.faq_admin_wishes import language_of, lines_of
from handlers.faq_reviews import REVIEW_AFTER
from handlers.feature import Feature
from handlers.turn import Turn
from words import LANGUAGES

JOURNEY = "faq_admin.new"
STEPS = ("topic", "title", "lines", "answer_zh", "answer_en", "office", "category", "source")
LONGEST_TITLE, LONGEST_SOURCE = 48, 200
A_ROW = 2

State = dict[str, Any]


@editors
async def begin(turn: Turn) -> None:
    """The first question; an entry made for a group of misses has their wordings already."""
    state: State = {}
    miss = await turn.desk.misses.get(turn.subject) if turn.subject else None
    if miss is not None:
        state = {"miss": miss.id, "known": [" ".join(text.split())[:200] for text in miss.texts[:5]]}
    await _ask(turn, state)


@editors
async def pick(turn: Turn) -> None:
    """A subject, an office or a category was pressed."""
    draft = await turn.desk.drafts.of(turn.person)
    state: State = dict(draft.state) if draft and draft.journey == JOURNEY else {}
    step = _step(state) if draft else ""
    found = next((name for name, _ in _choices(turn, step) if labels.key(name) == turn.arg), None)
    if found is None:
        turn.toast("press.unknown", alert=True)
        return
    turn.leave_as_is()
    await _ask(turn, {**state, step: found})


@editors
async def hear(turn: Turn) -> None:
    """Words for the step they are at."""
    draft = await turn.desk.drafts.of(turn.person)
    if turn.incoming.attachments or draft is None:
        await receive(turn)
        return
    state: State = dict(draft.state)
    heard = _HEARS.get(_step(state))
    value = await heard(turn, state) if heard else None
    if value is not None:
        await _ask(turn, {**state, _step(state): value})
    elif heard is None:
        await _ask(turn, state)


async def _ask(turn: Turn, state: State) -> None:
    """The next question, or the preview when there is none left."""
    step = _step(state)
    if not step:
        fields = _fields(turn, state)
        await wish(turn, {"kind": "entry", "topic": state["topic"], "fields": fields, "miss": state.get("miss", 0)})
        return
    await turn.desk.drafts.keep(turn.person, JOURNEY, state)
    buttons = [Button(label, "faq_admin.pick", arg=labels.key(name)) for name, label in _choices(turn, step)]
    rows = [buttons[i : i + A_ROW] for i in range(0, len(buttons), A_ROW)]
    rows.append([turn.button("faq_new.stop", "faq_admin.home")])
    known = "\n".join(state.get("known", ()))
    key = "faq_new.lines_known" if step == "lines" and known else f"faq_new.{step}"
    at = STEPS.index(step) + 1
    turn.reply(key, buttons=rows, at=at, of=len(STEPS), known=known, limit=LONGEST_ANSWER, title=LONGEST_TITLE)


def _step(state: Mapping[str, Any]) -> str:
    return next((step for step in STEPS if step not in state), "")


def _choices(turn: Turn, step: str) -> list[tuple[str, str]]:
    """What can be pressed at a step: (id, label)."""
    catalogue, language = turn.services.house.catalogue, turn.say.language
    if step == "topic":
        return [(topic.topic, topic.title.of(language)) for topic in turn.services.knowledge.book.topics]
    if step == "office":
        return [(office.id, office.name.of(language)) for office in catalogue.offices]
    if step == "category":
        return [(each.id, labels.category(turn, each.id)) for each in catalogue.categories]
    return []


async def _title(turn: Turn, _state: State) -> dict[str, str] | None:
    lines = lines_of(turn.text)
    if len(lines) != len(LANGUAGES):
        turn.reply("faq_new.two_lines")
        return None
    for line in lines:
        if not await fits(turn, line, LONGEST_TITLE):
            return None
    return dict(zip(LANGUAGES, lines, strict=True))


async def _lines(turn: Turn, state: State) -> dict[str, list[str]] | None:
    lines = list(dict.fromkeys([*state.get("known", ()), *lines_of(turn.text)]))
    if not await lines_fit(turn, lines):
        return None
    found = {language: [line for line in lines if language_of(line) == language] for language in LANGUAGES}
    if not all(found.values()):
        await turn.desk.drafts.keep(turn.person, JOURNEY, {**state, "known": lines})
        turn.reply("faq_new.both_languages", known="\n".join(lines))
        return None
    return found


async def _answer(turn: Turn, _state: State) -> str | None:
    return turn.text if await fits(turn, turn.text, LONGEST_ANSWER) else None


async def _source(turn: Turn, _state: State) -> dict[str, Any] | None:
    """Title in both languages, and the document's number where there is one."""
    lines = lines_of(turn.text)
    if len(lines) not in (2, 3):
        turn.reply("faq_new.source_lines")
        return None
    if not await fits(turn, max(lines, key=len), LONGEST_SOURCE):
        return None
    number = {"number": lines[2][:80]} if len(lines) == len(LANGUAGES) + 1 else {}
    return {"title": dict(zip(LANGUAGES, lines, strict=False)), **number}


_HEARS: Mapping[str, Callable[[Turn, State], Awaitable[Any]]] = {
    "title": _title,
    "lines": _lines,
    "answer_zh": _answer,
    "answer_en": _answer,
    "source": _source,
}


def _fields(turn: Turn, state: Mapping[str, Any]) -> dict[str, Any]:
    """The entry by the fields of the format."""
    return {
        "id": _name(turn, state["title"]["en"]),
        "title": state["title"],
        "ask": state["lines"],
        "answer": {"zh": state["answer_zh"], "en": state["answer_en"]},
        "office": state["office"],
        "source": state["source"],
        "review_by": (turn.desk.today + REVIEW_AFTER).isoformat(),
        "category": state["category"],
    }


def _name(turn: Turn, title: str) -> str:
    """An id that nobody has, from the letters of the English title."""
    base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "entry"
    base = base if base[0].isalpha() else f"entry-{base}"
    book = turn.services.knowledge.book
    names = [base, *(f"{base}-{n}" for n in range(2, 1000))]
    return next(name for name in names if book.entry(name) is None)


feature = Feature(presses={"faq_admin.new": begin, "faq_admin.pick": pick}, listens={JOURNEY: hear})

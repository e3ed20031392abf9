"""What the filing form looks like: each step's question, its progress, its buttons, and the review at the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from desk.answers import shown_answer
from desk.catalogue import Category, Question
from desk.filing import CATEGORY, CONCERN, FILES, REVIEW, Concern, Filing
from desk.people import Person
from desk.refusals import Refused
from handlers import frames, labels
from handlers.buttons import Button
from handlers.filing_answers import read_answer
from handlers.paging import page
from handlers.turn import Turn
from words import Raw

JOURNEY = "filing"
LEAF = "filing.leaf"
"""The press that turns to another page of what a matter can be about."""
PER_ROW = 2
QUOTED = 200
"""So much of what was said before the form, in UTF-16 units, stands under its questions; the review has all of it."""


async def show(turn: Turn, form: Filing) -> None:
    """Ask the step the form is at, and keep the form."""
    await turn.desk.drafts.keep(turn.person, JOURNEY, form.to_state())
    turn.secret = is_sensitive(turn, form)
    order = await steps(turn, form)
    if form.at == CATEGORY:
        _ask_category(turn, form)
    elif form.at == CONCERN:
        _ask_concern(turn, form, await concerns(turn, form), order)
    elif form.at == FILES:
        _ask_files(turn, form, order)
    elif form.at == REVIEW:
        await _review(turn, form, order)
    else:
        _ask_question(turn, form, order)


async def open_form(turn: Turn) -> Filing:
    """The form this person has open.

    Raises:
        Refused: there is none any more.
    """
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.journey != JOURNEY:
        raise Refused("filing.no_form")
    return Filing.from_state(draft.state)


async def go_on(turn: Turn, form: Filing) -> None:
    """Ask the next step."""
    await show(turn, form.onward(await steps(turn, form)))


async def steps(turn: Turn, form: Filing) -> list[str]:
    """Every step of this person's form."""
    return form.steps(_category(turn, form), await concerns(turn, form))


async def concerns(turn: Turn, form: Filing) -> list[Concern]:
    """What the matter can be about: the person, and each project and team of theirs that fits the category."""
    category = _category(turn, form)
    mine = await turn.desk.roster.concerns_of(await whose(turn, form))
    fitting = [each for each in mine if category is None or each.kind in category.concerns]
    return fitting or [Concern("person")]


async def whose(turn: Turn, form: Filing) -> Person:
    """Whose matter it becomes: the cardholder that staff fill it in for, else whoever is writing."""
    found = await turn.desk.people.get(form.for_person) if form.for_person else None
    return found or turn.person


async def place(turn: Turn, form: Filing) -> int:
    """Which step the form is at, from 1; a button of another step is told that it is over."""
    return (await steps(turn, form)).index(form.at) + 1


def question_at(turn: Turn, form: Filing) -> Question | None:
    """The category's own question the form is at, if it is at one."""
    category = _category(turn, form)
    if category is None:
        return None
    return next((question for question in category.questions if question.id == form.at), None)


def asked(form: Filing, question: Question) -> int:
    """Which question of which category a button of choices belongs to: pressed later, it answers no other."""
    return labels.key(f"{form.category}.{question.id}")


def seen(form: Filing) -> int:
    """What exactly a review shows, so that only this is submitted under it."""
    return labels.key(json.dumps(form.to_state(), ensure_ascii=False, sort_keys=True))


async def answer(turn: Turn, form: Filing, question: Question, said: str) -> None:
    """Take these words as the answer, and ask the next step.

    Raises:
        Refused: the question wants something else.
    """
    await go_on(turn, form.with_answer(question, read_answer(turn, question, said)))


def is_sensitive(turn: Turn, form: Filing) -> bool:
    """Whether what is said in this form is about a child, money or health."""
    return form.category is not None and turn.services.house.sensitive(form.category)


def first_missing(turn: Turn, form: Filing, order: Sequence[str]) -> str | None:
    """The first step that must be answered and is not; `None` when the form is complete."""
    category = _category(turn, form)
    if category is None:
        return CATEGORY
    if CONCERN in order and form.concern is None:
        return CONCERN
    wanted = (question for question in category.questions if not question.optional)
    return next((question.id for question in wanted if question.id not in form.answers), None)


def _category(turn: Turn, form: Filing) -> Category | None:
    return turn.services.house.catalogue.get(form.category) if form.category else None


def _ask_category(turn: Turn, form: Filing) -> None:
    everything = list(turn.services.house.catalogue.categories)
    everything.sort(key=lambda category: category.id != form.guess)
    buttons = [
        Button(labels.category(turn, each.id), "filing.category", arg=labels.key(each.id)) for each in everything
    ]
    turn.show(
        "filing.which",
        buttons=[*_rows(buttons), [turn.button("filing.cancel", "start.cancel")]],
        words=_quoted(turn, form),
    )


def _ask_concern(turn: Turn, form: Filing, about: Sequence[Concern], order: Sequence[str]) -> None:
    at = turn.arg if turn.pressed.action == LEAF else 0
    shown, ways = page([*enumerate(about)], at, lambda key, n: turn.button(key, LEAF, arg=n))
    rows = [[Button(labels.concern(turn, each), "filing.concern", arg=n)] for n, each in shown]
    turn.show("filing.about", buttons=[*rows, *ways, _feet(turn, form, order)], **_head(turn, form, order))


def _ask_question(turn: Turn, form: Filing, order: Sequence[str]) -> None:
    question = question_at(turn, form)
    if question is None:
        raise LookupError(f"the form is at {form.at!r}, which its category does not ask")
    language = turn.say.language
    if question.kind == "phone":
        share = {"text": turn.say.plain("filing.share_phone"), "request_contact": True}
        keyboard = {"keyboard": [[share]], "one_time_keyboard": True, "resize_keyboard": True}
        turn.tell(turn.say("filing.phone_by_button"), keyboard=keyboard)
    options = [
        Button(choice.of(language), "filing.option", asked(form, question), n)
        for n, choice in enumerate(question.choices)
    ]
    text = turn.say(
        "filing.question",
        **_head(turn, form, order),
        ask=question.ask.of(language),
        hint=_hint(turn, question),
        said=_said(turn, form, question) or _carried(turn, form, question),
    )
    turn.display(text, buttons=[*_rows(options), _feet(turn, form, order, optional=question.optional)])


def _ask_files(turn: Turn, form: Filing, order: Sequence[str]) -> None:
    category = _category(turn, form)
    materials = [f"• {text.of(turn.say.language)}" for text in (category.materials if category else ())]
    key = "filing.files_more" if form.uploads else "filing.files"
    label = "filing.files_done" if form.uploads else "filing.files_none"
    listed = "\n".join(materials)
    came_by_file = bool(turn.incoming.attachments)  # whoever is sending one after the other has read the list
    rest = Raw("\n\n" + turn.say("filing.useful", materials=listed) if materials and not came_by_file else "")
    text = turn.say(key, **_head(turn, form, order), n=len(form.uploads), materials=listed, rest=rest)
    turn.display(text, buttons=[[turn.button(label, "filing.next")], _feet(turn, form, order)])


async def _review(turn: Turn, form: Filing, order: Sequence[str]) -> None:
    category = _category(turn, form)
    if category is None:
        await show(turn, replace(form, at=CATEGORY))
        return
    language = turn.say.language
    lines = [
        turn.say("filing.line", name=question.label.of(language), value=_answered(turn, form, question) or "—")
        for question in category.questions
    ]
    if form.words:
        lines.insert(0, turn.say("filing.line", name=turn.say.plain("filing.words"), value=form.words))
    if form.for_person is not None:
        holder = await whose(turn, form)
        lines.insert(0, turn.say("filing.line", name=turn.say.plain("filing.for_whom"), value=holder.name))
    changes = [
        turn.button("filing.change", "filing.change", arg=n, what=_step_name(turn, category, step))
        for n, step in enumerate(order)
        if step != REVIEW
    ]
    text = turn.say(
        "filing.review",
        category=labels.category(turn, category.id),
        about=_about(turn, form),
        lines=Raw("\n".join(lines)),
        n=len(form.uploads),
    )
    rows = [
        [turn.button("filing.submit", "filing.submit", arg=seen(form))],
        *_rows(changes),
        [turn.button("filing.cancel", "start.cancel")],
    ]
    turn.display(text, buttons=rows)


def _about(turn: Turn, form: Filing) -> str:
    """What it concerns; “myself” is not what a clerk reads who fills it in for somebody else."""
    concern = form.concern or Concern("person")
    if form.for_person is not None and concern.name is None:
        return turn.say.plain("concern.person_theirs")
    return labels.concern(turn, concern)


def _step_name(turn: Turn, category: Category, step: str) -> str:
    question = next((each for each in category.questions if each.id == step), None)
    return question.label.of(turn.say.language) if question else turn.say.plain(f"filing.step_{step}")


def _head(turn: Turn, form: Filing, order: Sequence[str]) -> dict[str, object]:
    now, of = form.progress(order)
    return {"step": now, "of": of, "category": labels.category(turn, form.category) if form.category else ""}


def _feet(turn: Turn, form: Filing, order: Sequence[str], *, optional: bool = False) -> list[Button]:
    feet = [turn.button("filing.back", "filing.back")] if order.index(form.at) else []
    if optional:
        label = "filing.keep" if form.answers.get(form.at) else "filing.skip"
        feet.append(turn.button(label, "filing.skip", order.index(form.at) + 1))
    return [*feet, turn.button("filing.cancel", "start.cancel")]


def _hint(turn: Turn, question: Question) -> Raw:
    kind = turn.say("filing.kind_past" if question.past else f"filing.kind_{question.kind}")
    own = turn.say("filing.hint", hint=question.hint.of(turn.say.language)) if question.hint else ""
    return Raw("\n".join(part for part in (own, kind) if part))


def _said(turn: Turn, form: Filing, question: Question) -> Raw:
    said = _answered(turn, form, question)
    return Raw(turn.say("filing.said", value=said) if said else "")


def _answered(turn: Turn, form: Filing, question: Question) -> str:
    said = form.answers.get(question.id, "")
    return shown_answer(question, said, turn.say.language) if said else ""


def _carried(turn: Turn, form: Filing, question: Question) -> Raw:
    """What they said before the form, under a first question that asks for words: it is with us already."""
    category = _category(turn, form)
    first = category is not None and category.questions[0].id == question.id and question.kind == "text"
    return _quoted(turn, form) if first else Raw("")


def _quoted(turn: Turn, form: Filing) -> Raw:
    return Raw(turn.say("filing.quoted", words=frames.cut(form.words, QUOTED)) if form.words else "")


def _rows(buttons: Sequence[Button]) -> list[list[Button]]:
    return [list(buttons[n : n + PER_ROW]) for n in range(0, len(buttons), PER_ROW)]

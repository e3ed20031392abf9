"""Filing on the page: the category's questions as one form with the consents; also what staff prepare for somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from desk.catalogue import Category, Question
from desk.desk import Desk
from desk.filing import Concern, Filing, Upload
from desk.people import Person
from desk.questions import Question as Asked
from desk.refusals import Refused
from desk.rules import answers
from desk.rules.authority import Power
from desk.rules.zone import day_of
from handlers import labels
from handlers.admission import no_card
from handlers.filing_answers import wanted
from pages import consenting
from pages.admit import admit
from pages.guard import check_form, form_token, person_of
from pages.site import SITE, Site, see
from pages.sorry import sorry
from pages.uploads import Form, hand_in, keep, read_form
from words import Speaker


async def choose(request: web.Request) -> web.StreamResponse:
    """Which category."""
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    async with site.desk() as desk:
        holder = await _holder(desk, person, request)
        asked = await _asked(desk, person, request)
    more = f"?for={holder.id}" if holder.id != person.id else f"?question={asked.id}" if asked else ""
    categories = [
        (each.id, labels.category_name(site.services, say, each.id), each.hint.of(say.language))
        for each in site.services.house.catalogue.categories
    ]
    return site.render("new.html", say, categories=categories, holder=_other(holder, person), more=more)


async def fill_in(request: web.Request) -> web.StreamResponse:
    """The form; the words of a question of theirs that led here are in it already."""
    async with request.app[SITE].desk() as desk:
        asked = await _asked(desk, person_of(request), request)
    return await _form(request, {}, Form({"words": asked.text} if asked else {}))


async def send(request: web.Request) -> web.StreamResponse:
    """File it; what is missing or of the wrong kind is said beside its question, with the rest kept."""
    form = await read_form(request)
    check_form(request, form.get("form"))
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    category = _category(site, request)
    try:
        said, problems = _understood(category, form, say, site)
        if form.problem is not None:
            problems[""] = say.plain(form.problem.key, **form.problem.values)
        if problems:
            return await _form(request, problems, form)
        number = await _filed(request, category, form, said)
    except Refused as refusal:
        return await _form(request, {"": sorry(say, refusal, person)}, form)
    return see(number or "?done=prepared")


async def _filed(request: web.Request, category: Category, form: Form, said: Mapping[str, str]) -> str:
    site, person = request.app[SITE], person_of(request)
    async with site.desk() as desk:
        holder = await _holder(desk, person, request)
        asked = await _asked(desk, person, request)
        concerns = await _concerns(desk, holder, category)
        if holder.id == person.id:
            await consenting.record(desk, site.services, person, category, form)
        uploads: list[Upload] = await keep(desk, person, form)
        chosen = form.get("concern")
        concern = concerns[int(chosen) if chosen.isdecimal() and int(chosen) < len(concerns) else 0]
        filing = Filing(
            category=category.id,
            words=form.get("words"),
            question=asked.id if asked else None,
            concern=concern,
            answers=said,
            uploads=tuple(uploads),
            for_person=None if holder.id == person.id else holder.id,
        )
        if filing.for_person is None:
            matter = await desk.matters.file(person, filing)
        else:
            matter = await desk.behalf.prepare(person, holder, filing)
        await hand_in(desk, uploads, matter.id)
        return matter.number if filing.for_person is None else ""


async def _form(request: web.Request, problems: Mapping[str, str], form: Form) -> web.StreamResponse:
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    category = _category(site, request)
    async with site.desk() as desk:
        holder = await _holder(desk, person, request)
        concerns = [labels.about(say, each) for each in await _concerns(desk, holder, category)]
        asked = await consenting.asked(desk, site.services, say, person, category) if holder.id == person.id else []
    values: Mapping[str, Any] = {
        "category": labels.category_name(site.services, say, category.id),
        "questions": [_question(each, say) for each in category.questions],
        "materials": [text.of(say.language) for text in category.materials],
        "concerns": concerns,
        "asked": asked,
        "problems": problems,
        "given": defaultdict(str, form.fields),
        "had_files": form.had_files,
        "holder": _other(holder, person),
    }
    return site.render("form.html", say, status=409 if problems else 200, form=form_token(request), **values)


def _question(question: Question, say: Speaker) -> dict[str, Any]:
    return {
        "id": question.id,
        "kind": question.kind,
        "ask": question.ask.of(say.language),
        "hint": question.hint.of(say.language) if question.hint else "",
        "choices": [choice.of(say.language) for choice in question.choices],
        "optional": question.optional,
    }


def _understood(category: Category, form: Form, say: Speaker, site: Site) -> tuple[dict[str, str], dict[str, str]]:
    """The answers as they are kept, and what is wrong with the others."""
    said, problems = {}, {}
    today = day_of(site.now())
    for question in category.questions:
        try:
            if question.kind == "file":
                if not form.had_files and not question.optional:
                    raise Refused("filing.file_please")
                text = say.plain("filing.attached") if form.files else ""
            else:
                text = answers.parse(wanted(question), form.get(f"q-{question.id}"), today, say.language).text
        except Refused as refusal:
            problems[question.id] = say.plain(refusal.key, **refusal.values)
            continue
        if text:
            said[question.id] = text
    return said, problems


def _category(site: Site, request: web.Request) -> Category:
    found = site.services.house.catalogue.get(request.match_info["category"])
    if found is None:
        raise Refused("filing.category_gone")
    return found


async def _holder(desk: Desk, person: Person, request: web.Request) -> Person:
    """Whose matter it becomes: the cardholder that staff fill it in for, else whoever is signed in.

    Raises:
        Refused: they may not file, or not for others, or there is no such cardholder.
    """
    said = request.query.get("for", "")
    admit(request, desk, person, Power.BEHALF if said else Power.NEW_MATTER)
    if not said:
        return person
    found = await desk.people.get(int(said)) if said.isdecimal() and len(said) < 19 else None
    if found is None or found.card is None:
        raise Refused("behalf.nobody", said="")
    if trouble := found.card.trouble(desk.today):
        raise no_card(trouble)
    return found


async def _asked(desk: Desk, person: Person, request: web.Request) -> Asked | None:
    """The question in the chat that this form began with, if they asked it and it is their own matter."""
    number = request.query.get("question", "")
    if "for" in request.query or not number.isdecimal() or len(number) > 18:
        return None
    return await desk.questions.get(int(number), person)


async def _concerns(desk: Desk, holder: Person, category: Category) -> Sequence[Concern]:
    mine = await desk.roster.concerns_of(holder)
    return [each for each in mine if each.kind in category.concerns] or [Concern("person")]


def _other(holder: Person, person: Person) -> dict[str, Any] | None:
    return None if holder.id == person.id else {"id": holder.id, "name": holder.name}

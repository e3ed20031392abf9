"""The dry run of routing: who would own a matter, and why, by when, and who hears if nobody acts. Nothing is sent.

`/route` for admins and dispatchers; `python -m bot route` says the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk.catalogue import Category
from desk.desk import Desk
from desk.filing import Concern
from desk.people import Person
from desk.refusals import Refused
from desk.rules.authority import Power
from desk.rules.deadlines import Kind, Planned, Rung, Standing, plan
from desk.rules.life import Status
from desk.rules.routing import Outcome, Route
from faq import Answer, Choices
from handlers import labels
from handlers.feature import Command, Feature, needs
from handlers.services import Services
from handlers.turn import Turn
from words import Listed, Speaker


@needs(Power.DRY_RUN)
async def route(turn: Turn) -> None:
    """`/route 杨帆 子女入学 [project or team] [words]`."""
    if len(turn.args) < 2:
        turn.reply("route.usage")
        return
    person = await cardholder(turn.desk, turn.args[0])
    category = category_named(turn.services, turn.args[1])
    rest = list(turn.args[2:])
    about = await _concern_said(turn.desk, person, rest[0]) if rest else None
    words = " ".join(rest[1:] if about else rest)
    lines = await explain(turn.desk, turn.services, turn.say, person, category, about or Concern("person"), words)
    turn.tell(turn.say("route.html", lines="\n".join(lines)))


async def explain(
    desk: Desk, services: Services, say: Speaker, person: Person, category: Category, concern: Concern, words: str
) -> list[str]:
    """The dry run as plain lines: entry matched, owner, copies, reason, trail, deadlines, ladder."""
    found = await desk.roster.route(person.id, category, concern)
    due = services.house.due(category, found.office, desk.now)
    owner = await _named(desk, services, say, found.owner, found.office)
    about = labels.about(say, concern)
    lines = [
        say.plain("route.of", name=person.name, category=labels.category_name(services, say, category.id), about=about)
    ]
    if words:
        lines.append(await _matched(desk, services, say, person, words))
    lines.append(say.plain("route.owner", owner=owner, reason=found.reason))
    lines += [
        say.plain(f"route.copy_{copy.kind.value}", who=await _named(desk, services, say, copy.staff, copy.office))
        for copy in found.copies
    ]
    lines += _trail(say, found)
    lines.append(say.plain("route.due", accept=due.accept, deliver=due.deliver))
    return [*lines, *await _ladder(desk, services, say, person, found, category)]


async def cardholder(desk: Desk, said: str) -> Person:
    """The one cardholder meant by a name, a card number or a roster key.

    Raises:
        Refused: there is none, or more than one.
    """
    found = await desk.behalf.find(said)
    exact = [each for each in found if said in (each.name, each.number)] or list(found)
    if len(exact) != 1:
        raise Refused("route.several" if exact else "route.nobody", said=said, n=len(exact))
    person = await desk.people.get(exact[0].id)
    assert person is not None
    return person


def category_named(services: Services, said: str) -> Category:
    """A category by its id or its name in either language.

    Raises:
        Refused: the catalogue has none of that name.
    """
    for category in services.house.catalogue.categories:
        if said.casefold() in (category.id, category.name.zh, category.name.en.casefold()):
            return category
    known = " ".join(each.id for each in services.house.catalogue.categories)
    raise Refused("route.no_category", said=said, known=known)


async def concern_named(desk: Desk, person: Person, kind: str, said: str) -> Concern:
    """A project or team of this person, by its name or part of it.

    Raises:
        Refused: they have none of that name.
    """
    found = await _concern_said(desk, person, said, kind)
    if found is None:
        raise Refused("route.no_concern", said=said, name=person.name)
    return found


async def _concern_said(desk: Desk, person: Person, said: str, kind: str = "") -> Concern | None:
    for concern in await desk.roster.concerns_of(person):
        names = (concern.name.zh, concern.name.en) if concern.name else ()
        if (not kind or concern.kind == kind) and any(said.casefold() in name.casefold() for name in names):
            return concern
    return None


async def _matched(desk: Desk, services: Services, say: Speaker, person: Person, words: str) -> str:
    found = await services.knowledge.match(words, say.language, None, desk.today)
    if isinstance(found, Answer):
        return say.plain("route.entry", title=found.entry.title.of(say.language), id=found.entry.id)
    if isinstance(found, Choices):
        return say.plain("route.choices", titles=Listed(each.title for each in found.entries))
    return say.plain("route.unknown")


def _trail(say: Speaker, found: Route) -> list[str]:
    marks = {Outcome.TAKEN: "✅", Outcome.PASSED: "➖", Outcome.MISSING: "⚠️", Outcome.REPLACED: "🔁"}
    return [
        say.plain("route.step", rule=step.rule, mark=marks[step.outcome], reason=step.reason) for step in found.trail
    ]


async def _ladder(
    desk: Desk, services: Services, say: Speaker, person: Person, found: Route, category: Category
) -> list[str]:
    """What the clock would do if nobody ever acted, a line each."""
    standing = Standing(
        Status.DISPATCHED, desk.now, desk.now, desk.now, category.accept_within, category.deliver_within
    )
    planned = plan(standing, services.house.hours_of(found.office), services.house.tempo.deadlines)
    on = {
        rung: await desk.roster.on_rung(rung, post=found.owner, office=found.office, holder=person.id) for rung in Rung
    }
    lines = [
        say.plain(
            f"route.{'remind' if each.kind is Kind.REMIND else 'escalate'}_{each.promise.value}",
            at=each.at,
            who=await _names(desk, say, on[_rung(each)]) or say.plain("route.nobody_there"),
        )
        for each in planned
    ]
    return [*lines, say.plain("route.again")]


def _rung(planned: Planned) -> Rung:
    return Rung.HANDLER if planned.kind is Kind.REMIND else planned.rung


async def _names(desk: Desk, say: Speaker, persons: Sequence[int]) -> str:
    found = [await desk.people.get(person) for person in persons]
    return say.listed(each.name for each in found if each is not None)


async def _named(desk: Desk, services: Services, say: Speaker, post: int, office: str) -> str:
    person = await desk.people.of_post(post)
    there = labels.office_name(services, say, office)
    return say.plain("person.of_office", office=there, name=person.name) if person else there


feature = Feature(commands=(Command("route", route, audience="staff"),))

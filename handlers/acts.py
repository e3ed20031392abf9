"""The acts that take more than one question: handing over, more time, opening again, rating late, parts of a matter.

For whoever holds the matter, its supervisor, the dispatcher, further departments and the cardholder, each their own.
"""

from __future__ import annotations

from functools import partial

from desk.refusals import Refused
from desk.rules import answers
from desk.rules.answers import Wanted
from desk.rules.life import Act
from desk.steps import unfinished
from handlers import frames, labels, rating
from handlers.buttons import Button
from handlers.feature import Feature, Step, needs
from handlers.handling import JOURNEY as ACTING
from handlers.handling import ask_words, begin
from handlers.matter_turn import matter_of, news_answered, respond
from handlers.parts import part_line
from handlers.turn import Turn
from words import Raw

DATE = "extend"
"""The form that waits for a new date."""

PER_ROW = 2
MOST, LABEL = 40, 40
"""So many colleagues to choose from, next in turn first, with so much of a name: a keyboard has room for no more."""


@needs(Act.TRANSFER)
async def transfer(turn: Turn) -> None:
    """Hand over: to a colleague here, or to another office. Words that another act still waited for are not its own."""
    matter, _roles = await matter_of(turn)
    draft = await turn.desk.drafts.of(turn.person)
    if draft is not None and draft.journey in (DATE, ACTING):
        await turn.desk.drafts.drop(turn.person)
    here = [turn.button("transfer.colleagues", "transfer.office", matter.id, labels.key(matter.office))]
    others = [
        Button(office.name.of(turn.say.language), "transfer.office", matter.id, labels.key(office.id))
        for office in turn.services.house.catalogue.offices
        if office.id != matter.office
    ]
    turn.reply("transfer.to_whom", number=matter.number, buttons=[here, *_rows(others), [_cancel(turn)]])


@needs(Act.TRANSFER)
async def transfer_office(turn: Turn) -> None:
    """The office was chosen: now who of it; for another office, whoever is next in turn may do."""
    matter, _roles = await matter_of(turn)
    office = labels.office_of(turn, turn.arg)
    found = [each for each in await turn.desk.handover.workers(office) if each.id != matter.owner_id]
    people = [Button(frames.cut(each.name, LABEL), "transfer.post", matter.id, each.id) for each in found]
    if office == matter.office and not people:
        raise Refused("transfer.nobody_here")
    if not people:
        await turn.desk.handover.to_office(office)  # says no when nobody stands in either, before a reason is written
    anybody = [turn.button("transfer.anybody", "transfer.any", matter.id, turn.arg)] if office != matter.office else []
    key = "transfer.whom_there" if anybody else "transfer.which_colleague"
    name = labels.office_name(turn.services, turn.say, office)
    rows = [anybody, *_rows(people[:MOST]), [_cancel(turn)]]
    text = turn.say(key, number=matter.number, office=name)
    rest = "\n" + turn.say("list.rest", n=len(people) - MOST) if people[MOST:] else ""
    turn.display(text + rest, buttons=rows)


@needs(Act.TRANSFER)
async def transfer_any(turn: Turn) -> None:
    """Whoever of that office is next in turn; now the reason."""
    office = labels.office_of(turn, turn.arg)
    turn.leave_as_is()
    name = labels.office_name(turn.services, turn.say, office)
    await ask_words(turn, Act.TRANSFER, {"office": office}, to=name)


@needs(Act.TRANSFER)
async def transfer_post(turn: Turn) -> None:
    """This colleague; now the reason."""
    turn.leave_as_is()
    given = await turn.desk.handover.to_post(turn.arg)
    office = labels.office_name(turn.services, turn.say, given.office)
    them = (await turn.desk.people.of_post(given.owner)) or turn.person
    to = turn.say.plain("person.of_office", office=office, name=them.name)
    await ask_words(turn, Act.TRANSFER, {"to_post": given.owner}, to=to)


@needs(Act.EXTEND)
async def extend(turn: Turn) -> None:
    """More time: first until when."""
    matter, _roles = await matter_of(turn)
    if turn.desk.now >= matter.deliver_due:
        raise Refused("extend.too_late", due=matter.deliver_due)
    await turn.desk.drafts.keep(turn.person, DATE, {"matter": matter.id})
    turn.reply("extend.to_when", number=matter.number, due=matter.deliver_due, buttons=[[_cancel(turn)]])


@needs(Act.EXTEND)
async def hear_date(turn: Turn) -> None:
    """The new date: the end of that day's office hours; then the reason, unless it stands beside the date."""
    draft = await turn.desk.drafts.of(turn.person)
    matter, _roles = await matter_of(turn, draft.state["matter"] if draft else 0)
    day = answers.parse(Wanted("date", ahead=True), turn.text, turn.desk.today, turn.say.language).value
    until = turn.services.house.closing(matter.office, day)  # type: ignore[arg-type]
    if until is None:
        raise Refused("extend.closed", office=labels.office_name(turn.services, turn.say, matter.office))
    if until <= matter.deliver_due:
        raise Refused("extend.not_later", due=matter.deliver_due)
    if reason := answers.beside_day(turn.text, turn.desk.today):
        await turn.desk.drafts.drop(turn.person)
        await respond(turn, Act.EXTEND, matter_id=matter.id, words=reason, until=until)
        return
    await ask_words(turn, Act.EXTEND, {"until": int(until.timestamp())}, matter_id=matter.id, until=until)


@needs(Act.GRANT)
async def grant(turn: Turn) -> None:
    """The new date it is."""
    await respond(turn, Act.GRANT)
    await news_answered(turn)


@needs(Act.RATE)
async def rate(turn: Turn) -> None:
    """A rating for a matter that was closed without one."""
    if not turn.arg:
        matter, _roles = await matter_of(turn)
        await news_answered(turn)
        await rating.ask(turn, matter)
        return
    await rating.settled(turn)
    await respond(turn, Act.RATE, rating=min(turn.arg, 5))
    matter, _roles = await matter_of(turn)
    turn.show("mine.rated", number=matter.number, n=min(turn.arg, 5))


@needs(Act.DELIVER)
async def deliver(turn: Turn) -> None:
    """The result; while parts of other departments are open, that is asked about once."""
    matter, _roles = await matter_of(turn)
    waiting = unfinished(matter)
    if not waiting or turn.arg:
        await begin(Act.DELIVER, turn)
        return
    lines = "\n".join(part_line(turn.services, turn.say, matter, step, plain=True) for step in waiting)
    sure = [
        turn.button("deliver.anyway", "act.deliver", matter.id, 1),
        turn.button("deliver.later", "mine.view", matter.id),
    ]
    turn.reply("deliver.open_steps", steps=Raw(lines), buttons=[sure])


def _cancel(turn: Turn) -> Button:
    return turn.button("start.cancel", "start.cancel")


def _rows(buttons: list[Button]) -> list[list[Button]]:
    return [buttons[n : n + PER_ROW] for n in range(0, len(buttons), PER_ROW)]


def _words(act: Act) -> Step:
    """A step that asks for the words its act needs."""
    return needs(act)(partial(begin, act))


def _at_once(act: Act) -> Step:
    """A step that needs no words."""
    return needs(act)(partial(respond, act=act))


feature = Feature(
    presses={
        "act.transfer": transfer,
        "transfer.office": transfer_office,
        "transfer.any": transfer_any,
        "transfer.post": transfer_post,
        "act.extend": extend,
        "act.grant": grant,
        "act.refuse_extension": _words(Act.REFUSE_EXTENSION),
        "act.reopen": _words(Act.REOPEN),
        "act.rate": rate,
        "act.deliver": deliver,
        "act.step_take": _at_once(Act.STEP_TAKE),
        "act.step_done": _words(Act.STEP_DONE),
        "act.escalate": _at_once(Act.ESCALATE),
    },
    listens={DATE: hear_date},
)

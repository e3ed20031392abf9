"""The way to the office's own pages, where Telegram carries only a matter's number, its stage and a link.

For everybody, when the operator chose `relay: minimal`: a step that would show or take content in the chat sends a link
instead, good once and for ten minutes; what was typed is not passed on and not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from desk import standing
from desk.passes import LINK
from desk.refusals import NoSuchMatter, Refused
from desk.rules.authority import Power
from desk.rules.life import Act
from handlers import ask, binding, by_number, courtesy, do, labels, other_language
from handlers.brief import OPEN_PAGE, WORDLESS, address, form_of
from handlers.buttons import Link
from handlers.feature import Command, Feature, Run, Step, needs
from handlers.turn import Turn


async def send_link(turn: Turn, target: str, *, typed: bool = False) -> None:
    """A fresh link to this page. `typed`: they wrote content into the chat, which is not passed on."""
    token = await turn.desk.passes.link(turn.person, target)
    link = Link(turn.say.plain("page.enter"), address(turn.services, f"in/{token}"))
    minutes = int(LINK.total_seconds() // 60)
    turn.reply("page.typed" if typed else "page.link", minutes=minutes, buttons=[[link]])


@needs(Power.OWN_DATA)
async def home(turn: Turn) -> None:
    """`/page`: everything of mine, on the office's own pages."""
    if not turn.services.pages:
        turn.reply("page.not_here")
        return
    await send_link(turn, "")


@needs(Power.READ_MATTER)
async def open_page(turn: Turn) -> None:
    """The page of the matter under whose card this was pressed."""
    await to_matter(turn)


async def to_matter(turn: Turn) -> None:
    """The page of the matter whose button was pressed, with the form of its act; of anything else, the first page."""
    number = await _number(turn, turn.subject) if turn.subject else ""
    kind, _, act = turn.pressed.action.partition(".")
    await send_link(turn, form_of(number, act) if kind == "act" and number else number)


@needs(Power.OWN_DATA)
async def from_page(turn: Turn) -> None:
    """The link on a page that somebody who is not signed in was looking at; with `_` and an act, of that form."""
    page, _, act = (turn.args[0].partition("-")[2] if turn.args else "").partition("_")
    await send_link(turn, form_of(page, act) if act else page)


async def to_person(turn: Turn) -> None:
    """The form that staff fill in for this cardholder."""
    await send_link(turn, f"new?for={turn.subject}")


async def to_new(turn: Turn) -> None:
    """The form, of the kind that was offered; of a question of theirs the page knows the words by its number."""
    category = labels.category_of(turn, turn.arg)
    kind = f"/{category.id}" if category else ""
    await send_link(turn, f"new{kind}?question={turn.subject}" if turn.subject else "new")


async def to_team(turn: Turn) -> None:
    """The page of a team that a member of the run-team follows."""
    await send_link(turn, f"team/{turn.subject}")


async def to_request(turn: Turn) -> None:
    """The page of somebody's wish to be let in."""
    await send_link(turn, f"request/{turn.subject}")


async def to(target: str, turn: Turn) -> None:
    """One page, whatever was pressed."""
    await send_link(turn, target)


async def by_command_line(turn: Turn) -> None:
    """A file with everybody's number does not go through the chat."""
    turn.reply("page.by_command_line")


async def dry_run_by_command_line(turn: Turn) -> None:
    """Whose matter would go where names a cardholder and what they want."""
    turn.reply("page.route_by_command_line")


async def typed(turn: Turn) -> None:
    """What they wrote belongs on the page."""
    await turn.desk.drafts.drop(turn.person)
    await send_link(turn, "", typed=True)


async def do_briefly(turn: Turn) -> None:
    """`/do` with a number alone lists what can be done; what needs no words is done, anything more on the page."""
    if len(turn.args) < 2:
        await do.do(turn)
        return
    try:
        act, words = do.act_said(turn, turn.args[1:])
    except Refused:  # no act: words for somebody
        await send_link(turn, "", typed=True)
        return
    if act in WORDLESS and (not words or (words.isdecimal() and act in (Act.CONFIRM, Act.RATE))):
        await do.do(turn)
    else:
        matter = await do.matter_said(turn, turn.args[0])
        await send_link(turn, form_of(matter.number, act.value), typed=bool(words))


async def talk(turn: Turn, form: Step | None) -> None:
    """A policy question is answered, thanks are returned, a form without content goes on; the rest is for the page."""
    await _heard(turn, form)
    await ask.urgent_too(turn)


async def _heard(turn: Turn, form: Step | None) -> None:
    reply = turn.incoming.reply_to
    about = await turn.desk.post.matter_on(turn.incoming.chat_id, reply) if reply is not None else None
    if about is not None:
        await send_link(turn, await _number(turn, about), typed=True)
    elif form is not None and not turn.incoming.edited:
        await form(turn)
    elif courtesy.answered(turn) or await other_language.was_named(turn) or await by_number.shown(turn):
        return
    elif binding.is_card_number(turn):
        await binding.by_number(turn)
    elif binding.is_phone(turn):
        await binding.by_card(turn)
    elif turn.incoming.attachments or (turn.text and not await _is_question(turn)):
        await send_link(turn, "", typed=True)
    else:
        await ask.ask(turn)


async def _is_question(turn: Turn) -> bool:
    """Whether the FAQ can answer; of whoever has no matter here, everything is a question."""
    posts = [number for post in turn.person.posts for number in (post.id, post.acts_for) if number]
    own = await turn.desk.views.open_of(turn.person.id)
    if not own and not (posts and await turn.desk.views.held_by(posts)):
        return True
    return await ask.is_question(turn)


async def _number(turn: Turn, matter_id: int) -> str:
    """The number of a matter of theirs. Raises `NoSuchMatter` for any other."""
    matter = await turn.desk.views.matter(matter_id)
    if matter is None or not standing.roles(turn.person, matter):
        raise NoSuchMatter
    return matter.number


_MATTER = (
    *("mine.view", "mine.files", "act.return", "act.supply", "act.say", "act.dispute", "act.note", "act.transfer"),
    *("transfer.office", "transfer.any", "transfer.post", "act.extend", "act.refuse_extension", "act.reopen"),
    *("act.deliver", "act.step_done", "act.ask", "materials.choose", "materials.send", "act.file"),
    *("talk.choose", "talk.canned", "result.unsolved", "onward.belongs"),
)
_NEW = (
    *(
        "filing.new",
        "filing.from_question",
        "filing.category",
        "filing.concern",
        "filing.leaf",
        "filing.option",
        "filing.skip",
    ),
    *("filing.next", "filing.back", "filing.change", "filing.submit", "filing.afresh", "filing.an_answer"),
    *("filing.a_question", "half_done.go_on", "talk.new"),
)

PRESSES: Mapping[str, Run] = {
    **dict.fromkeys(_MATTER, to_matter),
    **dict.fromkeys(_NEW, partial(to, "new")),
    **dict.fromkeys(("filing.from_question", "filing.afresh"), to_new),
    **dict.fromkeys(("visits.team", "visits.files", "visits.log", "visits.save"), to_team),
    "talk.none": home,
    "behalf.for": to_person,
    **dict.fromkeys(("binding.grant", "binding.refuse"), to_request),
    "privacy.mydata": partial(to, "me"),
    "roster.export": by_command_line,
}
"""Buttons that would show or take content in the chat, and where they lead instead."""

COMMANDS: Mapping[str, Run] = {
    "new": partial(to, "new"),
    "mydata": partial(to, "me"),
    "behalf": partial(to, "behalf"),
    "route": dry_run_by_command_line,
    "do": do_briefly,
}
LISTENS = frozenset({"filing", "act", "materials", "extend", "talk", "further", "rating", "behalf", "visits.log"})
"""Forms whose words are content."""


def instead(features: Sequence[Feature]) -> tuple[Feature, ...]:
    """The journeys as they are when content stays on the office's own pages."""
    return tuple(_elsewhere(each) for each in features)


def _elsewhere(whole: Feature) -> Feature:
    """Whoever may not take a step may not take the way around it either: each keeps the act it needs."""
    return replace(
        whole,
        commands=tuple(replace(each, run=_instead(each.run, COMMANDS.get(each.name))) for each in whole.commands),
        presses={name: _instead(step, PRESSES.get(name)) for name, step in whole.presses.items()},
        listens={name: _instead(step, typed if name in LISTENS else None) for name, step in whole.listens.items()},
        takes=None if whole.takes and _takes_rosters(whole.takes[0]) else whole.takes,
    )


def _instead(step: Step, other: Run | None) -> Step:
    return Step(step.act, other) if other is not None else step


def _takes_rosters(test: Callable[[Turn], bool]) -> bool:
    return test.__module__.endswith(".roster")


feature = Feature(
    commands=(Command("page", home),),
    presses={OPEN_PAGE: open_page},
    opens={"page": from_page},
)

"""Handling: accept, return with a reason, ask for materials, deliver a result, and every act that wants words first.

For whoever holds the matter, and for cardholders who add words, supply materials or say "not solved".
An act that needs words opens a one-question form; the next words or files are its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from desk.refusals import Refused
from desk.rules import answers
from desk.rules.authority import Power
from desk.rules.life import Act, Status
from desk.views import Matter
from handlers import canned, further, labels
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.matter_turn import matter_of, news_pressed, respond, uploads_of
from handlers.turn import Turn

JOURNEY = "act"
PAGE = 20

WITH_WORDS = (Act.RETURN, Act.SUPPLY, Act.SAY, Act.DISPUTE, Act.NOTE)
"""Acts that mean nothing without words or a file."""

SAID_OF_NEWS = (Act.SUPPLY, Act.DISPUTE, Act.REOPEN, Act.REFUSE_EXTENSION)
"""Acts that answer news once and for all: when they are done, its buttons go."""

REASONED = frozenset({Act.RETURN, Act.TRANSFER, Act.EXTEND, Act.REFUSE_EXTENSION, Act.REOPEN, Act.STEP_DONE})
"""Acts whose words are a reason: a file alone is none."""


@needs(Act.ACCEPT)
async def accept(turn: Turn) -> None:
    """I take it."""
    await respond(turn, Act.ACCEPT)


async def begin(act: Act, turn: Turn) -> None:
    """Ask for the words an act needs, unless it is refused already."""
    news = await news_pressed(turn) if act in SAID_OF_NEWS else None
    await ask_words(turn, act, {"news": news} if news else {})


async def ask_words(
    turn: Turn, act: Act, known: Mapping[str, Any], *, matter_id: int | None = None, **values: object
) -> None:
    """Ask for an act's words, with what is known of it already: `office` or `to_post`, or `until` in seconds."""
    matter, roles = await matter_of(turn, matter_id)
    await turn.desk.matters.may(matter, act, roles)
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"matter": matter.id, "act": act.value, **known})
    cancel = [turn.button("start.cancel", "start.cancel")]
    rows = [*canned.rows(turn, matter, act), cancel]
    turn.reply(f"words_for.{act.value}", number=matter.number, buttons=rows, **values)


@needs(Power.FILL_IN)
async def hear(turn: Turn) -> None:
    """The words or files an act was waiting for."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None:
        raise Refused("filing.no_form")
    if not turn.text and not turn.incoming.attachments:
        raise Refused("words_for.nothing")
    act, state = Act(draft.state["act"]), draft.state
    want_words(turn, act, turn.text)
    uploads_of(turn)
    await turn.desk.drafts.drop(turn.person)
    until = datetime.fromtimestamp(state["until"], UTC) if "until" in state else None
    office, to_post = state.get("office", ""), state.get("to_post")
    await respond(turn, act, matter_id=state["matter"], words=turn.text, office=office, to_post=to_post, until=until)
    if "news" in state and not await _still_asked(turn, act, state["matter"]):
        turn.buttons_off(state["news"])
    await further.keep_open(turn, act, state["matter"])


async def _still_asked(turn: Turn, act: Act, matter_id: int) -> bool:
    """Whether papers are wanted as before: what was said instead was none."""
    return act is Act.SUPPLY and (await matter_of(turn, matter_id))[0].status is Status.WAITING


def want_words(turn: Turn, act: Act, words: str) -> None:
    """Refuse a reason or a result that says nothing, such as a dot; between two people, a thumb may be enough."""
    if not is_enough(act, words, files=bool(turn.incoming.attachments)):
        raise Refused("words_for.nothing")


def is_enough(act: Act, words: str, *, files: bool) -> bool:
    """Whether these words, or `files` that came with them or instead of them, are all that this act needs."""
    return act in (Act.SAY, Act.NOTE) or (files and act not in REASONED) or answers.has_words(words)


@needs(Power.INBOX)
async def inbox(turn: Turn) -> None:
    """What I hold, the most pressing first, a page at a time; a page that is empty by now gives way to the last one."""
    posts = [post.id for post in turn.person.posts] + [post.acts_for for post in turn.person.posts if post.acts_for]
    count = await turn.desk.views.count_held_by(posts)
    if not count:
        turn.show("inbox.none")
        return
    last = (count - 1) // PAGE
    at = min(turn.arg, last)
    held = await turn.desk.views.held_by(posts, limit=PAGE, offset=at * PAGE)
    rows = [[Button(_item(turn, each), "mine.view", each.id)] for each in held]
    ways = [turn.button("inbox.before", "inbox.open", arg=at - 1)] if at else []
    ways += [turn.button("inbox.after", "inbox.open", arg=at + 1)] if at < last else []
    turn.show("inbox.list", n=count, buttons=[*rows, ways] if ways else rows)


def _item(turn: Turn, matter: Matter) -> str:
    """One matter in the list: whose turn it is, and until when."""
    named = {
        "number": matter.number,
        "category": labels.listed_category(turn.services, turn.say, matter.category),
    }
    if matter.status is Status.DELIVERED:
        return turn.say.plain("inbox.delivered", **named)
    if matter.status is Status.WAITING:
        return turn.say.plain("inbox.waiting", **named)
    if matter.accepted_at is None:
        return turn.say.plain("inbox.new", **named, by=matter.accept_due)
    return turn.say.plain("inbox.item", **named, by=matter.deliver_due)


@needs(Act.DISPATCH)
async def dispatch(turn: Turn) -> None:
    """The dispatcher sends a matter that came back to another office."""
    matter, _roles = await matter_of(turn)
    offices = turn.services.house.catalogue.offices
    buttons = [
        Button(office.name.of(turn.say.language), "handling.to_office", matter.id, labels.key(office.id))
        for office in offices
        if office.id != matter.office
    ]
    turn.reply(
        "dispatch.to_whom", number=matter.number, buttons=[buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    )


@needs(Act.DISPATCH)
async def to_office(turn: Turn) -> None:
    """The office was chosen."""
    await respond(turn, Act.DISPATCH, office=labels.office_of(turn, turn.arg))
    turn.leave_as_is()


feature = Feature(
    commands=(Command("inbox", inbox, audience="staff"),),
    presses={
        "act.accept": accept,
        "act.dispatch": dispatch,
        "handling.to_office": to_office,
        "inbox.open": inbox,
    }
    | {f"act.{act.value}": needs(act)(partial(begin, act)) for act in WITH_WORDS},
    listens={JOURNEY: hear},
)

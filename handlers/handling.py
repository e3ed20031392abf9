"""Handling: accept, return with a reason, ask for materials, deliver a result, and every act that wants words first.

For whoever holds the matter, and for cardholders who add words, supply materials or say "not solved".
An act that needs words opens a one-question form; the next words or files are its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from desk.refusals import Refused
from desk.rules.life import Act
from handlers import labels
from handlers.buttons import Button
from handlers.feature import Command, Feature
from handlers.matter_turn import matter_of, respond
from handlers.turn import Turn

JOURNEY = "act"

WITH_WORDS = (Act.RETURN, Act.ASK, Act.DELIVER, Act.SUPPLY, Act.SAY, Act.DISPUTE, Act.NOTE)
"""Acts that mean nothing without words or a file."""


async def accept(turn: Turn) -> None:
    """I take it."""
    await respond(turn, Act.ACCEPT)


async def begin(act: Act, turn: Turn) -> None:
    """Ask for the words an act needs, unless it is refused already."""
    matter, roles = await matter_of(turn)
    await turn.desk.matters.may(matter, act, roles)
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"matter": matter.id, "act": act.value})
    turn.reply(f"words_for.{act.value}", number=matter.number, buttons=[[turn.button("start.cancel", "start.cancel")]])


async def hear(turn: Turn) -> None:
    """The words or files an act was waiting for."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None:
        raise Refused("filing.no_form")
    if not turn.text and not turn.incoming.attachments:
        raise Refused("words_for.nothing")
    await turn.desk.drafts.drop(turn.person)
    await respond(turn, Act(draft.state["act"]), matter_id=draft.state["matter"], words=turn.text)


async def inbox(turn: Turn) -> None:
    """What I hold, the most pressing first."""
    posts = [post.id for post in turn.person.posts] + [post.acts_for for post in turn.person.posts if post.acts_for]
    held = await turn.desk.views.held_by(posts) if posts else []
    if not held:
        turn.show("inbox.none" if posts else "inbox.not_staff")
        return
    rows = [
        [
            Button(
                turn.say.plain(
                    "inbox.item", number=each.number, category=labels.category(turn, each.category), by=each.deliver_due
                ),
                "mine.view",
                each.id,
            )
        ]
        for each in held
    ]
    turn.show("inbox.list", n=len(held), buttons=rows)


async def dispatch(turn: Turn) -> None:
    """The dispatcher sends a matter that came back to another office."""
    matter, roles = await matter_of(turn)
    await turn.desk.matters.may(matter, Act.DISPATCH, roles)
    offices = turn.services.house.catalogue.offices
    buttons = [
        Button(office.name.of(turn.say.language), "handling.to_office", matter.id, labels.key(office.id))
        for office in offices
        if office.id != matter.office
    ]
    turn.reply(
        "dispatch.to_whom", number=matter.number, buttons=[buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    )


async def to_office(turn: Turn) -> None:
    """The office was chosen."""
    chosen = next((each for each in turn.services.house.catalogue.offices if labels.key(each.id) == turn.arg), None)
    turn.leave_as_is()
    await respond(turn, Act.DISPATCH, office=chosen.id if chosen else "")


def _begin(act: Act) -> Callable[[Turn], Coroutine[Any, Any, None]]:
    return partial(begin, act)


feature = Feature(
    commands=(Command("inbox", inbox, audience="staff"),),
    presses={
        "act.accept": accept,
        "act.dispatch": dispatch,
        "handling.to_office": to_office,
        "inbox.open": inbox,
    }
    | {f"act.{act.value}": _begin(act) for act in WITH_WORDS},
    listens={JOURNEY: hear},
)

"""Becoming a cardholder here: by the link on the card's letter, by card number and own phone, or by asking a person.

Open to everybody; nothing personal is taken before the notice was agreed to. A card number alone links nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from desk.binding import Shared
from desk.imports.cells import phone_number
from desk.refusals import Refused
from desk.rules.authority import Power
from desk.rules.days import day_among
from handlers import ask, consent, labels
from handlers.feature import Feature, needs
from handlers.turn import Turn

JOURNEY = "binding"
LINK, CARD, REQUEST = "link", "card", "request"
_PHONE_ALONE = re.compile(r"\+?[\d\s()（）-]{7,20}")
_ALONE = re.compile(
    r"(?:(?:我的)?(?:英才)?卡号?(?:是|为)?|my card(?: number)?(?: is)?)?[:：\s]*"
    r"([a-z]{0,8}[-—]?\d[\da-z—-]{2,24})[。.]?",
    re.IGNORECASE,
)
"""A card number, with or without the words that say it is one."""
_MONTH = re.compile(r"[年月日号]|[a-z]{3}", re.IGNORECASE)
"""What a date has that is written in words; one in figures alone may be the number of a card."""


@needs(Power.BIND)
async def open_link(turn: Turn) -> None:
    """The link on a card's letter, or of an invitation to staff."""
    invitation = await turn.desk.binding.opened(turn.args[0])
    if invitation is None:
        raise Refused("binding.link_over")
    await _go_on(
        turn, {"way": LINK, "invitation": invitation.id, "phone": invitation.wants_phone, "for": invitation.kind}
    )


@needs(Power.BIND)
async def by_card(turn: Turn) -> None:
    """They have a card number."""
    await _go_on(turn, {"way": CARD})


@needs(Power.BIND)
async def by_request(turn: Turn) -> None:
    """They want a person to look."""
    await _go_on(turn, {"way": REQUEST})


def is_card_number(turn: Turn) -> bool:
    """Whether somebody who is nobody here yet wrote a card number by itself, as the first thing one would try."""
    said = _ALONE.fullmatch(turn.text.strip())
    nobody = turn.person.card is None and not turn.person.posts
    return nobody and said is not None and phone_number(turn.text) is None and _could_be_card(turn, said[1])


def is_phone(turn: Turn) -> bool:
    """Whether somebody who is nobody here yet sent a phone number by itself, typed or as a contact."""
    nobody = turn.person.card is None and not turn.person.posts
    typed = _PHONE_ALONE.fullmatch(turn.text.strip()) is not None and phone_number(turn.text) is not None
    return nobody and (turn.incoming.contact is not None or typed)


def _could_be_card(turn: Turn, text: str) -> bool:
    """Whether these words may be meant as a card number; a date such as 25 December 2025 is none."""
    day = day_among(text.strip().lower(), turn.desk.today) if _MONTH.search(text) else None
    return day is None and turn.desk.binding.could_be_card(text)


@needs(Power.BIND)
async def by_number(turn: Turn) -> None:
    """They wrote the number without being asked for it."""
    said = _ALONE.fullmatch(turn.text.strip())
    await _go_on(turn, {"way": CARD, "number": said[1] if said else turn.text[:64]})


async def resume(turn: Turn) -> None:
    """Go on after the consent."""
    await _go_on(turn, turn.wish)


@needs(Power.BIND)
async def hear(turn: Turn) -> None:
    """The number, the contact, or what they tell the talent office."""
    draft = await turn.desk.drafts.of(turn.person)
    state = draft.state if draft else {}
    if state.get("way") == REQUEST:
        await _send_request(turn)
    elif turn.incoming.contact is not None:
        await _try(turn, state)
    elif phone_number(turn.text) is not None:
        _want_button(turn, state)
    elif state.get("way") == CARD and turn.text:
        await _take_number(turn, state)
    elif state.get("way") == LINK or "number" in state:
        _want_contact(turn)
    else:
        turn.reply("binding.number_please", buttons=_ways_out(turn))


@needs(Power.BIND)
async def accept(turn: Turn) -> None:
    """Staff whose number the roster does not have take the invitation up by one press."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.journey != JOURNEY or draft.state.get("way") != LINK:
        raise Refused("binding.link_over")
    turn.leave_as_is()
    await _bound(turn, await turn.desk.binding.by_link(turn.person, draft.state["invitation"], None))


@needs(Power.APPROVE_BINDING)
async def grant(turn: Turn) -> None:
    """The talent office lets them in."""
    request = await turn.desk.vouching.decide(turn.person, turn.subject, grant=True)
    turn.show("binding.grant_done", name=request.roster)


@needs(Power.APPROVE_BINDING)
async def refuse(turn: Turn) -> None:
    """The talent office does not."""
    await turn.desk.vouching.decide(turn.person, turn.subject, grant=False)
    turn.show("binding.refuse_done")


async def _go_on(turn: Turn, state: Mapping[str, Any]) -> None:
    if turn.person.card is not None or turn.person.posts:
        raise Refused("binding.somebody_already")
    if not await consent.given(turn, JOURNEY, state):
        return
    await _keep(turn, state)
    if state["way"] == REQUEST:
        turn.show("binding.say_who", buttons=[[turn.button("start.cancel", "start.cancel")]])
    elif state["way"] == CARD and "number" in state:
        turn.leave_as_is()
        _want_contact(turn)
    elif state["way"] == CARD:
        turn.show("binding.number_please", buttons=_ways_out(turn))
    elif state["phone"] or state["for"] == "card":
        _want_contact(turn)
    else:
        turn.show("binding.invited", buttons=[[turn.button("binding.accept", "binding.accept")]])


async def _take_number(turn: Turn, state: Mapping[str, Any]) -> None:
    """A card number, or what is none: a question is answered, anything else is told what is wanted."""
    if _could_be_card(turn, turn.text):
        await _keep(turn, {**state, "number": turn.text[:64]})
        _want_contact(turn)
        return
    if labels.looks_asked(turn.text):
        await ask.ask(turn)
    turn.reply("binding.not_a_number", buttons=_ways_out(turn))


async def _keep(turn: Turn, state: Mapping[str, Any]) -> None:
    await turn.desk.drafts.keep(turn.person, JOURNEY, state)


def _want_button(turn: Turn, state: Mapping[str, Any]) -> None:
    """A phone number was typed: why it has to come by the button, and what is wanted now; the card number stays."""
    turn.reply("binding.phone_by_button")
    if state.get("way") == LINK or "number" in state:
        _want_contact(turn)
    else:
        turn.reply("binding.number_please", buttons=_ways_out(turn))


def _want_contact(turn: Turn) -> None:
    share = {"text": turn.say.plain("binding.share"), "request_contact": True}
    keyboard = {"keyboard": [[share]], "one_time_keyboard": True, "resize_keyboard": True}
    turn.tell(turn.say("binding.contact_please"), keyboard=keyboard)


async def _try(turn: Turn, state: Mapping[str, Any]) -> None:
    contact = turn.incoming.contact
    assert contact is not None
    shared = Shared(contact.phone, contact.user_id == turn.incoming.user_id)
    try:
        if state.get("way") == LINK:
            person = await turn.desk.binding.by_link(turn.person, state["invitation"], shared)
        elif "number" in state:
            person = await turn.desk.binding.by_card(turn.person, state["number"], shared)
        else:
            turn.reply("binding.number_please", buttons=_ways_out(turn))
            return
    except Refused as refusal:
        turn.tell(turn.say(refusal.key, **refusal.values), keyboard={"remove_keyboard": True})
        turn.reply("binding.or_else", buttons=_ways_out(turn))
        return
    await _bound(turn, person)


async def _bound(turn: Turn, person: Any) -> None:
    turn.person = person
    key = "binding.done_staff" if person.posts else "binding.done"
    turn.tell(turn.say(key, name=person.name), keyboard={"remove_keyboard": True})


async def _send_request(turn: Turn) -> None:
    if not turn.text:
        turn.reply("binding.say_who")
        return
    await turn.desk.vouching.ask(turn.person, turn.text)
    await turn.desk.drafts.drop(turn.person)
    turn.reply("binding.request_sent")


def _ways_out(turn: Turn) -> list[list[Any]]:
    return [
        [turn.button("binding.by_request", "binding.by_request")],
        [turn.button("start.cancel", "start.cancel")],
    ]


feature = Feature(
    presses={
        "binding.by_card": by_card,
        "binding.by_request": by_request,
        "binding.accept": accept,
        "binding.grant": grant,
        "binding.refuse": refuse,
    },
    listens={JOURNEY: hear},
    opens={"card": open_link, "staff": open_link},
)

"""Words to many cardholders: to all, to a tier, or to those with a matter of one kind; previewed, counted, seconded.

For dispatchers and admins. Sent at the pace Telegram allows, behind everything urgent. What is not about the card
itself carries a button to have no more of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from desk.announcing import Announcement, Reader
from desk.approvals import Kind, Request
from desk.post import Letter
from desk.rules.authority import Power
from desk.rules.hears import Urgency
from handlers import frames, labels
from handlers.buttons import Button, inline
from handlers.feature import Command, Feature, needs
from handlers.services import Services
from handlers.turn import Turn
from words import Raw, Speaker

JOURNEY = "announce"
BEGINNING = 60
"""So much of an announcement, in UTF-16 units, tells it from another."""
ALL, PER_ROW = "all", 2
NARROWER = ("tier", "category")
"""What the readers can be chosen by, in the order of the buttons."""


@needs(Power.ANNOUNCE)
async def begin(turn: Turn) -> None:
    """What is to be said."""
    await turn.desk.drafts.keep(turn.person, JOURNEY, {})
    turn.show("announce.text_please", buttons=[[_cancel(turn)]])


@needs(Power.ANNOUNCE)
async def hear(turn: Turn) -> None:
    """The text: now to whom.

    Raises:
        Refused: there is none, or it is too long.
    """
    turn.desk.announcing.fits(turn.text)
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"text": turn.text})
    await _ask_whom(turn)


@needs(Power.ANNOUNCE)
async def whom(turn: Turn) -> None:
    """Back to the first choice of readers."""
    await _ask_whom(turn)


async def _ask_whom(turn: Turn) -> None:
    found = await _audiences(turn)
    kinds = [kind for kind in NARROWER if any(each.startswith(kind) for each in found)]
    narrower = [turn.button(f"announce.by_{kind}", "announce.by", arg=NARROWER.index(kind)) for kind in kinds]
    everybody = turn.button("announce.all", "announce.to", arg=found.index(ALL))
    turn.show("announce.to_whom", buttons=[[everybody], narrower, [_cancel(turn)]])


@needs(Power.ANNOUNCE)
async def by(turn: Turn) -> None:
    """Those of one tier, or those with matters of one kind: which?"""
    kind = NARROWER[turn.arg % len(NARROWER)]
    people = [
        Button(_in_list(turn, name), "announce.to", arg=n)
        for n, name in enumerate(await _audiences(turn))
        if name.startswith(kind)
    ]
    rows = [people[n : n + PER_ROW] for n in range(0, len(people), PER_ROW)]
    back = turn.button("announce.back", "announce.whom")
    turn.show(f"announce.which_{kind}", buttons=[*rows, [back, _cancel(turn)]])


@needs(Power.ANNOUNCE)
async def to(turn: Turn) -> None:
    """The audience: now whether it is about the card, or something one may do without."""
    found = await _audiences(turn)
    draft = await turn.desk.drafts.of(turn.person)
    state = {**(draft.state if draft else {}), "to": found[turn.arg % len(found)]}
    await turn.desk.drafts.keep(turn.person, JOURNEY, state)
    kinds = [turn.button("announce.news", "announce.show", arg=0), turn.button("announce.duty", "announce.show", arg=1)]
    turn.show("announce.news_or_duty", to=_audience(turn, state["to"]), buttons=[kinds, [_cancel(turn)]])


@needs(Power.ANNOUNCE)
async def preview(turn: Turn) -> None:
    """The text as it will be read, and how many get it."""
    draft = await turn.desk.drafts.of(turn.person)
    state: Mapping[str, Any] = draft.state if draft and draft.journey == JOURNEY else {}
    found = await turn.desk.announcing.draft(
        turn.person, state.get("text", ""), state.get("to", ALL), duty=bool(turn.arg)
    )
    await turn.desk.drafts.drop(turn.person)
    send = turn.button("announce.send", "announce.send", found.id)
    turn.show("announce.preview", **await _shown(turn, found), buttons=[[send], [_drop(turn, found)]])


@needs(Power.ANNOUNCE)
async def send(turn: Turn) -> None:
    """Ask the second person; where one is enough, send."""
    found = await turn.desk.announcing.get(turn.subject)
    if not turn.services.second_person:
        turn.show("announce.sent", n=await _owe(turn, found.id))
        return
    shown = await _shown(turn, found)
    facts = {"audience": found.audience, "n": shown["n"]}
    told = await turn.desk.approvals.ask(turn.person, Kind.ANNOUNCE, found.id, facts, lambda _reader: shown)
    turn.leave_as_is()
    turn.reply("second.asked", n=told)


@needs(Power.ANNOUNCE)
async def drop(turn: Turn) -> None:
    """Throw it away."""
    await turn.desk.announcing.drop(turn.subject, turn.person)
    turn.show("announce.dropped")


async def granted(turn: Turn, request: Request) -> None:
    """The second person said yes."""
    n = await _owe(turn, request.subject)
    asker = await turn.desk.people.get(request.asker_id)
    if asker is not None:
        turn.notify(asker, "announce.sent", n=n)


async def asked_for(turn: Turn, request: Request, say: Speaker) -> str:
    """How the announcement of a request begins."""
    found = await turn.desk.announcing.get(request.subject)
    return say("second.about_announce", text=frames.cut(found.text(say.language), BEGINNING))


@needs(Power.SUBSCRIBE)
async def subscribe(turn: Turn) -> None:
    """Have no more of what is not about the card, or have it again."""
    await turn.desk.announcing.subscribe(turn.person, wants=bool(turn.arg))
    turn.leave_as_is()
    other = turn.button("announce.off" if turn.arg else "announce.on", "announce.wants", arg=1 - bool(turn.arg))
    turn.reply("announce.now_on" if turn.arg else "announce.now_off", buttons=[[other]])


async def _owe(turn: Turn, announcement_id: int) -> int:
    found, readers = await turn.desk.announcing.send(announcement_id, turn.person.id)
    quiet = turn.desk.house.tempo.quiet.until(turn.desk.now)
    letters = [_letter(turn.services, found, reader) for reader in readers]
    wait = quiet - turn.desk.now if quiet else timedelta()
    await turn.desk.post.owe([replace(letter, wait=wait) for letter in letters])
    return len(letters)


def _letter(services: Services, found: Announcement, reader: Reader) -> Letter:
    say = services.words.speaker(reader.language)
    text = say("announce.duty_text" if found.duty else "announce.news_text", text=found.text(say.language))
    params: dict[str, Any] = {"chat_id": reader.chat_id, "text": text, "parse_mode": "HTML"}
    if not found.duty:
        off = Button(say.plain("announce.off"), "announce.wants", arg=0)
        params["reply_markup"] = inline([[off]], services.tokens, reader.user_id)
    return Letter(reader.chat_id, "sendMessage", params, urgency=Urgency.LATER, person_id=reader.person_id, later=True)


async def _shown(turn: Turn, found: Announcement) -> dict[str, Any]:
    readers = await turn.desk.announcing.readers(found.audience, duty=found.duty)
    english = turn.say("announce.english", text=found.text_en) if found.text_en else ""
    return {
        "to": _audience(turn, found.audience),
        "kind": turn.say.plain("announce.duty" if found.duty else "announce.news"),
        "n": len(readers),
        "text": found.text_zh,
        "english": Raw(english),
    }


async def _audiences(turn: Turn) -> list[str]:
    categories = [f"category:{each.id}" for each in turn.services.house.catalogue.categories]
    return [ALL, *(f"tier:{tier}" for tier in await turn.desk.announcing.tiers()), *categories]


def _audience(turn: Turn, audience: str) -> str:
    kind, _, name = audience.partition(":")
    if kind == "category":
        return turn.say.plain("announce.category", category=labels.category(turn, name))
    return turn.say.plain("announce.tier", tier=name) if kind == "tier" else turn.say.plain("announce.all")


def _in_list(turn: Turn, audience: str) -> str:
    """The audience's name where the question above it says how the readers are chosen."""
    kind, _, name = audience.partition(":")
    return labels.category(turn, name) if kind == "category" else _audience(turn, audience)


def _cancel(turn: Turn) -> Button:
    return turn.button("start.cancel", "start.cancel")


def _drop(turn: Turn, found: Announcement) -> Button:
    return turn.button("announce.drop", "announce.drop", found.id)


feature = Feature(
    commands=(Command("announce", begin, audience="staff"),),
    presses={
        "announce.whom": whom,
        "announce.by": by,
        "announce.to": to,
        "announce.show": preview,
        "announce.send": send,
        "announce.drop": drop,
        "announce.wants": subscribe,
    },
    listens={JOURNEY: hear},
)

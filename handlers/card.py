"""My card: number, tier, validity, what it gives, the three contacts; and what to do when it or the phone is lost.

For cardholders; whoever has none here learns how to get in, and how to get one.
"""

from __future__ import annotations

from datetime import date

from desk.people import Card
from desk.rules.authority import Power
from handlers import contacts
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn
from words import Raw

BENEFITS, HOW_TO_GET = "card-what", "card-apply"
"""Entries of the FAQ; a book without them has no such button."""


@needs(Power.SEE_CARD)
async def card(turn: Turn) -> None:
    """Show it, with the contacts; or the ways to become known here."""
    held = turn.person.card
    if held is None:
        turn.show("card.none", buttons=_ways_in(turn))
        return
    trouble = held.trouble(turn.desk.today)
    turn.show(
        "card.mine",
        number=held.number,
        tier=held.tier,
        from_=_day(turn, held.valid_from),
        to=_day(turn, held.valid_to),
        state=Raw(turn.say(f"card.{trouble or 'valid'}")),
        contacts=Raw(await contacts.lines(turn)),
        buttons=_about(turn, held),
    )


@needs(Power.KEEP_CARD)
async def settings(turn: Turn) -> None:
    """Lost card, new phone, taking the account off."""
    rows = [[turn.button("card.lost_button", "card.lost")], [turn.button("card.unbind_button", "card.unbind")]]
    turn.show("card.settings", buttons=[*rows, [turn.button("card.back", "card.show")]])


@needs(Power.KEEP_CARD)
async def lost(turn: Turn) -> None:
    """The card is lost, after one more press."""
    if not turn.arg:
        turn.show("card.lost_sure", buttons=[_sure(turn, "card.lost")])
        return
    await turn.desk.accounts.lose(turn.person)
    turn.show("card.lost_done")


@needs(Power.KEEP_CARD)
async def unbind(turn: Turn) -> None:
    """Take this account off the card, after one more press; open matters go on."""
    if not turn.arg:
        turn.show("card.unbind_sure", buttons=[_sure(turn, "card.unbind")])
        return
    await turn.desk.accounts.unbind(turn.person)
    await turn.desk.succession.unheard(turn.person, key="news.cardholder_unbound")
    turn.show("card.unbind_done")


def _day(turn: Turn, day: date | None) -> str:
    return turn.say.day(day, "date") if day else turn.say.plain("contacts.open_end")


def _sure(turn: Turn, action: str) -> list[Button]:
    return [turn.button("card.yes", action, arg=1), turn.button("card.back", "card.show")]


def _ways_in(turn: Turn) -> list[list[Button]]:
    rows = [
        [turn.button("card.have_number", "binding.by_card")],
        [turn.button("binding.by_request", "binding.by_request")],
    ]
    return [*rows, *_entry(turn, "card.how_to_get", HOW_TO_GET)]


def _about(turn: Turn, _held: Card) -> list[list[Button]]:
    return [*_entry(turn, "card.benefits", BENEFITS), [turn.button("card.settings_button", "card.settings")]]


def _entry(turn: Turn, label: str, entry: str) -> list[list[Button]]:
    book = turn.services.knowledge.book
    return [[turn.button(label, "ask.related", arg=book.key(entry))]] if book.entry(entry) is not None else []


feature = Feature(
    commands=(Command("card", card, audience="talent"),),
    presses={"card.show": card, "card.settings": settings, "card.lost": lost, "card.unbind": unbind},
)

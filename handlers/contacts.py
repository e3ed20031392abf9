"""My card and my three contacts: the leader, the department and the run-team member assigned to this cardholder."""

from __future__ import annotations

from handlers import labels
from handlers.feature import Command, Feature
from handlers.turn import Turn
from words import Raw


async def contacts(turn: Turn) -> None:
    """Who is assigned to me, my projects and my teams."""
    if turn.person.card is None:
        turn.show("contacts.none")
        return
    lines = [
        turn.say(
            f"contacts.{each.kind}",
            name=each.name,
            office=labels.office_name(turn.services, turn.say, each.office),
            subject=each.subject or "",
        )
        for each in await turn.desk.roster.contacts_of(turn.person)
    ]
    turn.show("contacts.title", lines=Raw("\n".join(lines) or turn.say("contacts.nobody")))


async def card(turn: Turn) -> None:
    """My card: number, tier, validity; then the contacts."""
    held = turn.person.card
    if held is not None:
        valid = held.valid_on(turn.desk.today)
        turn.reply(
            "contacts.card",
            number=held.number,
            tier=held.tier,
            from_=held.valid_from or turn.say.plain("contacts.open_end"),
            to=held.valid_to or turn.say.plain("contacts.open_end"),
            state=Raw(turn.say("contacts.valid" if valid else "contacts.not_valid")),
        )
    await contacts(turn)


feature = Feature(
    commands=(Command("contacts", contacts, audience="talent"), Command("card", card, audience="talent")),
    presses={"contacts.show": contacts},
)

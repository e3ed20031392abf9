"""My three contacts: the leader, the department and the run-team member assigned to this cardholder."""

from __future__ import annotations

from desk.roster import Contact
from desk.rules.authority import Power
from handlers import labels
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn
from words import Raw


@needs(Power.SEE_CONTACTS)
async def contacts(turn: Turn) -> None:
    """Who is assigned to me, my projects and my teams."""
    if turn.person.card is None:
        turn.show("contacts.none", buttons=[[turn.button("card.have_number", "binding.by_card")]])
        return
    turn.show("contacts.title", lines=Raw(await lines(turn)))


async def lines(turn: Turn) -> str:
    """One line for each contact, as Telegram HTML."""
    found = [
        turn.say(
            f"contacts.{each.kind}",
            name=_name(turn, each),
            office=labels.office_name(turn.services, turn.say, each.office),
            subject=each.subject or "",
        )
        for each in await turn.desk.roster.contacts_of(turn.person)
    ]
    return "\n".join(found) or turn.say("contacts.nobody")


def _name(turn: Turn, contact: Contact) -> str:
    """A leader is named always; whoever handles things, as their office chose."""
    if contact.kind == "leader":
        return contact.name
    return labels.shown_name(turn.services, turn.say, contact.name, contact.office)


feature = Feature(
    commands=(Command("contacts", contacts, audience="talent"),),
    presses={"contacts.show": contacts},
)

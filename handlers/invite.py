"""Inviting: an admin makes a single-use link for a member of staff, or for a cardholder whose letter was lost.

For admins; to anybody else there is no such thing. A link is for one person of the roster: whoever opens it gets that
person's posts and nothing else, and nobody can be given a post that the roster does not have.
"""

from __future__ import annotations

import zlib

from desk import standing
from desk.ledger import Done
from desk.refusals import NotYours, Refused
from desk.rules.authority import Power, Wish
from handlers import labels
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.paging import page
from handlers.turn import Turn
from words import Listed, Raw

JOURNEY = "invite_card"
LABEL = 40
PER_ROW = 2


@needs(Power.INVITE)
async def invite(turn: Turn) -> None:
    """Whom: staff by office, or a cardholder."""
    offices = turn.services.house.catalogue.offices
    buttons = [Button(office.name.of(turn.say.language), "invite.office", arg=_key(office.id)) for office in offices]
    rows = [buttons[n : n + PER_ROW] for n in range(0, len(buttons), PER_ROW)]
    rows.append([turn.button("invite.cardholder", "invite.cardholder")])
    turn.show("invite.which_office", buttons=rows)


@needs(Power.INVITE)
async def office(turn: Turn) -> None:
    """Who of this office, a page at a time."""
    found = next((each for each in turn.services.house.catalogue.offices if _key(each.id) == turn.arg), None)
    if found is None:
        raise Refused("dispatch.no_office")
    there = await turn.desk.people.of_office(found.id)
    shown, ways = page(there, turn.subject, lambda key, n: turn.button(key, "invite.office", n, turn.arg))
    rows = [[Button(_label(turn, each.name, each.role, each.bound), "invite.person", each.person_id)] for each in shown]
    other = [turn.button("invite.other", "invite.offices")]
    turn.show("invite.who", office=found.name, buttons=[*rows, *ways, other])


@needs(Power.INVITE)
async def person(turn: Turn) -> None:
    """Make the link; it is shown once, to be passed on."""
    invited = await turn.desk.people.get(turn.subject)
    if invited is None or not invited.posts:
        raise Refused("invite.gone")
    token = await turn.desk.binding.invite(invited.id, "staff", turn.person.id)
    leaves = [turn.button("invite.leaves_button", "invite.leaves", invited.id)]
    turn.show("invite.made", name=invited.name, link=Raw(_link(turn, token)), buttons=[leaves])


@needs(Power.END_POST)
async def leaves(turn: Turn) -> None:
    """Somebody leaves the office: after one more press access ends at once, and what they held goes to the deputy.

    Raises:
        NotYours: an admin who leaves is taken out by another.
    """
    leaving = await turn.desk.people.get(turn.subject)
    if leaving is None or not leaving.posts:
        raise Refused("invite.gone")
    if not standing.may(turn.person, Power.END_POST, Wish(leaving.id)):
        raise NotYours("second.own")
    if not turn.arg:
        sure = turn.button("invite.leaves_yes", "invite.leaves", leaving.id, 1, name=leaving.name)
        turn.show(
            "invite.leaves_sure", name=leaving.name, buttons=[[sure], [turn.button("invite.other", "invite.offices")]]
        )
        return
    async with turn.desk.all_or_nothing():
        moved = await turn.desk.staffing.leaves(leaving)
    await turn.desk.ledger.note(Done.LEFT, turn.person.id, leaving.id, moved=moved.count)
    turn.show("invite.left", name=leaving.name, n=moved.count)


@needs(Power.INVITE)
async def cardholder(turn: Turn) -> None:
    """Ask for the card number."""
    await turn.desk.drafts.keep(turn.person, JOURNEY, {})
    turn.show("invite.which_card", buttons=[[turn.button("start.cancel", "start.cancel")]])


@needs(Power.INVITE)
async def hear_card(turn: Turn) -> None:
    """The card number: its holder's link, valid for three days."""
    invited = await turn.desk.accounts.holder(turn.text)
    if invited is None:
        raise Refused("invite.no_card")
    await turn.desk.drafts.drop(turn.person)
    token = await turn.desk.binding.invite(invited.id, "card", turn.person.id)
    turn.reply("invite.letter", name=invited.name, link=Raw(_link(turn, token)))


@needs(Power.INVITE)
async def silent(turn: Turn) -> None:
    """Who of the staff has never pressed Start, by name."""
    names = await turn.desk.imports.never_started()
    if not names:
        turn.reply("roster.all_here")
        return
    turn.reply("roster.silent_names", names=Listed(names), buttons=[[turn.button("invite.them", "invite.offices")]])


def _link(turn: Turn, token: str) -> str:
    return f"https://t.me/{turn.bot}?start={token}"


def _label(turn: Turn, name: str, role: str, bound: bool) -> str:
    mark = "✅ " if bound else ""
    return f"{mark}{labels.escaped(name)} · {turn.say.plain(f'role.{role}')}"[:LABEL]


def _key(office_id: str) -> int:
    return zlib.crc32(office_id.encode())


feature = Feature(
    commands=(Command("invite", invite, audience="staff"),),
    presses={
        "invite.offices": invite,
        "invite.office": office,
        "invite.person": person,
        "invite.leaves": leaves,
        "invite.cardholder": cardholder,
        "invite.silent": silent,
    },
    listens={JOURNEY: hear_card},
)

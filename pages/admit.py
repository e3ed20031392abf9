"""Whether somebody may see or do this on a page: the same question as in the chat, asked of the same rules."""

from __future__ import annotations

from aiohttp import web

from desk import standing
from desk.desk import Desk
from desk.matter import Matter
from desk.people import Person
from desk.refusals import NoSuchMatter, NoSuchThing, NotYours
from desk.rules.authority import Power, Verdict, can
from desk.rules.life import Act, Role
from handlers.admission import no_card

TRIED = web.RequestKey("tried", tuple[str, int])
"""What they are trying to do and the matter it is about, for the record of what was refused."""


def admit(request: web.Request, desk: Desk, person: Person, power: Power) -> None:
    """Come back if this person has the power.

    Raises:
        Refused: they have not; what is not theirs sounds like what does not exist.
    """
    request[TRIED] = (power.value, 0)
    actor = standing.actor(person, desk.today)
    match can(actor, power):
        case Verdict.YES:
            return
        case Verdict.NO_CARD:
            raise no_card(actor.card)
        case Verdict.NOT_YOURS:
            raise NotYours
        case _:
            raise NoSuchThing


def may(desk: Desk, person: Person, power: Power) -> bool:
    """Whether the page offers it."""
    return can(standing.actor(person, desk.today), power) is Verdict.YES


async def matter_at(
    request: web.Request, desk: Desk, person: Person, what: Act | Power = Power.READ_MATTER
) -> tuple[Matter, frozenset[Role]]:
    """The matter of this address and the reader's roles in it.

    Raises:
        NoSuchMatter: there is none, or it is none of theirs; both answer alike.
        NotYours: they may see it, but not this of it.
    """
    matter = await desk.views.by_number(request.match_info["number"])
    request[TRIED] = (what.value, matter.id if matter else 0)
    if matter is None or not (roles := standing.roles(person, matter)):
        raise NoSuchMatter
    if isinstance(what, Power) and not reads(desk, person, matter, what):
        raise NotYours
    return matter, roles


def reads(desk: Desk, person: Person, matter: Matter, power: Power) -> bool:
    """Whether this of a matter is theirs to read."""
    return can(standing.actor(person, desk.today), power, matter) is Verdict.YES

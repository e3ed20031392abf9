"""Whether a person may take a step: asked of the rules with what the database says in this turn's own transaction.

What is not theirs answers as if it did not exist; that it was tried is written down, without a word of theirs.
"""

from __future__ import annotations

from desk.refusals import NoCard, NoSuchMatter, NoSuchThing, NotYours, Refused
from desk.rules.authority import READING, Power, Verdict, can
from desk.rules.life import Act
from handlers.matter_turn import matter_of
from handlers.turn import Turn


async def admit(turn: Turn, act: Act | Power) -> None:
    """Come back if this person may.

    Raises:
        Refused: they may not, or not now; with the sentence that an unknown thing gets where it is none of theirs.
    """
    turn.tried = act.value
    if isinstance(act, Power) and act not in READING:
        _refuse(turn, act, can(turn.actor, act))
        return
    matter, roles = await matter_of(turn)
    if isinstance(act, Act):
        await turn.desk.matters.may(matter, act, roles)
    elif can(turn.actor, act, matter) is not Verdict.YES:
        raise NotYours


_WHOSE = {Power.STATS: "stats.not_yours"}
"""Powers whose refusal says whose they are."""


def _refuse(turn: Turn, power: Power, verdict: Verdict) -> None:
    match verdict:
        case Verdict.YES:
            return
        case Verdict.NO_CARD:
            raise no_card(turn.actor.card)
        case Verdict.NOT_YOURS:
            raise NotYours(_WHOSE.get(power, "refused.not_yours"))
        case _:
            raise NoSuchThing


def no_card(state: str) -> NoCard:
    """Why no new matter can be filed, kindly, by how the card stands."""
    if state != "none":
        return NoCard(f"card.{state}_sorry")
    refusal = NoCard()
    refusal.ways = (("card.have_number", "binding.by_card"), ("binding.by_request", "binding.by_request"))
    return refusal


def is_foreign(refusal: Refused) -> bool:
    """Whether somebody reached for what is not theirs, which is written down."""
    return isinstance(refusal, NoSuchThing | NoSuchMatter | NotYours)

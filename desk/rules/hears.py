"""Who hears of which act, and how soon: one table. Whoever acted does not hear of it, whoever the table says."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from desk.rules.life import Act, Role


class Urgency(IntEnum):
    """What goes first when not everything can go at once; `LATER` waits for the end of quiet hours."""

    NOW = 0
    SOON = 1
    LATER = 2


class Hear(NamedTuple):
    """One audience of one act. For a matter that changes hands, `OWNER` is whoever held it before."""

    audience: Role
    urgency: Urgency


_TALENT, _OWNER, _DESK, _HEAD = Role.CARDHOLDER, Role.OWNER, Role.DISPATCHER, Role.SUPERVISOR
_CO = Role.CO_HANDLER
_NOW, _SOON, _LATER = Urgency

HEARS: dict[Act, tuple[Hear, ...]] = {
    Act.PREPARE: (Hear(_TALENT, _NOW),),
    Act.FILE: (Hear(_OWNER, _NOW),),
    Act.DISPATCH: (Hear(_TALENT, _SOON), Hear(_OWNER, _NOW)),
    Act.ACCEPT: (Hear(_TALENT, _SOON),),
    Act.DELIVER: (Hear(_TALENT, _NOW), Hear(_CO, _LATER)),
    Act.STEP_TAKE: (Hear(_OWNER, _SOON),),
    Act.STEP_DONE: (Hear(_OWNER, _NOW),),
    Act.ASK: (Hear(_TALENT, _NOW),),
    Act.SUPPLY: (Hear(_OWNER, _NOW),),
    Act.RETURN: (Hear(_DESK, _NOW), Hear(_TALENT, _SOON)),
    Act.TRANSFER: (Hear(_TALENT, _SOON), Hear(_OWNER, _SOON)),
    Act.MOVE: (Hear(_TALENT, _LATER),),
    Act.EXTEND: (Hear(_HEAD, _NOW),),
    Act.GRANT: (Hear(_TALENT, _NOW), Hear(_OWNER, _NOW)),
    Act.REFUSE_EXTENSION: (Hear(_OWNER, _NOW),),
    Act.CONFIRM: (Hear(_OWNER, _SOON),),
    Act.DISPUTE: (Hear(_OWNER, _NOW), Hear(_HEAD, _NOW)),
    Act.RATE: (Hear(_OWNER, _LATER),),
    Act.SAY: (Hear(_TALENT, _NOW), Hear(_OWNER, _NOW), Hear(_CO, _SOON)),
    Act.NOTE: (Hear(_OWNER, _SOON), Hear(_CO, _SOON)),
    Act.URGE: (Hear(_OWNER, _NOW),),
    Act.WITHDRAW: (Hear(_OWNER, _NOW), Hear(_CO, _SOON)),
    Act.REOPEN: (Hear(_OWNER, _NOW), Hear(_HEAD, _NOW)),
    Act.ESCALATE: (Hear(_OWNER, _NOW), Hear(_HEAD, _NOW)),
    Act.LAPSE: (Hear(_TALENT, _LATER), Hear(_OWNER, _LATER)),
}
"""An internal note is told among those who handle the matter, and to nobody else.

Words reach a further department while its part is open: what it asked may be answered anywhere.
"""


def hears(act: Act) -> tuple[Hear, ...]:
    """Who hears of this act, in the order in which they are told."""
    return HEARS[act]


def news_key(act: Act, audience: Role) -> str:
    """The sentence by which this audience hears of this act."""
    return f"news.{act.value}_{audience.value}"

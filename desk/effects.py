"""What each act changes on the matter besides its status: one small function per act, named in one table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.types import to_ms
from desk.deed import Deed
from desk.roster import Assignment, Roster
from desk.rules.life import Act, Status
from desk.views import Matter


@dataclass(frozen=True)
class Scene:
    """What an effect may look at."""

    matter: Matter
    deed: Deed
    now: datetime
    roster: Roster


Changes = Mapping[str, Any]
Effect = Callable[[Scene], Awaitable[Changes]]


def _to(given: Assignment) -> Changes:
    return {"owner_id": given.owner, "office": given.office, "reason": given.reason.to_plain()}


async def _accept(scene: Scene) -> Changes:
    return {"accepted_at": scene.now}


async def _deliver(scene: Scene) -> Changes:
    return {"delivered_at": scene.now, "result": scene.deed.words, **await _resumed(scene)}


async def _ask(scene: Scene) -> Changes:
    """The handler's clock stands still from here on; asking again in the meantime changes only what is wanted."""
    running = scene.matter.status is not Status.WAITING
    pauses = [*scene.matter.pauses, [to_ms(scene.now), None]] if running else list(scene.matter.pauses)
    return {"wanted": scene.deed.words, "pauses": pauses}


async def _resumed(scene: Scene) -> Changes:
    """The handler's clock goes on."""
    pauses = [[start, to_ms(scene.now) if end is None else end] for start, end in scene.matter.pauses]
    return {"wanted": None, "pauses": pauses}


async def _return(scene: Scene) -> Changes:
    """Back to the dispatcher; the cardholder's clock runs on, so no deadline moves."""
    return {**_to(await scene.roster.to_dispatcher()), "accepted_at": None}


async def _hand_over(scene: Scene) -> Changes:
    """To whoever of the chosen office is next in turn, who has the usual time to accept."""
    given = await scene.roster.to_office(scene.deed.to_office)
    return {**_to(given), "dispatched_at": scene.now, "accepted_at": None}


async def _confirm(scene: Scene) -> Changes:
    return {"closed_at": scene.now, "solved": True, "rating": scene.deed.rating}


async def _end(scene: Scene) -> Changes:
    return {"closed_at": scene.now}


async def _one_up(scene: Scene) -> Changes:
    """Not solved: one level up takes it, and what was promised counts anew."""
    return {
        **_to(await scene.roster.one_up(scene.matter)),
        "level": scene.matter.level + 1,
        "dispatched_at": scene.now,
        "promised_at": scene.now,
        "pauses": [],
        "extended_to": None,
        "accepted_at": None,
        "delivered_at": None,
        "closed_at": None,
        "solved": False,
    }


EFFECTS: Mapping[Act, Effect] = {
    Act.ACCEPT: _accept,
    Act.DELIVER: _deliver,
    Act.ASK: _ask,
    Act.SUPPLY: _resumed,
    Act.RETURN: _return,
    Act.DISPATCH: _hand_over,
    Act.TRANSFER: _hand_over,
    Act.CONFIRM: _confirm,
    Act.DISPUTE: _one_up,
    Act.REOPEN: _one_up,
    Act.LAPSE: _end,
    Act.WITHDRAW: _end,
}

"""What each act changes on the matter besides its status: one small function per act, named in one table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.types import to_ms
from desk.deed import Deed
from desk.handover import RETURNED, Assignment, Handover
from desk.house import House
from desk.people import Person
from desk.refusals import Refused
from desk.roster import Roster
from desk.rules.life import Act, Status
from desk.rules.reasons import Reason
from desk.rules.routing import trail_to_plain
from desk.views import Matter


@dataclass(frozen=True)
class Scene:
    """What an effect may look at."""

    matter: Matter
    deed: Deed
    now: datetime
    roster: Roster
    house: House
    person: Person | None

    @property
    def handover(self) -> Handover:
        """Whose it may become."""
        return Handover(self.roster)


Changes = Mapping[str, Any]
Effect = Callable[[Scene], Awaitable[Changes]]


def _to(given: Assignment) -> Changes:
    """Other hands; a request for more time was the former owner's."""
    return {"owner_id": given.owner, "office": given.office, "reason": given.reason.to_plain(), "extension": None}


async def _file(scene: Scene) -> Changes:
    """What staff prepared is confirmed: it is routed now, and what is promised counts from now."""
    category = scene.house.category(scene.matter.category)
    found = await scene.roster.route(scene.matter.person_id, category, scene.matter.concern)
    return {
        **_to(Assignment(found.owner, found.office, found.reason)),
        "trail": trail_to_plain(found.trail),
        "filed_at": scene.now,
        "dispatched_at": scene.now,
        "promised_at": scene.now,
    }


async def _accept(scene: Scene) -> Changes:
    """Taken in hand; what came back to the talent office belongs from now on to the dispatcher who took it.

    That it had gone astray helps nobody any more: the reason says who has kept it.
    """
    matter = scene.matter
    if matter.status is not Status.RETURNED:
        return {"accepted_at": scene.now}
    came_back = matter.reason.key == RETURNED
    reason = Reason("routing.kept", {"office": matter.reason.values["office"]}) if came_back else matter.reason
    post = next((post for post in scene.person.posts if post.role == "dispatcher"), None) if scene.person else None
    if post is None or post.id == matter.owner_id:
        return {"accepted_at": scene.now, "reason": reason.to_plain()}
    return {**_to(Assignment(post.id, post.office, reason)), "accepted_at": scene.now}


async def _deliver(scene: Scene) -> Changes:
    """What is done was in hand, also of somebody who got it while papers were awaited."""
    done = {"delivered_at": scene.now, "accepted_at": scene.matter.accepted_at or scene.now}
    return {**done, "result": scene.deed.words, **await _resumed(scene), "extension": None}


async def _ask(scene: Scene) -> Changes:
    """The handler's clock stands still from here on; asking again in the meantime changes only what is wanted."""
    running = scene.matter.status is not Status.WAITING
    pauses = [*scene.matter.pauses, [to_ms(scene.now), None]] if running else list(scene.matter.pauses)
    return {"wanted": scene.deed.words, "pauses": pauses}


async def _resumed(scene: Scene) -> Changes:
    """The handler's clock goes on; a date granted or asked for moves by the working time that it stood still."""
    matter = scene.matter
    moved: dict[str, Any] = {}
    if matter.status is Status.WAITING:
        hours = scene.house.hours_of(matter.office)
        stood = hours.between(matter.since, scene.now)
        if matter.extended_to is not None:
            moved["extended_to"] = hours.add(matter.extended_to, stood)
        if matter.extension is not None:
            moved["extension"] = {"to": to_ms(hours.add(matter.extension.to, stood)), "by": matter.extension.by}
    pauses = [[start, to_ms(scene.now) if end is None else end] for start, end in scene.matter.pauses]
    return {"wanted": None, "pauses": pauses, **moved}


async def _supply(scene: Scene) -> Changes:
    """It is in hand again. Whoever got it while papers were awaited had nothing to accept, and has it from now on."""
    return {"accepted_at": scene.matter.accepted_at or scene.now, **await _resumed(scene)}


async def _return(scene: Scene) -> Changes:
    """Back to the dispatcher; the cardholder's clock runs on, so the date of the result stands.

    So does the one to accept by, unless that promise was kept: then it begins anew with these hands.
    """
    anew = {"dispatched_at": scene.now} if scene.matter.accepted_at is not None else {}
    return {**_to(await scene.handover.to_dispatcher()), "accepted_at": None, **anew}


async def _hand_over(scene: Scene) -> Changes:
    """To the hands that were found or chosen, else to whoever of the office is next; they have the time to accept.

    With a result that waits for the cardholder's word there is nothing to accept any more.
    """
    deed = scene.deed
    given = deed.given
    if given is None and deed.to_post is not None:
        given = await scene.handover.to_post(deed.to_post)
    if given is None:
        sent_back = scene.matter.status in (Status.FILED, Status.RETURNED)
        why = "routing.dispatched" if sent_back else "routing.passed_on"
        given = await scene.handover.to_office(deed.to_office, why)
    if given.owner == scene.matter.owner_id and scene.person is not None and scene.matter.status is not Status.RETURNED:
        raise Refused("transfer.same")
    accepted = scene.matter.accepted_at if scene.matter.status is Status.DELIVERED else None
    return {**_to(given), "dispatched_at": scene.now, "accepted_at": accepted}


async def _move(scene: Scene) -> Changes:
    """The same hands, of another office now: all that was agreed with them stands."""
    given = scene.deed.given
    assert given is not None
    return {"office": given.office, "reason": given.reason.to_plain()}


async def _confirm(scene: Scene) -> Changes:
    return {"closed_at": scene.now, "solved": True, "rating": scene.deed.rating}


async def _end(scene: Scene) -> Changes:
    return {"closed_at": scene.now, "extension": None}


async def _rate(scene: Scene) -> Changes:
    return {"rating": scene.deed.rating}


async def _extend(scene: Scene) -> Changes:
    """More time is asked for; nothing moves before it is granted.

    Raises:
        Refused: the promised date is over, or the new one is not later.
    """
    until, due = scene.deed.until, scene.matter.deliver_due
    if scene.now >= due:
        raise Refused("extend.too_late", due=due)
    if until is None or until <= due:
        raise Refused("extend.not_later", due=due)
    return {"extension": {"to": to_ms(until), "by": scene.person.id if scene.person else 0}}


async def _grant(scene: Scene) -> Changes:
    """The cardholder hears of a new date before the old one passes, or there is none.

    Raises:
        Refused: the old date is over.
    """
    if scene.matter.status is not Status.WAITING and scene.now >= scene.matter.deliver_due:
        raise Refused("grant.too_late", due=scene.matter.deliver_due)
    return {"extended_to": scene.matter.extension.to if scene.matter.extension else None, "extension": None}


async def _refuse_extension(_scene: Scene) -> Changes:
    return {"extension": None}


async def _one_up(scene: Scene) -> Changes:
    """Not solved: one level up takes it, and what was promised counts anew."""
    return {
        **_to(await scene.handover.one_up(scene.matter)),
        "level": scene.matter.level + 1,
        "dispatched_at": scene.now,
        "promised_at": scene.now,
        "pauses": [],
        "extended_to": None,
        "accepted_at": None,
        "delivered_at": None,
        "closed_at": None,
        "solved": False,
        "rating": None,
    }


EFFECTS: Mapping[Act, Effect] = {
    Act.FILE: _file,
    Act.ACCEPT: _accept,
    Act.DELIVER: _deliver,
    Act.ASK: _ask,
    Act.SUPPLY: _supply,
    Act.RETURN: _return,
    Act.DISPATCH: _hand_over,
    Act.TRANSFER: _hand_over,
    Act.MOVE: _move,
    Act.CONFIRM: _confirm,
    Act.DISPUTE: _one_up,
    Act.REOPEN: _one_up,
    Act.LAPSE: _end,
    Act.WITHDRAW: _end,
    Act.RATE: _rate,
    Act.EXTEND: _extend,
    Act.GRANT: _grant,
    Act.REFUSE_EXTENSION: _refuse_extension,
}

"""What the clock does when nobody acted: it reminds, raises what is late one step, and closes what is never answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desk.matters import Matters
from desk.news import Newsroom
from desk.people import People
from desk.roster import Roster
from desk.rules.deadlines import LADDER, Kind, Promise, Rung
from desk.rules.hears import Urgency
from desk.rules.life import Act, Status
from desk.views import Matter, Views


_WITH_SOMEBODY = frozenset({Status.FILED, Status.DISPATCHED, Status.RETURNED})

STILL_OWED: Mapping[Promise, frozenset[Status]] = {
    Promise.ACCEPT: _WITH_SOMEBODY,
    Promise.DELIVER: _WITH_SOMEBODY | {Status.ACCEPTED},
    Promise.MATERIALS: frozenset({Status.WAITING}),
    Promise.ANSWER: frozenset({Status.DELIVERED}),
}
"""The statuses in which a promise is still open; in any other, what was planned for it came too late to matter."""


class Clockwork:
    """Acts on timers that are due, inside one transaction."""

    def __init__(self, matters: Matters, views: Views, roster: Roster, people: People, newsroom: Newsroom) -> None:
        self._matters = matters
        self._views = views
        self._roster = roster
        self._people = people
        self._newsroom = newsroom

    async def fire(self, kind: str, matter_id: int | None, body: Mapping[str, Any]) -> None:
        """Do what was planned for this moment. A matter that is gone needs nothing."""
        matter = await self._views.matter(matter_id) if matter_id is not None else None
        if matter is None:
            return
        promise, step = body["promise"], body["step"]
        if matter.status not in STILL_OWED[Promise(promise)]:
            return
        match Kind(kind):
            case Kind.REMIND:
                await self._tell(matter, await self._roster.hands(matter.owner_id), f"late.remind_{promise}")
            case Kind.REMIND_MATERIALS:
                await self._tell(matter, [matter.person_id], "late.materials", Act.ASK)
            case Kind.REMIND_ANSWER:
                await self._tell(matter, [matter.person_id], "late.answer", Act.DELIVER)
            case Kind.ESCALATE:
                await self._escalate(matter, promise, step)
            case Kind.LAPSE:
                await self._matters.by_clock(matter, Act.LAPSE, {})

    async def _escalate(self, matter: Matter, promise: str, step: int) -> None:
        """Everybody up to this rung hears of it; the rung is recorded, so that nothing is silently late."""
        rung = LADDER[min(step + 1, len(LADDER) - 1)]
        matter = await self._matters.by_clock(matter, Act.ESCALATE, {"promise": promise, "rung": rung.value})
        above = [person for person in await self._on(rung, matter) if person != matter.owner_person_id]
        await self._tell(matter, above, f"late.escalate_{promise}")

    async def _on(self, rung: Rung, matter: Matter) -> Sequence[int]:
        match rung:
            case Rung.DEPUTY:
                return await self._roster.deputies(matter.owner_id)
            case Rung.HEAD:
                return await self._roster.heads(matter.office)
            case Rung.LIAISON:
                return await self._roster.liaisons_of(matter.person_id)
            case _:
                return [person.id for person in await self._people.with_role("dispatcher")]

    async def _tell(self, matter: Matter, persons: Sequence[int], key: str, act: Act = Act.ESCALATE) -> None:
        for person in persons:
            self._newsroom.tell(person, matter, act, key, Urgency.SOON)

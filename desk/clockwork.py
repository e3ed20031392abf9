"""What the clock does when nobody acted: reminds, raises what is late one step, closes what is never answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from desk.matters import Matters
from desk.news import Newsroom
from desk.overtaken import EXTENSION, part
from desk.roster import Roster
from desk.rules.deadlines import LADDER, STILL_OWED, TOP, Kind, Promise, Rung
from desk.rules.hears import Urgency
from desk.rules.life import Act
from desk.timers import Timers
from desk.views import Matter, Views

_GENTLY: Mapping[Promise, tuple[str, Act]] = {
    Promise.MATERIALS: ("late.materials", Act.ASK),
    Promise.ANSWER: ("late.answer", Act.DELIVER),
    Promise.CONFIRM: ("late.confirm", Act.PREPARE),
}
"""What the cardholder is reminded of, and the act whose answers stand under it."""


Occasion = Callable[[Mapping[str, Any]], Awaitable[None]]
"""What follows a timer that belongs to no matter; its body says the rest."""


class Clockwork:
    """Acts on timers that are due, inside one transaction."""

    def __init__(
        self,
        matters: Matters,
        views: Views,
        roster: Roster,
        newsroom: Newsroom,
        timers: Timers,
        occasions: Mapping[str, Occasion],
        now: datetime,
    ) -> None:
        self._now = now
        self._matters = matters
        self._views = views
        self._roster = roster
        self._newsroom = newsroom
        self._timers = timers
        self._occasions = occasions

    async def fire(self, kind: str, matter_id: int | None, body: Mapping[str, Any]) -> None:
        """Do what was planned for this moment. A matter that is gone needs nothing."""
        if kind in self._occasions:
            await self._occasions[kind](body)
            return
        matter = await self._views.matter(matter_id) if matter_id is not None else None
        if matter is None:
            return
        promise = Promise(body["promise"])
        if matter.status not in STILL_OWED[promise]:
            return
        match Kind(kind):
            case Kind.REMIND:
                await self._remind(matter, promise)
            case Kind.ESCALATE:
                await self._escalate(matter, promise, body["step"])
            case Kind.DECIDE:
                await self._decide(matter)
            case Kind.LAPSE:
                await self._lapse(matter)
            case Kind.REPLY:
                await self._reply(matter, body["step"])
            case Kind.STEP_REMIND | Kind.STEP_LATE:
                await self._part_is_due(matter, body["part"], late=kind == Kind.STEP_LATE)
            case _:
                await self._gently(matter, promise)

    async def _remind(self, matter: Matter, promise: Promise) -> None:
        """Whoever holds it is reminded; whoever has to answer a request for more time is, too, before the old date.

        Where the clock itself comes late, nobody is asked to be done by a moment that is over: the step up tells that.
        """
        due = matter.accept_due if promise is Promise.ACCEPT else matter.deliver_due
        if due is not None and due <= self._now:
            return
        await self._tell(matter, await self._roster.hands(matter.owner_id), f"late.remind_{promise}", promise.value)
        if matter.extension is not None:
            await self._tell(matter, await self._newsroom.supervisors(matter), "late.extension", EXTENSION, Act.EXTEND)

    async def _lapse(self, matter: Matter) -> None:
        """Closed after silence; whoever spoke after this was planned has not been silent."""
        if await self._timers.is_silent(matter):
            await self._matters.by_clock(matter, Act.LAPSE, {})
        else:
            await self._timers.plan(matter)

    async def _gently(self, matter: Matter, promise: Promise) -> None:
        """The cardholder is reminded; when a result is closed is told only where it will be, after its latest word."""
        key, act = _GENTLY[promise]
        if promise is Promise.ANSWER:
            stands = await self._timers.spoken_of(matter)
            matter = replace(matter, since=stands.since)
            key = "late.answer_spoken" if stands.unanswered else key
        await self._tell(matter, [matter.person_id], key, promise.value, act)

    async def _reply(self, matter: Matter, times: int) -> None:
        """The cardholder said something about the result that nobody answered; the second time its heads hear, too."""
        hear = [*await self._roster.hands(matter.owner_id)]
        hear += await self._newsroom.supervisors(matter) if times else []
        told = [person for person in dict.fromkeys(hear) if person != matter.person_id]
        await self._tell(matter, told, "late.reply", Promise.ANSWER.value, Act.SAY)
        await self._timers.again(matter, Promise.ANSWER)

    async def _part_is_due(self, matter: Matter, number: int, *, late: bool) -> None:
        """A further department's part: its holder is reminded; once it is late its head and the lead hear as well."""
        step = next((each for each in matter.steps if each.id == number and each.done_at is None), None)
        if step is None:
            return
        hear = await self._roster.hands(step.staff_id)
        if late:
            hear = [*hear, *await self._roster.heads(step.office), *await self._roster.hands(matter.owner_id)]
        key = "late.step_late" if late else "late.step_remind"
        await self._tell(matter, list(dict.fromkeys(hear)), key, part(number))

    async def _escalate(self, matter: Matter, promise: Promise, step: int) -> None:
        """Everybody up to this rung hears of it; the rung is recorded, so that nothing is silently late.

        Past the last rung there is nothing new to record: the talent office alone is told again.
        """
        rung = LADDER[min(step + 1, len(LADDER) - 1)]
        if step <= TOP:
            matter = await self._matters.by_clock(matter, Act.ESCALATE, {"promise": promise.value, "rung": rung.value})
        told = [person for person in await self._on(rung, matter) if step > TOP or person != matter.owner_person_id]
        await self._tell(matter, told, f"late.{'still' if step > TOP else 'escalate'}_{promise}", promise.value)
        if step >= TOP:
            await self._timers.again(matter, promise)

    async def _decide(self, matter: Matter) -> None:
        """Papers that do not come: the cardholder is reminded as before, and the talent office is asked to decide."""
        key, act = _GENTLY[Promise.MATERIALS]
        about = Promise.MATERIALS.value
        await self._tell(matter, [matter.person_id], key, about, act)
        office = await self._on(Rung.TALENT_OFFICE, matter)
        deciding = dict.fromkeys([*office, *await self._roster.hands(matter.owner_id)])
        await self._tell(matter, [each for each in deciding if each != matter.person_id], "late.decide", about)
        await self._timers.again(matter, Promise.MATERIALS)

    async def _on(self, rung: Rung, matter: Matter) -> Sequence[int]:
        return await self._roster.on_rung(rung, post=matter.owner_id, office=matter.office, holder=matter.person_id)

    async def _tell(
        self, matter: Matter, persons: Sequence[int], key: str, about: str, act: Act = Act.ESCALATE
    ) -> None:
        """Tell these persons; what is still unsent when `about` is settled is taken back."""
        for person in persons:
            self._newsroom.tell(person, matter, act, key, Urgency.SOON, about)

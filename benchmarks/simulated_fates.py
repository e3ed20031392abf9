"""What befalls the staff of a simulated district: away for days, gone for good, the bot blocked and taken back."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from room_clock import RoomClock
from simulated_people import Staffed

from benchmarks.simulated_proof import Findings
from bot.assembly import Parts
from desk.desk import Desk
from handlers import settle
from sandbox import Sandbox


@dataclass
class Fates:
    """Dealt out each morning. `away` says until which day."""

    sandbox: Sandbox
    parts: Parts
    clock: RoomClock
    staffed: Staffed
    rng: random.Random
    found: Findings
    away: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def at_work(self, key: str) -> bool:
        """Whether they are there to do anything."""
        return key not in self.away and key not in self.gone

    async def befall(self, day: int) -> None:
        """In the morning: some are away from today, somebody leaves for good, some block the bot or take it back."""
        self.away = {key: last for key, last in self.away.items() if last > day}
        at_work = [key for key in self.staffed.ordinary if self.at_work(key)]
        if self.rng.random() < 0.5:
            await self._goes_away(self.rng.choice(at_work), day)
        if day % 10 == 4:
            await self._leaves(self.rng.choice([key for key in at_work if key not in self.away]))
        if day % 5 == 2:
            blocking = self.sandbox.people[self.rng.choice([key for key in at_work if key not in self.gone])]
            await blocking.blocks_bot()
            self.found.done["blocked"] += 1
        for key in self.staffed.ordinary:
            if self.sandbox.people[key].account.blocked and self.rng.random() < 0.15:
                await self.sandbox.people[key].start()

    async def _goes_away(self, key: str, day: int) -> None:
        days = self.rng.randrange(1, 6)

        async def leave(desk: Desk) -> None:
            person = await desk.people.get(self.staffed.id_of[key])
            assert person is not None
            last = desk.today + timedelta(days=days - 1)
            free = [each for each in await desk.absences.colleagues(person, desk.today, last) if not each.away_until]
            if free:
                await desk.absences.leave(person, desk.today, last, self.rng.choice(free).post_id)
                self.away[key] = day + days
                self.found.done["away"] += 1

        await self._at_the_desk(leave)

    async def _leaves(self, key: str) -> None:
        async def leave(desk: Desk) -> None:
            person = await desk.people.get(self.staffed.id_of[key])
            assert person is not None
            await desk.staffing.leaves(person)

        await self._at_the_desk(leave)
        self.gone.add(key)
        self.found.done["left"] += 1

    async def _at_the_desk(self, use: Callable[[Desk], Awaitable[None]]) -> None:
        async with self.parts.database.write() as tx:
            desk = Desk(tx, self.parts.services.house, self.clock.now())
            await use(desk)
            await settle.settle_desk(desk, self.parts.services)

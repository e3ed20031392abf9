"""One virtual time for the machine room and the sandbox."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sandbox import VirtualClock


class RoomClock:
    """The bot's `Clock` on top of the sandbox's; `passes` moves both."""

    def __init__(self) -> None:
        self.ticking = VirtualClock()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ticking.now(), UTC)

    async def sleep(self, seconds: float) -> None:
        await self.ticking.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        sleeper = asyncio.create_task(self.ticking.sleep(3600 * 24 * 365 if seconds is None else seconds))
        waiter = asyncio.create_task(event.wait())
        try:
            await asyncio.wait({sleeper, waiter}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeper.cancel()
            waiter.cancel()
            await asyncio.gather(sleeper, waiter, return_exceptions=True)
        return event.is_set()

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.ticking.advance(seconds)

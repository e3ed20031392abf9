"""Work that takes a while: a file is fetched and read outside any transaction, then what came of it is kept in one.

It is done after the turn that asked for it has been committed; if the process ends in between, the person asks again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from db.engine import Database
from desk.desk import Desk
from handlers.services import Services


@dataclass(frozen=True)
class Workshop:
    """What such work needs.

    `fetch` gives a file of Telegram's by its id and may raise `telegram.error.TelegramError`; `settle` owes what a
    desk has to tell.
    """

    database: Database
    services: Services
    now: Callable[[], datetime]
    fetch: Callable[[str], Awaitable[bytes]]
    settle: Callable[[Desk, Services], Awaitable[None]]

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """A desk in a transaction of its own, whose news is settled at the end."""
        async with self.database.write() as tx:
            desk = Desk(tx, self.services.house, self.now())
            yield desk
            await self.settle(desk, self.services)

"""How far long work has come: one message in the chat of whoever waits for it, edited as the work goes on.

The work runs in a thread and tells more steps than anybody can read: of those that come while one is written down, the
last is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from desk.people import Person
from handlers.workshop import Workshop

log = structlog.get_logger(__name__)


@dataclass
class Progress:
    """The message of one purpose. Made in the event loop; `tell` may be called from any thread."""

    workshop: Workshop
    person: Person
    purpose: str
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _text: str = ""
    _over: bool = False

    def tell(self, text: str) -> None:
        """The work has come so far; HTML."""
        self._text = text
        self._loop.call_soon_threadsafe(self._news.set)

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[Progress]:
        """While this lasts, what is told is shown; the last of it before this ends."""
        telling = asyncio.create_task(self._show())
        try:
            yield self
        finally:
            self._over = True
            self._news.set()
            await telling

    async def _show(self) -> None:
        while self._text or not self._over:
            await self._news.wait()
            self._news.clear()
            try:
                await self._write()
            except Exception as error:  # the work is worth more than the word about it
                log.info("progress.failed", error=type(error).__name__)

    async def _write(self) -> None:
        text, self._text = self._text, ""
        if text and self.person.chat_id is not None:
            async with self.workshop.desk() as desk:
                await desk.post.amend(self.person.chat_id, self.purpose, text)

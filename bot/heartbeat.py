"""This process's sign of life, once a second; what follows when another one falls silent, or a duty becomes ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.loop import DATABASE_DOWN
from bot.now import Clock
from db.presence import Presence

EVERY = 1.0
"""Seconds between two beats; a process that is dead is taken for dead after `db.presence.MISSED` of them."""

log = structlog.get_logger(__name__)


class Heartbeat:
    """Beats until it is stopped. `changed` is set whenever a duty comes or goes; `noted` is called after each beat."""

    def __init__(self, presence: Presence, clock: Clock, noted: Callable[[], object] = lambda: None) -> None:
        self._noted = noted
        self._presence = presence
        self._clock = clock
        self._stopping = asyncio.Event()
        self._beating = asyncio.Lock()
        self.changed = asyncio.Event()

    def holds(self, duty: str) -> bool:
        """Whether this duty is ours now."""
        return duty in self._presence.duties

    async def beat(self) -> None:
        """One sign of life; that the database is away is no reason to stop."""
        before = self._presence.duties
        try:
            async with self._beating:
                dead = await self._presence.beat(self._clock.now())
        except DATABASE_DOWN as error:
            log.error("heartbeat.failed", error=type(error).__name__)
            return
        self._noted()
        if dead:
            log.warning("process.dead", names=list(dead))
        if self._presence.duties != before:
            log.info("duties", held=sorted(self._presence.duties))
            self.changed.set()

    async def run(self) -> None:
        """Beat until `stop`."""
        while not self._stopping.is_set():
            await self.beat()
            await self._clock.wait(self._stopping, EVERY)

    async def stop(self) -> None:
        """Beat no more and leave, so that nobody has to wait for our death; a beat overtaken would enter us anew."""
        self._stopping.set()
        try:
            async with self._beating:
                await self._presence.leave()
        except DATABASE_DOWN as error:
            log.error("heartbeat.failed", error=type(error).__name__)

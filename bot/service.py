"""Running the parts: the health page first, Telegram behind it with patience, and an end that loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from aiohttp.web import Application
from telegram.error import InvalidToken, TelegramError

from bot import web
from bot.assembly import UPDATES, Parts
from bot.auditor import silent
from bot.loop import DATABASE_DOWN, GRACE
from bot.menus import Menu, set_menus
from bot.supervisor import Supervisor
from desk.desk import Desk
from desk.people import People
from handlers.settle import settle_desk
from pages.application import application
from pages.site import Site

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Service:
    """One process of the bot. `port` is where the health page listens once it has started.

    `guard` keeps its loops going, and knows when the process should end.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.port = 0
        self.name = ""
        self.guard = Supervisor(parts.clock, parts.metrics.loop_ended)
        self._loops: list[asyncio.Task[None]] = []
        self._handling = False
        self._menus: set[Menu] = set()
        webhook = parts.webhook if parts.settings.public_url else None
        self._server = web.Server(
            web.create(self._health(), webhook, metrics=parts.metrics, pages=self._pages()),
            parts.settings.host,
            parts.settings.port,
        )

    async def start(self) -> None:
        """Listen, take up what waits in the queues, and make contact with Telegram in the background.

        Raises:
            OSError: the address to listen on is taken.
        """
        self.port = await self._server.start()
        await self.parts.request.initialize()
        await self._plan_ahead()
        await self.parts.heartbeat.beat()  # before anything is claimed: a lease belongs to a process that is known
        parts, keep = self.parts, self.guard.keep
        keep("heartbeat", parts.heartbeat.run)
        keep("auditor", parts.auditor.run)
        keep("bell", parts.bell.run, vital=False)
        self._loops = [
            keep("delivery", parts.delivery.run),
            keep("timers", parts.timers.run),
            keep("editing", parts.editing.run, vital=False),
            keep("bookkeeper", parts.bookkeeper.run, vital=False),
        ]
        keep("contact", self._contact)

    async def stop(self) -> None:
        """No new work; what is in hand is finished, within ten seconds; the rest is taken up at the next start."""
        self.guard.rest()
        await self._server.stop()
        await self.parts.poller.stop()
        parts = self.parts
        await parts.auditor.stop()
        for loop in (parts.worker, parts.timers, parts.editing, parts.bookkeeper, parts.delivery):
            await loop.stop()
        await asyncio.wait(self._loops, timeout=GRACE + 1)
        await self.parts.heartbeat.stop()
        await self.guard.end()
        await self.parts.application.shutdown()
        await self.parts.request.shutdown()

    async def _plan_ahead(self) -> None:
        """See that what comes round by itself is set; what is set already stays."""
        async with self.parts.database.write() as tx:
            desk = Desk(tx, self.parts.services.house, self.parts.clock.now())
            await desk.digests.plan()
            if mended := await desk.timers.mend():
                log.warning("timers.mended", matters=mended)

    def _pages(self) -> Application | None:
        """The office's own pages, where content does not go by Telegram."""
        parts = self.parts
        if not parts.services.pages:
            return None
        now, fetch = parts.clock.now, parts.api.fetch
        return application(Site(parts.database, parts.services, now, fetch, settle_desk, lambda: self.name))

    def _health(self) -> web.Health:
        parts, guard = self.parts, self.guard

        def hangs() -> str | None:
            return guard.hangs() or parts.auditor.hangs()

        async def missing() -> str | None:
            return guard.down(vital=True) or await web.database_answers(parts.database)

        async def warning() -> str | None:
            return guard.down(vital=False) or await silent(parts.database, parts.clock.now())

        return web.Health(hangs, missing, warning)

    async def _contact(self) -> None:
        """Learn our own name, set the menus, then poll or have a webhook set; again and again until it works.

        Menus that Telegram does not take at once, as with many staff, are set later: nobody waits for them.
        """
        await self._patiently(self._introduce)
        with suppress(TelegramError, *DATABASE_DOWN):
            await self._show_menus()
        if not self._handling:
            # Not before: a command may name the bot it is for, and Telegram has to tell us our name first.
            self._handling = True
            self._loops.append(self.guard.keep("worker", self.parts.worker.run))
            if not self.parts.settings.public_url:
                self.guard.keep("poller", self.parts.poller.run)
        await self._patiently(self._show_menus)

    async def _patiently(self, act: Callable[[], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                return await act()
            except InvalidToken:
                log.error("token.refused", mend="DESK_TOKEN is not a token that Telegram knows; ask @BotFather")
            except TelegramError as error:
                log.warning("telegram.away", error=type(error).__name__, again_in=pause)
            except DATABASE_DOWN as error:  # it is asked for the staff's menus
                log.error("database.failed", error=type(error).__name__, again_in=pause)
            await self.parts.clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _introduce(self) -> None:
        await self.parts.application.initialize()
        self.name = self.parts.application.bot.username
        if self.parts.settings.public_url:
            address = self.parts.settings.public_url.rstrip("/") + web.WEBHOOK_PATH
            await self.parts.api.call(
                "setWebhook",
                {
                    "url": address,
                    "secret_token": self.parts.settings.secret("webhook").hex(),
                    "allowed_updates": list(UPDATES),
                },
            )
        log.info("telegram.met", bot=self.name, by="webhook" if self.parts.settings.public_url else "polling")

    async def _show_menus(self) -> None:
        """Set those that are not set yet."""
        async with self.parts.database.read() as tx:
            staff_chats = await People(tx, self.parts.clock.now()).staff_chats()
        await set_menus(self.parts.api, self.parts.services, staff_chats, self._menus)

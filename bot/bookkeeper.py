"""Watches the FAQ's folder: what is saved there is checked and live within two seconds, or editors hear what to mend.

All or nothing: while the folder cannot be used, the old book stays. Of several processes that see a change, one tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.library import Library
from bot.loop import AFTER_TROUBLE, DATABASE_DOWN
from bot.now import Clock
from db.engine import Database
from desk.desk import Desk
from desk.ledger import Done
from desk.post import Letter
from desk.rules.zone import day_of
from faq.changes import Change, changes
from faq.watch import Broken, Fresh, Look
from handlers import faq_admin_news as news
from handlers.services import Services
from sheets import SheetError

EVERY = 0.25
"""Seconds between two looks; two that agree make a state that nobody is writing at."""

Tell = Callable[[Desk], list[Letter]]

log = structlog.get_logger(__name__)


class Bookkeeper:
    """Looks until it is stopped."""

    def __init__(self, library: Library, database: Database, services: Services, clock: Clock) -> None:
        self._library = library
        self._database = database
        self._services = services
        self._clock = clock
        self._seen: Look | None = None
        self._judged: tuple[object, ...] = ()
        self._broken = False
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look until `stop`; whatever goes wrong, the live book stays and the next look tries again."""
        begun = False
        while not self._stopping.is_set():
            try:
                if not begun:
                    await self.begin()
                    begun = True
                await self.look()
            except DATABASE_DOWN as error:
                log.error("database.failed", queue="bookkeeper", error=type(error).__name__)
                await self._clock.sleep(AFTER_TROUBLE)
            except Exception:
                log.exception("book.look_failed")
                await self._clock.sleep(AFTER_TROUBLE)
            await self._clock.wait(self._stopping, EVERY)

    async def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    async def begin(self) -> None:
        """Set what comes round by itself, and write down which book the process has started with."""
        now = self._clock.now()
        async with self._database.read() as tx:
            shelf = Desk(tx, self._services.house, now).bookshelf
            last = await shelf.latest()
            new = last is None or last.version != self._library.book.version
            before = await shelf.texts(last.files) if last and new else {}
        found = await self._since(before)
        async with self._database.write() as tx:
            desk = Desk(tx, self._services.house, now)
            await desk.rounds.plan()
            await desk.keeping.plan()
            book = self._library.book
            if not new:
                return
            origin = "folder" if last else "start"
            first = await desk.bookshelf.went_live(book.version, book.files, origin, changes=len(found))
            if first and last:
                await desk.ledger.note(Done.BOOK_CHANGED, None, None, origin=origin, version=book.version)
                await desk.post.owe(await news.went_live(desk, self._services, found, None))

    async def look(self) -> None:
        """One look at the folder, and what follows when it has changed and holds still."""
        async with self._library.lock:
            before, self._seen = self._seen, await self._library.look(self._seen)
            state = (self._seen.version, *sorted(self._seen.stamps.items()))
            still = before is not None and (before.version, before.stamps) == (self._seen.version, self._seen.stamps)
            if not still or state == self._judged:
                return
            await self._judge(self._seen)
            self._judged = state

    async def idle(self) -> None:
        """Come back when what the folder holds has been judged."""
        await self.look()
        await self.look()

    async def _judge(self, look: Look) -> None:
        now = self._clock.now()
        match await self._library.next(look, day_of(now)):
            case Fresh(book=book, changes=found):
                async with self._database.write() as tx:
                    desk = Desk(tx, self._services.house, now)
                    if await desk.bookshelf.went_live(book.version, book.files, "folder", changes=len(found)):
                        await desk.ledger.note(Done.BOOK_CHANGED, None, None, origin="folder", version=book.version)
                        await desk.post.owe(await news.went_live(desk, self._services, found, None))
                self._library.swap(book)
                log.info("book.live", version=book.version, changes=len(found))
            case Broken() as broken:
                await self._refuse(broken, now)
            case None if self._broken:
                await self._mended(now)
        self._broken = self._library.book.version != look.version

    async def _refuse(self, broken: Broken, now: datetime) -> None:
        async with self._database.write() as tx:
            desk = Desk(tx, self._services.house, now)
            if await desk.bookshelf.was_refused(broken.version):
                await desk.post.owe(await news.refused(desk, self._services, broken.problems))
        log.warning("book.refused", problems=len(broken.problems))

    async def _mended(self, now: datetime) -> None:
        """The slip is gone and the content is as it was."""
        book = self._library.book
        async with self._database.write() as tx:
            desk = Desk(tx, self._services.house, now)
            if await desk.bookshelf.went_live(book.version, book.files, "folder"):
                await desk.post.owe(await news.went_live(desk, self._services, (), None))

    async def _since(self, before: dict[str, bytes]) -> Sequence[Change]:
        """What has changed since the last version that was live; nothing if that cannot be read any more."""
        if not before:
            return ()
        try:
            old = await self._library.old(before, day_of(self._clock.now()))
        except SheetError:
            return ()
        return tuple(changes(old, self._library.book))

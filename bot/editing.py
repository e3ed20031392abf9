"""The bookkeeper's work: edits tried out and published, misses grouped; done outside any transaction, told in one.

A row of `book_jobs` is what an editor or a timer asked for; a process that dies leaves it to another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from telegram.error import TelegramError

from bot.library import Library
from bot.loop import Loop
from bot.now import Clock
from bot.tracebacks import plain_traceback
from db.engine import Database, Tx
from db.queue import Claimed, Queue
from desk.book import Edit
from desk.desk import Desk
from desk.ledger import Done
from desk.people import Person
from desk.rules.authority import Power, holders
from desk.rules.zone import day_of
from faq.changes import changes
from faq.edit import Edited, EditRefused, Preview
from faq.loading import Files, version_of
from handlers import faq_admin_news as news
from handlers import faq_reviews as reviews
from handlers import misses
from handlers.faq_admin_wishes import edited
from handlers.services import Services
from sheets import LIMIT, SheetError

TRIES = 3
LEASE = timedelta(seconds=120)
MOST_QUESTIONS = 400
"""Questions asked lately that are put to both books when an edit is previewed."""


Fetch = Callable[[str], Awaitable[bytes]]
"""Gives a file that was sent to us, by its id."""

log = structlog.get_logger(__name__)


class Editing(Loop):
    """Does what `book_jobs` asks for, one thing at a time."""

    def __init__(
        self, database: Database, queue: Queue, library: Library, services: Services, fetch: Fetch, clock: Clock
    ) -> None:
        super().__init__(database, queue, clock, width=1, lease=LEASE)
        self._library = library
        self._services = services
        self._fetch = fetch
        self._does: Mapping[str, Callable[[Claimed, datetime], Awaitable[None]]] = {
            "preview": self._preview,
            "apply": self._apply,
            "misses": self._misses,
        }

    async def work(self, claimed: Claimed) -> None:
        now = self.clock.now()
        try:
            await self._does[claimed["body"]["do"]](claimed, now)
        except Exception as error:
            await self._failed(claimed, error, now)

    # ---- previewing

    async def _preview(self, claimed: Claimed, now: datetime) -> None:
        """1. Read the wish. 2. Make the files it wants. 3. Try them out. 4. Tell its author, and keep them."""
        async with self.database.read() as tx:
            desk = Desk(tx, self._services.house, now)
            edit = await desk.bookshelf.edit(claimed["body"]["edit"])
            asked = await desk.bookshelf.recent_questions(MOST_QUESTIONS)
            old = await self._undone(desk, edit)
        if edit is None or edit.status != "asked":
            await self._end(claimed, now)
            return
        try:
            files = await self._library.files()
            wanted = await self._wanted(edit, files, old)
            if version_of(wanted.files) == version_of(files):
                raise EditRefused("faq_preview.nothing")
            found = await self._library.try_out(wanted, asked, day_of(now))
        except EditRefused as refusal:
            await self._refuse(claimed, edit, refusal, now)
            return
        except SheetError as error:
            await self._refuse(claimed, edit, EditRefused(error.problems[0].key, **error.problems[0].values), now)
            return
        await self._show(claimed, edit, wanted, version_of(files), found, now)

    async def _undone(self, desk: Desk, edit: Edit | None) -> dict[str, bytes]:
        """The files of the version to go back to, if that is what was wished for."""
        if edit is None or edit.wish["kind"] != "undo":
            return {}
        version = await desk.bookshelf.version(edit.wish["version"])
        return await desk.bookshelf.texts(version.files) if version else {}

    async def _wanted(self, edit: Edit, files: Files, old: Files) -> Edited:
        wish, book = edit.wish, self._library.book
        if wish["kind"] == "file":
            raw = await self._download(wish["file_id"])
            return Edited(wish["name"], "", {**files, wish["name"]: raw})
        if wish["kind"] == "undo":
            if not old or version_of(old) == version_of(files):
                raise EditRefused("faq_admin.same_as_now")
            return Edited("", "", old)
        if version_of(files) != book.version:
            raise EditRefused("faq_admin.folder_not_live")
        return await asyncio.to_thread(edited, book, wish)

    async def _download(self, file_id: str) -> bytes:
        try:
            raw = await self._fetch(file_id)
        except TelegramError as error:
            raise EditRefused("faq_admin.not_fetched") from error
        if len(raw) > LIMIT:
            raise EditRefused("faq_admin.too_large", limit=LIMIT // 1024)
        if b"\0" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise EditRefused("faq_admin.not_text")
        return raw

    async def _show(
        self, claimed: Claimed, edit: Edit, wanted: Edited, base: str, found: Preview, now: datetime
    ) -> None:
        async with self._ending(claimed, now) as desk:
            if desk is None:
                return
            if found.book is None or (not found.changes and base == found.book.version):
                await desk.bookshelf.turn(edit.id, "asked", "refused")
            else:
                told = news.told(self._services, found.changes)
                await desk.bookshelf.previewed(edit.id, base, found.book.version, wanted.files, told)
            author = await desk.people.get(edit.author_id)
            if author is not None:
                await desk.post.owe(news.preview(self._services, author, edit.id, found))

    # ---- publishing

    async def _apply(self, claimed: Claimed, now: datetime) -> None:
        """Publish a confirmed edit, unless its author may not any more or the folder has changed since the preview.

        1. Under the lock, compare the folder with what was previewed; if we died midway, it holds the edit already.
        2. Write the files. 3. Record the version and tell. 4. Swap the book.
        """
        async with self.database.read() as tx:
            desk = Desk(tx, self._services.house, now)
            edit = await desk.bookshelf.edit(claimed["body"]["edit"])
            author = await desk.people.get(edit.author_id) if edit else None
            files = await desk.bookshelf.texts(edit.files) if edit else {}
        if edit is None or edit.status != "confirmed" or author is None or not news.may_edit(author):
            await self._end(claimed, now, edit)
            return
        async with self._library.lock:
            try:
                await self._publish(claimed, edit, author, files, now)
            except EditRefused as refusal:
                await self._refuse(claimed, edit, refusal, now, status="stale")

    async def _publish(self, claimed: Claimed, edit: Edit, author: Person, files: Files, now: datetime) -> None:
        assert edit.version is not None
        there = await self._library.files()
        version = version_of(there)
        if version not in (edit.base, edit.version):
            raise EditRefused("faq_admin.stale")
        try:
            book = await self._library.book_of(edit.version, files, day_of(now))
        except SheetError:
            raise EditRefused("faq_admin.stale") from None
        if version != edit.version:
            try:
                await self._library.write(files, there)
            except OSError as error:
                raise EditRefused("faq_admin.not_written", reason=error.strerror or str(error)) from None
        found = tuple(changes(self._library.book, book))
        async with self._ending(claimed, now) as desk:
            if desk is None:
                return
            await desk.bookshelf.turn(edit.id, "confirmed", "applied")
            await self._settle_miss(desk, edit)
            shelf = desk.bookshelf
            await shelf.went_live(book.version, files, "chat", author_id=author.id, changes=len(found))
            await desk.ledger.note(Done.BOOK_CHANGED, author.id, edit.id, origin="chat", version=book.version)
            await desk.post.owe(await news.went_live(desk, self._services, found, author))
        self._library.swap(book)

    async def _settle_miss(self, desk: Desk, edit: Edit) -> None:
        miss = await desk.misses.get(edit.wish.get("miss") or 0)
        if miss is not None:
            how = {"phrasings": "phrasing", "off_topic": "off_topic"}.get(edit.wish["kind"], "entry")
            await desk.misses.settle(miss, how)

    async def _refuse(
        self, claimed: Claimed, edit: Edit, refusal: EditRefused, now: datetime, status: str = "refused"
    ) -> None:
        async with self._ending(claimed, now) as desk:
            if desk is None:
                return
            await desk.bookshelf.turn(edit.id, edit.status, status)
            author = await desk.people.get(edit.author_id)
            if author is not None:
                await desk.post.owe(news.not_done(self._services, author, edit.id, refusal.saying))

    # ---- misses

    async def _misses(self, claimed: Claimed, now: datetime) -> None:
        """Group what we failed to answer; whoever asked sees the first group, once a week every editor does."""
        async with self.database.read() as tx:
            missed = await Desk(tx, self._services.house, now).misses.unsettled()
        groups = await self._library.grouped(missed)
        async with self._ending(claimed, now) as desk:
            if desk is None:
                return
            await desk.misses.replace(groups)
            asked_by = claimed["body"]["person"]
            person = await desk.people.get(asked_by) if asked_by else None
            readers = [person] if person else await desk.people.with_role(*holders(Power.EDIT_FAQ))
            if person is None:
                await desk.post.owe(reviews.letters(self._services, readers, day_of(now)))
            if person or groups:
                await desk.post.owe(await misses.letters(desk, self._services, readers, weekly=person is None))

    # ---- ends

    @asynccontextmanager
    async def _ending(self, claimed: Claimed, now: datetime) -> AsyncIterator[Desk | None]:
        """A desk in the transaction that completes the row; `None` when the row is somebody else's by now."""
        async with self.database.write() as tx:
            ours = await self.queue.complete(tx, claimed, now)
            yield Desk(tx, self._services.house, now) if ours else None

    async def _end(self, claimed: Claimed, now: datetime, edit: Edit | None = None) -> None:
        async with self._ending(claimed, now) as desk:
            if desk is not None and edit is not None:
                await desk.bookshelf.turn(edit.id, "confirmed", "dropped")

    async def _failed(self, claimed: Claimed, error: Exception, now: datetime) -> None:
        text = plain_traceback(error)
        log.error("row.failed", queue=self.queue.name, row=claimed.id, attempt=claimed.attempts + 1, exc_info=error)
        await self.surely(lambda tx: self._again_or_never(tx, claimed, text, now))

    async def _again_or_never(self, tx: Tx, claimed: Claimed, text: str, now: datetime) -> None:
        if claimed.attempts + 1 < TRIES:
            await self.queue.retry(tx, claimed, now + timedelta(seconds=1 + claimed.attempts), text)
        elif await self.queue.quarantine(tx, claimed, text, now):
            desk = Desk(tx, self._services.house, now)
            person = await desk.people.get(claimed["body"]["person"] or 0)
            if person is not None:
                await desk.post.owe(news.failed(self._services, person))

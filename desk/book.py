"""The FAQ's history and its editing, as rows: versions with author and time, edits, and work for the bookkeeper.

What the rows hold is files and their digests; what stands in the files is not the desk's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from db.engine import Tx
from db.inserting import insert_new
from db.queue import Queue
from db.schema.book import book_edits, book_jobs, book_texts, book_versions
from db.schema.matters import questions
from db.schema.people import persons
from desk.people import Person

JOBS = Queue(book_jobs)
LINE = "book"
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Version:
    """A state of the folder that was live: since when, who made it (None: a file was saved), and its files' digests."""

    id: int
    at: datetime
    version: str
    author: str | None
    changes: int
    files: Mapping[str, str]


@dataclass(frozen=True)
class Edit:
    """An edit somebody proposed. `wish` says what they asked for; the rest is known once it was previewed."""

    id: int
    author_id: int
    status: str
    wish: Mapping[str, Any]
    base: str | None
    version: str | None
    files: Mapping[str, str]
    told: Mapping[str, str] = field(default_factory=dict)


class Bookshelf:
    """Versions and edits of the FAQ, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now

    # ---- edits

    async def ask(self, person: Person, wish: Mapping[str, Any]) -> int:
        """Have an edit previewed; its author hears what would come of it. Returns the edit's id."""
        values = {"at": self._now, "author_id": person.id, "status": "asked", "wish": dict(wish)}
        edit = int(await self._tx.scalar(insert(book_edits).values(**values).returning(book_edits.c.id)))
        await self.work("preview", person, edit=edit)
        return edit

    async def confirm(self, edit_id: int, person: Person) -> bool:
        """Have a previewed edit published; False when it is not theirs, or no longer open."""
        confirmed = await self.turn(edit_id, "open", "confirmed", author_id=person.id)
        if confirmed:
            await self.work("apply", person, edit=edit_id)
        return confirmed

    async def drop(self, edit_id: int, person: Person) -> bool:
        """Give a previewed edit up."""
        return await self.turn(edit_id, "open", "dropped", author_id=person.id)

    async def edit(self, edit_id: int) -> Edit | None:
        """The edit with this id."""
        row = (await self._tx.execute(select(book_edits).where(book_edits.c.id == edit_id))).first()
        if row is None:
            return None
        return Edit(row.id, row.author_id, row.status, row.wish, row.base, row.version, row.files or {}, row.told or {})

    async def previewed(
        self, edit_id: int, base: str, version: str, files: Mapping[str, bytes], told: Mapping[str, str]
    ) -> None:
        """The edit can be published as it is: on `base`, giving `version`; `told` says by language what changes."""
        digests = await self._keep(files)
        open_ = {"status": "open", "base": base, "version": version, "files": digests, "told": dict(told)}
        await self._tx.execute(update(book_edits).where(book_edits.c.id == edit_id).values(**open_))

    async def turn(self, edit_id: int, before: str, after: str, **more: object) -> bool:
        """Change an edit's status if it still is `before`; whether it was."""
        mine = [book_edits.c.id == edit_id, book_edits.c.status == before]
        mine += [book_edits.c[name] == value for name, value in more.items()]
        done = await self._tx.execute(update(book_edits).where(*mine).values(status=after))
        return done.rowcount == 1

    async def work(self, do: str, person: Person | None, **body: object) -> None:
        """Leave work for the bookkeeper; of all processes one does one thing at a time, in the order it was asked."""
        about = {"do": do, "person": person.id if person else None, **body}
        await JOBS.put(self._tx, {"key": LINE, "body": about}, self._now)
        self._tx.wake(JOBS.name)

    # ---- versions

    async def went_live(
        self, version: str, files: Mapping[str, bytes], origin: str, *, author_id: int | None = None, changes: int = 0
    ) -> bool:
        """Record that the folder is of this version now; False when that is known, or another process was first."""
        head = await self._head()
        if head is not None and head.status == "live" and head.version == version:
            return False
        values = {"version": version, "status": "live", "files": await self._keep(files), "changes": changes}
        return await self._append(head, origin=origin, author_id=author_id, **values)

    async def was_refused(self, version: str) -> bool:
        """Record that the folder's state cannot be used; False when that was told already."""
        head = await self._head()
        if head is not None and head.status == "refused" and head.version == version:
            return False
        return await self._append(head, version=version, status="refused", files={}, origin="folder")

    async def latest(self) -> Version | None:
        """The version that went live last."""
        found = await self.versions(limit=1)
        return found[0] if found else None

    async def versions(self, *, limit: int, offset: int = 0) -> list[Version]:
        """The versions that were live, newest first."""
        query = _versions().order_by(book_versions.c.id.desc()).limit(limit).offset(offset)
        return [_version(row) for row in await self._tx.execute(query)]

    async def version(self, version_id: int) -> Version | None:
        """One of the versions that were live."""
        row = (await self._tx.execute(_versions().where(book_versions.c.id == version_id))).first()
        return _version(row) if row else None

    async def texts(self, files: Mapping[str, str]) -> dict[str, bytes]:
        """The files behind these digests."""
        query = select(book_texts).where(book_texts.c.digest.in_(set(files.values())))
        found = {row.digest: row.content.encode() for row in await self._tx.execute(query)}
        return {name: found[digest] for name, digest in files.items()}

    async def recent_questions(self, most: int) -> list[tuple[str, str]]:
        """The questions asked last, each (text, language) once."""
        asked = [questions.c.text, questions.c.language]
        query = (
            select(*asked)
            .where(questions.c.at > self._now - RECENT, questions.c.outcome != "browsed")
            .group_by(*asked)
            .order_by(func.max(questions.c.id).desc())
            .limit(most)
        )
        return [(row.text, row.language) for row in await self._tx.execute(query)]

    async def _keep(self, files: Mapping[str, bytes]) -> dict[str, str]:
        digests = {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()}
        rows = [{"digest": digests[name], "content": raw.decode()} for name, raw in sorted(files.items())]
        if rows:
            await self._tx.execute(insert_new(book_texts, self._tx.dialect), rows)
        return digests

    async def _head(self) -> Any:
        query = select(book_versions).order_by(book_versions.c.id.desc()).limit(1)
        return (await self._tx.execute(query)).first()

    async def _append(self, head: Any, **values: object) -> bool:
        """One row follows each: of processes that see the same change, one writes it down."""
        row = {"follows": head.id if head else 0, "at": self._now, **values}
        statement = insert_new(book_versions, self._tx.dialect).values(**row)
        return (await self._tx.execute(statement)).rowcount == 1


def _versions() -> Any:
    joined = select(book_versions, persons.c.name).outerjoin(persons, persons.c.id == book_versions.c.author_id)
    return joined.where(book_versions.c.status == "live")


def _version(row: Any) -> Version:
    return Version(row.id, row.at, row.version, row.name, row.changes, row.files)

"""The conversation about a matter: which message carries which words, albums in parts, words that are edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select, update

from db.engine import Tx
from db.schema.matters import entries, events, matters
from db.schema.queues import outbox
from desk.answers import sealed_changes
from desk.copies import Copy, copies_in, copy_at
from desk.deed import Deed
from desk.filing import Upload
from desk.history import History
from desk.house import House
from desk.news import Newsroom
from desk.people import Person
from desk.rules.life import Act, Status
from desk.sealing import OF_ENTRY, opened
from desk.views import Matter, Views

PASSED_ON = frozenset({Act.SAY, Act.SUPPLY, Act.ASK, Act.DELIVER, Act.NOTE})
"""Acts whose words are passed on as they are, so that an edit of them has to follow."""


@dataclass(frozen=True)
class Entry:
    """One numbered part of a conversation. `text` is as it was first said, `latest` as it was last edited to."""

    matter_id: int
    n: int
    author_id: int
    internal: bool
    kind: str
    text: str
    latest: str
    file_id: str | None
    album: str | None


class Conversation:
    """Words and files between the two sides, inside one transaction."""

    def __init__(self, tx: Tx, house: House, now: datetime, views: Views, newsroom: Newsroom) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._views = views
        self._newsroom = newsroom
        self._history = History(tx, now, house.vault)

    async def copy_at(self, chat_id: int, message_id: int) -> Copy | None:
        """What the message in this chat carries, if it is part of a conversation."""
        return await copy_at(self._tx, chat_id, message_id)

    async def copies_in(self, chat_id: int, matter_id: int, entry_n: int) -> Sequence[Copy]:
        """The messages of this chat that carry this entry, the oldest first."""
        return await copies_in(self._tx, chat_id, matter_id, entry_n)

    async def entry(self, matter_id: int, n: int) -> Entry | None:
        """One entry by its number."""
        this = and_(entries.c.matter_id == matter_id, entries.c.n == n)
        row = (await self._tx.execute(select(entries).where(this))).first()
        return await self._entry(row) if row else None

    async def said_since(self, matter: Matter, person: Person) -> str:
        """What this person has said about the matter, as last edited, since it came to where it stands."""
        theirs = and_(entries.c.matter_id == matter.id, entries.c.author_id == person.id, entries.c.at >= matter.since)
        first = theirs & entries.c.internal.is_(False) & entries.c.edits_n.is_(None)
        rows = (await self._tx.execute(select(entries).where(first).order_by(entries.c.n))).all()
        return "\n".join(entry.latest for entry in [await self._entry(row) for row in rows] if entry.latest)

    async def spoken_about(self, person: Person, since: datetime) -> str | None:
        """The number of the matter that this person said something about last, at this moment or later."""
        theirs = and_(entries.c.author_id == person.id, entries.c.at >= since)
        joined = select(matters.c.number).join(entries, entries.c.matter_id == matters.c.id).where(theirs)
        found: str | None = await self._tx.scalar(joined.order_by(entries.c.id.desc()).limit(1))
        return found

    async def album(self, author_id: int, album: str) -> list[Entry]:
        """The parts of an album that have arrived so far, in order."""
        mine = and_(entries.c.author_id == author_id, entries.c.album == album)
        rows = (await self._tx.execute(select(entries).where(mine).order_by(entries.c.matter_id, entries.c.n))).all()
        return [await self._entry(row) for row in rows]

    async def not_carried(self, parts: Sequence[Entry], chat_id: int, purpose: str) -> list[Entry]:
        """The parts of an album that no message to this chat carries yet, nor one that is just being sent."""
        gone = await self._in_hand(purpose)
        left = [part for part in parts if part.n not in gone]
        return [part for part in left if not await self.copies_in(chat_id, part.matter_id, part.n)]

    async def add_part(self, person: Person, first: Entry, deed: Deed) -> None:
        """One more part of an album whose first part is an entry already: same matter, same readers, no new act."""
        matter = await self._views.matter(first.matter_id)
        assert matter is not None
        n = await self._history.say(
            matter.id,
            person.id,
            deed.words,
            deed.uploads,
            internal=first.internal,
            message=deed.message,
            secret=self._house.secret(matter),
        )
        await self._newsroom.spread(
            matter,
            await self._act_of(first),
            actor=person,
            before=matter,
            words=deed.words,
            uploads=deed.uploads,
            entry=n,
            more=True,
        )

    async def edit(self, person: Person, matter: Matter, copy: Copy, text: str, uploads: Sequence[Upload]) -> bool:
        """Keep the edited words as an entry of their own and pass them on to whoever has the first ones.

        Returns:
            whether anything had changed.
        """
        entry = await self.entry(copy.matter_id, copy.entry_n)
        new = [upload for upload in uploads if entry is not None and upload.file_id != entry.file_id]
        if entry is None or entry.author_id != person.id or (text == entry.latest and not new):
            return False
        secret = self._house.secret(matter)
        n = await self._history.say(
            matter.id, person.id, text, new, internal=entry.internal, edits=entry.n, secret=secret
        )
        await self._history.append(
            matter.id,
            Act.NOTE if entry.internal else Act.SAY,
            matter.status,
            actor_id=person.id,
            entry_n=n,
            facts={"edits": entry.n},
        )
        await self._pass_on(person, matter, entry, text, new, n if new else entry.n)
        return True

    async def _pass_on(
        self, person: Person, matter: Matter, entry: Entry, text: str, new: Sequence[Upload], n: int | None
    ) -> None:
        act = await self._act_of(entry)
        if not new:
            await self._correct(matter, act, entry, text)
        if act in PASSED_ON or person.id == matter.person_id:
            await self._newsroom.spread(
                matter,
                act if act in PASSED_ON else Act.SAY,
                actor=person,
                before=matter,
                words=text,
                uploads=new,
                entry=n,
                edited=True,
            )

    async def _correct(self, matter: Matter, act: Act, entry: Entry, text: str) -> None:
        """The card shows what was asked for or delivered; it follows the edit while that is still awaited."""
        stands = {Act.DELIVER: ("result", Status.DELIVERED), Act.ASK: ("wanted", Status.WAITING)}.get(act)
        if stands and matter.status is stands[1] and getattr(matter, stands[0]) == entry.latest:
            said = {stands[0]: text}
            changes = sealed_changes(self._house, matter, said) if self._house.secret(matter) else said
            await self._tx.execute(update(matters).where(matters.c.id == matter.id).values(**changes))

    async def _act_of(self, entry: Entry) -> Act:
        """The act these words came with."""
        same = and_(events.c.matter_id == entry.matter_id, events.c.entry_n == entry.n)
        found = await self._tx.scalar(select(events.c.act).where(same).order_by(events.c.n).limit(1))
        if found is not None:
            return Act(found)
        return Act.NOTE if entry.internal else Act.SAY

    async def _in_hand(self, purpose: str) -> set[int]:
        """The entries of unsent letters that delivery has just taken up."""
        taken = and_(outbox.c.purpose == purpose, outbox.c.state == "due", outbox.c.leased_until > self._now)
        rows = await self._tx.execute(select(outbox.c.entries).where(taken))
        return {n for row in rows.all() for n in row.entries or ()}

    async def _entry(self, row: Row[Any]) -> Entry:
        edits = and_(entries.c.matter_id == row.matter_id, entries.c.edits_n == row.n)
        last = (await self._tx.execute(select(entries).where(edits).order_by(entries.c.n.desc()).limit(1))).first()
        first = opened(self._house.vault, row, OF_ENTRY)["text"]
        return Entry(
            matter_id=row.matter_id,
            n=row.n,
            author_id=row.author_id,
            internal=bool(row.internal),
            kind=row.kind,
            text=first,
            latest=opened(self._house.vault, last, OF_ENTRY)["text"] if last is not None else first,
            file_id=row.file_id,
            album=row.album,
        )

"""Messages owed: every letter is a row in the outbox before anything is sent; sending is another loop's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, insert, or_, select, update

from db.engine import Tx
from db.queue import Queue
from db.schema.queues import cards, inbox, outbox
from desk.copies import copy_at
from desk.rules.hears import Urgency
from desk.vault import Vault

OUTBOX = Queue(outbox)
_NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}
"""An address that somebody wrote is not looked up by anybody's servers on the way."""
_WITH_TEXT = ("sendMessage", "editMessageText", "card")
AWAKE = timedelta(minutes=30)
"""Whoever wrote or pressed something within this time is not asleep, whatever the hour."""


@dataclass(frozen=True)
class Letter:
    """One call of the Bot API that is owed to a chat.

    `replaces` names letters that this one makes pointless while they are unsent; `wait` holds it back so that it can
    be replaced itself (an album's many pictures get one answer). `entries` are the numbers of the entries that its
    messages carry. What is put off `later` stands in a line of its own, so that urgent letters can pass it. What a
    `secret` one says is sealed until it is sent.
    """

    chat_id: int
    method: str
    params: Mapping[str, Any]
    urgency: Urgency = Urgency.NOW
    matter_id: int | None = None
    person_id: int | None = None
    card_id: int | None = None
    replaces: str | None = None
    wait: timedelta = timedelta()
    entries: tuple[int, ...] = ()
    later: bool = False
    secret: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing is to be taken back for it: it can be written together with others like it."""
        return self.matter_id is None and self.replaces is None and not self.entries and self.card_id is None


class Post:
    """Writes letters down, inside the transaction that makes them owed."""

    def __init__(self, tx: Tx, now: datetime, vault: Vault) -> None:
        self._tx = tx
        self._now = now
        self._vault = vault

    async def owe(self, letters: Sequence[Letter]) -> None:
        """Owe these letters, in this order."""
        if not letters:
            return
        rows = [self._row(letter) for letter in letters]
        if all(letter.plain for letter in letters):
            self._tx.gather("outbox", self._put).extend(rows)
        else:
            for name in {letter.replaces for letter in letters if letter.replaces}:
                await self.take_back(name)
            await self._put(rows)
        self._tx.wake("outbox", later=any(letter.wait for letter in letters))

    async def _put(self, rows: Sequence[Mapping[str, Any]]) -> None:
        await OUTBOX.put_many(self._tx, rows, self._now)

    async def take_back(self, purpose: str) -> int:
        """Take back the letters of this purpose that have not gone out; how many there were."""
        return await OUTBOX.supersede(self._tx, outbox.c.purpose == purpose, self._now)

    async def amend(self, chat_id: int, purpose: str, text: str) -> None:
        """Let the message of this purpose say this: it is edited; while it is unsent, its newest words take its place.

        Just while it is on its way, nothing is done.
        """
        unsent = await self.take_back(purpose)
        sent = and_(outbox.c.chat_id == chat_id, outbox.c.purpose == purpose, outbox.c.message_id.is_not(None))
        message = await self._tx.scalar(select(outbox.c.message_id).where(sent).limit(1))
        params: dict[str, Any] = {"chat_id": chat_id, "text": text, "parse_mode": "HTML"}
        if message is not None:
            edit = params | {"message_id": message}
            await self.owe([Letter(chat_id, "editMessageText", edit, replaces=purpose)])
        elif unsent:
            await self.owe([Letter(chat_id, "sendMessage", params, replaces=purpose)])

    async def owed_since(self, matter_id: int, purpose: str, since: datetime) -> bool:
        """Whether a letter about this matter, whose purpose begins so, was owed at this moment or later."""
        named = and_(outbox.c.matter_id == matter_id, outbox.c.purpose.startswith(purpose, autoescape=True))
        found = select(outbox.c.id).where(named, outbox.c.created_at >= since).limit(1)
        return await self._tx.scalar(found) is not None

    async def spoken_since(self, chat_id: int, since: datetime, *, beside: int) -> bool:
        """Whether a message was owed to this chat after this moment; the card of the matter `beside` is none."""
        here = and_(outbox.c.chat_id == chat_id, outbox.c.created_at > since)
        new = or_(outbox.c.method.startswith("send"), and_(outbox.c.method == "card", outbox.c.matter_id != beside))
        return await self._tx.scalar(select(outbox.c.id).where(here, new).limit(1)) is not None

    async def card(self, matter_id: int, person_id: int, chat_id: int) -> int:
        """The id of the one status card that this person has for this matter, made when there is none."""
        mine = and_(cards.c.matter_id == matter_id, cards.c.person_id == person_id)
        found: int | None = await self._tx.scalar(select(cards.c.id).where(mine))
        if found is not None:
            return found
        await self._tx.execute(insert(cards).values(matter_id=matter_id, person_id=person_id, chat_id=chat_id))
        made: int = await self._tx.scalar(select(cards.c.id).where(mine))
        return made

    async def holders(self, matter_id: int) -> list[int]:
        """The persons who have a card of this matter."""
        rows = await self._tx.execute(select(cards.c.person_id).where(cards.c.matter_id == matter_id))
        return [row.person_id for row in rows]

    async def awake(self, chat_id: int) -> bool:
        """Whether somebody wrote or pressed something in this chat a moment ago."""
        lately = and_(inbox.c.done_at > self._now - AWAKE, inbox.c.key == str(chat_id))
        return await self._tx.scalar(select(inbox.c.id).where(lately).limit(1)) is not None

    async def matter_on(self, chat_id: int, message_id: int) -> int | None:
        """The matter whose card is this message."""
        here = and_(cards.c.chat_id == chat_id, cards.c.message_id == message_id)
        found: int | None = await self._tx.scalar(select(cards.c.matter_id).where(here))
        if found is not None:
            return found
        copy = await copy_at(self._tx, chat_id, message_id)
        if copy is not None:
            return copy.matter_id
        sent = and_(outbox.c.chat_id == chat_id, outbox.c.message_id == message_id)
        matter: int | None = await self._tx.scalar(select(outbox.c.matter_id).where(sent))
        return matter

    async def is_news(self, chat_id: int, message_id: int) -> bool:
        """Whether this message told something about a matter, and is not its card."""
        here = and_(cards.c.chat_id == chat_id, cards.c.message_id == message_id)
        if await self._tx.scalar(select(cards.c.id).where(here)) is not None:
            return False
        return await self.matter_on(chat_id, message_id) is not None

    async def forget_card(self, matter_id: int, person_id: int) -> None:
        """Let the next state of this card come as a new message at the bottom of the chat."""
        mine = and_(cards.c.matter_id == matter_id, cards.c.person_id == person_id)
        await self._tx.execute(update(cards).where(mine).values(message_id=None))

    def _row(self, letter: Letter) -> dict[str, Any]:
        if type(letter.chat_id) is not int:  # SQLite would keep it, and delivery would stumble over it for ever
            raise TypeError(f"a chat's id is a number, not {letter.chat_id!r}")
        params = {**_NO_PREVIEW, **letter.params} if letter.method in _WITH_TEXT else dict(letter.params)
        return {
            "key": f"{letter.chat_id}:later" if letter.later else str(letter.chat_id),
            "urgency": int(letter.urgency),
            "due_at": self._now + letter.wait,
            "chat_id": letter.chat_id,
            "method": letter.method,
            "params": {"sealed": self._vault.pack(params)} if letter.secret else params,
            "card_id": letter.card_id,
            "matter_id": letter.matter_id,
            "person_id": letter.person_id,
            "purpose": letter.replaces,
            "entries": list(letter.entries) or None,
        }

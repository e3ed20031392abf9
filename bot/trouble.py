"""When something cannot be handled or delivered: nobody is left waiting, and the admins hear of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.loop import Dead, OnDead
from bot.now import Clock
from db.engine import Tx
from db.queue import Claimed, Queue
from db.schema.queues import inbox
from desk.alarms import Alarms
from desk.desk import Desk
from desk.inspection import given_up
from desk.overtaken import REACH
from desk.people import Person
from desk.post import Letter
from desk.sealing import seal_given_up
from handlers import labels
from handlers.incoming import LARGEST_ID
from handlers.services import Services
from handlers.settle import settle_desk

INBOX = Queue(inbox)
MANY = 1000
"""So many that it does not matter how many more: to count a flood each time would take longer and longer."""

log = structlog.get_logger(__name__)


def noted(queue: Queue, clock: Clock, on_dead: OnDead) -> OnDead:
    """The same, and a note in that transaction that somebody was told, so that the auditor need not."""

    async def told(tx: Tx, dead: Sequence[Dead]) -> None:
        await on_dead(tx, dead)
        await Alarms(tx, clock.now()).note(given_up(queue), [str(row.id) for row, _ in dead])

    return told


class Trouble:
    """What follows when rows of a queue are given up; always in the transaction that gives them up."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self._services = services
        self._clock = clock

    async def updates_dead(self, tx: Tx, dead: Sequence[Dead]) -> None:
        """Updates that cannot be handled: their senders get an apology, the admins the last one's number and error.

        What they say is sealed: whoever holds the key can look at it, until its time is over.
        """
        desk = Desk(tx, self._services.house, self._clock.now())
        for chat in sorted({chat for row, _ in dead if (chat := _private_chat(row))}):
            person = await desk.people.at_chat(chat)
            say = self._services.words.speaker(person.language if person else None)
            sorry = {"chat_id": chat, "text": say.plain("trouble.sorry")}
            await desk.post.owe([Letter(chat, "sendMessage", sorry, replaces=f"sorry:{chat}")])
        await seal_given_up(tx, self._services.house.vault, [row.id for row, _ in dead])
        count = await INBOX.given_up(tx, MANY)
        await self._tell_admins(desk, "trouble.update", dead[-1], count=f"{MANY}+" if count == MANY else count)

    async def timers_dead(self, tx: Tx, dead: Sequence[Dead]) -> None:
        """Timers that cannot fire: the admins must act in their place."""
        desk = Desk(tx, self._services.house, self._clock.now())
        for each in dead:
            await self._tell_admins(desk, "trouble.timer", each)

    async def letters_dead(self, tx: Tx, dead: Sequence[Dead]) -> None:
        """Messages that Telegram will not take."""
        desk = Desk(tx, self._services.house, self._clock.now())
        for each in dead:
            about = each[0]["matter_id"]
            matter = await desk.views.matter(about) if about else None
            if matter is None:
                await self._tell_admins(desk, "trouble.letter", each)
            else:
                await self._tell_admins(desk, "trouble.letter_about", each, number=matter.number)

    async def unreachable(self, tx: Tx, dead: Sequence[Dead]) -> None:
        """Somebody who cannot be written to: remembered; what they hold moves on, whoever waits for them is told.

        Told of everything at first, then of each further notice that does not arrive; a card is none.
        """
        desk = Desk(tx, self._services.house, self._clock.now())
        for claimed, _ in dead:
            person = await desk.people.at_chat(claimed["chat_id"])
            if person is not None and person.user_id is not None:
                await desk.people.reachability(person.user_id, reachable=False)
                await desk.succession.out_of_reach(person)
                await self._unheard(desk, person, claimed)
                await settle_desk(desk, self._services)
            log.warning("person.unreachable", row=claimed.id)

    async def _unheard(self, desk: Desk, person: Person, claimed: Claimed) -> None:
        matter, since = claimed["matter_id"], claimed["created_at"]
        if person.reachable:
            await desk.succession.unheard(person)
        elif matter is None or claimed["method"] == "card":
            return
        elif not await desk.post.owed_since(matter, f"late:{matter}:{REACH}", since):
            await desk.succession.unheard(person, matter)

    async def _tell_admins(self, desk: Desk, key: str, dead: Dead, **values: object) -> None:
        claimed, error = dead
        last = (error.strip().splitlines() or [""])[-1].split(":")[0][:80]
        log.error(key, row=claimed.id, error=last)
        letters = []
        for admin in await desk.people.with_role("admin"):
            # An admin's own message that cannot be delivered must not make another one.
            if admin.chat_id is not None and admin.chat_id != claimed.row.get("chat_id"):
                text = labels.speaker_of(admin, self._services).plain(key, id=claimed.id, error=last, **values)
                letter = {"chat_id": admin.chat_id, "text": text}
                # Ten thousand at once must not keep other notices back: the newest, with the count, stands for all.
                only = f"{key}:{admin.chat_id}" if "count" in values else None
                letters.append(Letter(admin.chat_id, "sendMessage", letter, replaces=only))
        await desk.post.owe(letters)


def _private_chat(claimed: Claimed) -> int | None:
    """The private chat an update came from, as far as it can be read at all."""
    try:
        update: Mapping[str, Any] = json.loads(claimed["body"])
        part = update.get("message") or update["callback_query"]["message"]
        chat = part["chat"]["id"]
        sound = type(chat) is int and abs(chat) < LARGEST_ID
        return chat if sound and part["chat"]["type"] == "private" else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None

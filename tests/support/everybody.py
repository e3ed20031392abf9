"""Everybody at once: one person for each thing somebody can be, matters in every stage, and what a press or word does.

The real bot handles each update in a transaction that is undone, so that thousands can be tried in a row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from district import District
from sqlalchemy import insert, select, update

from db.engine import Tx
from db.schema.authority import refused
from db.schema.co_steps import co_steps
from db.schema.matters import matters
from db.schema.people import persons, staff, talent_cards
from db.schema.queues import cards, outbox
from desk import standing
from desk.desk import Desk
from desk.filing import Concern, Filing
from desk.people import Person
from desk.rules.authority import Power, Verdict, can
from desk.rules.life import Act, Status
from desk.views import Matter

FIRST_ACCOUNT = 9_000_000
CARD_MESSAGE = 500
CAST = {
    "whose it is": "yang_fan",
    "another cardholder": "su_mu",
    "a cardholder whose card is over": "DEMO-0007",
    "who holds it": "jiang_he",
    "head of its office": "qiu_shan",
    "who holds a part": "xia_tian",
    "head of another office": "an_ning",
    "leader": "leader_shi",
    "liaison": "he_qing",
    "run-team": "pao_kuai",
    "dispatcher and admin": "zhou_an",
}
"""By their key in the demo roster, or their card."""
EXTRA = ("dispatcher", "editor", "admin", "auditor")
"""Parts that nobody of the demo has for themselves; and a guest."""


class _UndoneError(Exception):
    """Ends a transaction without keeping anything."""


@dataclass(frozen=True)
class Somebody:
    """One person and the name of what they are."""

    part: str
    person: Person


@dataclass(frozen=True)
class Outcome:
    """What somebody got to see: a word over the screen, or the messages owed to them; and the refusals written down."""

    toast: str
    messages: tuple[str, ...]
    refusals: int


class Everybody:
    """The district with one of each, and a matter in each stage that some of them have to do with."""

    def __init__(self, district: District) -> None:
        self._parts = district.parts
        self._district = district
        self.people: list[Somebody] = []
        self.matters: list[Matter] = []

    async def gather(self) -> None:
        """Give everybody an account, and make the matters: each talent's child's school, held by 江禾."""
        async with self._parts.database.write() as tx:
            await self._accounts(tx)
            desk = self._desk(tx)
            self.people = [Somebody(part, await self._person(tx, desk, key)) for part, key in CAST.items()]
            self.people += [Somebody(part, await self._person(tx, desk, part)) for part in ("guest", *EXTRA)]
            for status in Status:
                self.matters.append(await self._matter(tx, desk, status))

    async def tries(self, who: Somebody, raw: Mapping[str, Any], more: Any = None) -> Outcome:
        """What this update does; nothing of it is kept."""
        seen: list[Outcome] = []
        try:
            async with self._parts.database.write() as tx:
                if more is not None:
                    await more(tx)
                worker = self._parts.worker
                after = await worker._handle(tx, worker._read(json.dumps(raw)), self._parts.clock.now())
                toasts = [each.args[1].get("text", "") for each in after if len(getattr(each, "args", ())) == 2]
                rows = await tx.execute(select(outbox.c.params, outbox.c.method).where(outbox.c.id > self._last))
                mine = [r.params for r in rows if r.params.get("chat_id") == who.person.chat_id and r.method != "card"]
                refusals = await tx.execute(select(refused.c.id))
                texts = tuple(str(p.get("text") or p.get("caption") or "") for p in mine)
                seen.append(Outcome(toasts[0] if toasts else "", texts, len(refusals.all())))
                raise _UndoneError
        except _UndoneError:
            return seen[0]

    def press(self, who: Somebody, action: str, subject: int = 0, arg: int = 0) -> dict[str, Any]:
        """A press of a genuine button of this person's."""
        return self.press_data(who, self._parts.services.tokens.seal(self.user(who), action, subject, arg))

    def press_data(self, who: Somebody, data: str) -> dict[str, Any]:
        """A press with this data."""
        user = {"id": self.user(who), "is_bot": False, "first_name": "X", "language_code": "zh"}
        chat = {"id": self.user(who), "type": "private", "first_name": "X"}
        message = {"message_id": 77, "date": 1_795_000_000, "chat": chat, "text": "…"}
        query = {"id": "1", "from": user, "chat_instance": "1", "data": data, "message": message}
        return {"update_id": 1, "callback_query": query}

    def words(self, who: Somebody, text: str, reply_to: int | None = None) -> dict[str, Any]:
        """Words, or a command."""
        user = {"id": self.user(who), "is_bot": False, "first_name": "X", "language_code": "zh"}
        chat = {"id": self.user(who), "type": "private", "first_name": "X"}
        message: dict[str, Any] = {"message_id": 78, "date": 1_795_000_000, "chat": chat, "from": user, "text": text}
        if text.startswith("/"):
            length = re.match(r"\S+", text)
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length.end() if length else 1}]
        if reply_to is not None:
            message["reply_to_message"] = {"message_id": reply_to, "date": 1_795_000_000, "chat": chat, "text": "…"}
        return {"update_id": 1, "message": message}

    def policy(self, who: Somebody, act: Act | Power, matter: Matter) -> Verdict:
        """What the rules say."""
        return can(standing.actor(who.person, self._parts.clock.now().date()), act, matter)

    def user(self, who: Somebody) -> int:
        """Their account."""
        assert who.person.user_id is not None
        return who.person.user_id

    def card_message(self, matter: Matter) -> int:
        """The number of the message that is this matter's card, in everybody's chat."""
        return CARD_MESSAGE + matter.id

    def _desk(self, tx: Tx) -> Desk:
        return Desk(tx, self._parts.services.house, self._parts.clock.now())

    async def _accounts(self, tx: Tx) -> None:
        for row in (await tx.execute(select(persons.c.id).where(persons.c.telegram_id.is_(None)))).all():
            account = {"telegram_id": FIRST_ACCOUNT + row.id, "chat_id": FIRST_ACCOUNT + row.id}
            await tx.execute(update(persons).where(persons.c.id == row.id).values(**account))
        agreed = {"consent": "1", "app_language": "zh", "language": "zh"}
        await tx.execute(update(persons).values(**agreed, chat_id=persons.c.telegram_id))
        for n, key in enumerate(("guest", *EXTRA)):
            account = {"telegram_id": 8_000_000 + n, "chat_id": 8_000_000 + n, "name": key, "key": key}
            made = insert(persons).values(**account, **agreed, created_at=self._parts.clock.now())
            person = (await tx.execute(made.returning(persons.c.id))).scalar_one()
            if key in EXTRA:
                await tx.execute(insert(staff).values(person_id=person, office="talent_office", role=key))

    async def _person(self, tx: Tx, desk: Desk, key: str) -> Person:
        holder = select(talent_cards.c.person_id).where(talent_cards.c.number == key)
        found = await tx.scalar(select(persons.c.id).where((persons.c.key == key) | persons.c.id.in_(holder)))
        person = await desk.people.get(found)
        assert person is not None, key
        return person

    async def _matter(self, tx: Tx, desk: Desk, status: Status) -> Matter:
        filed = await desk.matters.file(
            self.called("whose it is").person, Filing(category="title", concern=Concern("person"), words="x")
        )
        owner, part = (self.called(name).person.posts[0].id for name in ("who holds it", "who holds a part"))
        values: dict[str, Any] = {"status": status.value, "owner_id": owner, "office": "education"}
        values["closed_at"] = self._parts.clock.now() - timedelta(hours=1) if status is Status.CLOSED else None
        await tx.execute(update(matters).where(matters.c.id == filed.id).values(**values))
        since = self._parts.clock.now()
        await tx.execute(insert(co_steps).values(matter_id=filed.id, office="housing", staff_id=part, since=since))
        for each in self.people:
            here = {"matter_id": filed.id, "person_id": each.person.id}
            changed = update(cards).where(*(cards.c[name] == value for name, value in here.items()))
            place = {"chat_id": each.person.chat_id, "message_id": CARD_MESSAGE + filed.id}
            if not (await tx.execute(changed.values(**place))).rowcount:
                await tx.execute(insert(cards).values(**here, **place))
        self._last = await tx.scalar(select(outbox.c.id).order_by(outbox.c.id.desc()).limit(1)) or 0
        matter = await desk.views.matter(filed.id)
        assert matter is not None
        return matter

    def called(self, name: str) -> Somebody:
        """The person with this part."""
        return next(each for each in self.people if each.part == name)

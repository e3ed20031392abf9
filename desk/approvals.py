"""What one person alone may not do: asked for, told to the others who may say yes, and decided once by one of them.

Never by whoever asked; a request nobody answers ends by itself. Each step stands in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update

from db.engine import Tx
from db.queue import Queue
from db.schema.authority import approvals
from db.schema.queues import timers
from desk import standing
from desk.ledger import Done, Ledger
from desk.news import Newsroom
from desk.people import People, Person
from desk.refusals import AlreadyDone, NoSuchThing, NotYours, Refused
from desk.rules.authority import Power, Wish, holders
from words import Saying

LIFE = timedelta(hours=24)
"""How long a request waits for its second person."""
ENDS = "second"
"""The timer that ends it."""
QUEUE = Queue(timers)


class Kind(StrEnum):
    """What wants a second person."""

    ROLES = "roles"
    EXPORT = "export"
    ANNOUNCE = "announce"
    FAQ = "faq"


SECONDS: Mapping[Kind, Power] = {
    Kind.ROLES: Power.SECOND_ROLES,
    Kind.EXPORT: Power.SECOND_EXPORT,
    Kind.ANNOUNCE: Power.SECOND_ANNOUNCE,
    Kind.FAQ: Power.SECOND_FAQ,
}

ASKS: Mapping[Kind, Power] = {
    Kind.ROLES: Power.IMPORT_ROSTER,
    Kind.EXPORT: Power.EXPORT_ROSTER,
    Kind.ANNOUNCE: Power.ANNOUNCE,
    Kind.FAQ: Power.EDIT_FAQ,
}
"""What whoever asked must still be allowed to do when it is granted."""

Shown = Callable[[Person], Mapping[str, object]]
"""What a request would do, in the words of whoever reads it."""


@dataclass(frozen=True)
class Request:
    """Something asked for. `subject` is the import, edit or announcement it is about, `facts` what it would do."""

    id: int
    kind: Kind
    asker_id: int
    subject: int
    at: datetime
    facts: Mapping[str, Any]


class Approvals:
    """Requests to a second person, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, people: People, newsroom: Newsroom, ledger: Ledger) -> None:
        self._tx = tx
        self._now = now
        self._people = people
        self._newsroom = newsroom
        self._ledger = ledger

    async def ask(self, asker: Person, kind: Kind, subject: int, facts: Mapping[str, Any], shown: Shown) -> int:
        """Ask the others; how many were told.

        Parameters:
            facts: what it would do, in numbers, for the ledger.

        Raises:
            Refused: nobody else may say yes, or the same was asked and is not decided.
        """
        seconds = await self._seconds(asker, kind)
        if not seconds:
            raise Refused("second.nobody")
        if await self._asked(kind, subject, asker):
            raise Refused("second.asked_already")
        until = self._now + LIFE
        row = {"kind": kind.value, "asker_id": asker.id, "at": self._now, "expires_at": until, "subject": subject}
        made = insert(approvals).values(**row, facts=dict(facts), status="open").returning(approvals.c.id)
        request = int((await self._tx.execute(made)).scalar_one())
        timer = {"kind": ENDS, "due_at": until, "dedupe": f"{ENDS}:{request}", "body": {"request": request}}
        await QUEUE.put(self._tx, timer, self._now)
        self._tx.wake(QUEUE.name)
        await self._ledger.note(Done.SECOND_ASKED, asker.id, request, kind=kind.value, **facts)
        for each in seconds:
            values = {"asker": asker.name, "until": until, **shown(each)}
            self._newsroom.notify(each, f"second.{kind}", values, [("second.yes", request), ("second.no", request)])
        return len(seconds)

    async def decide(self, person: Person, request_id: int, *, yes: bool) -> Request:
        """Say yes or no, once; whoever asked has to be told.

        Raises:
            NoSuchThing: there is no such request, or it is none of theirs to decide.
            NotYours: it is their own.
            AlreadyDone: somebody was faster.
            Refused: it is over, or whoever asked may not do it any more.
        """
        row = (await self._tx.execute(select(approvals).where(approvals.c.id == request_id))).first()
        if row is None or not standing.may(person, SECONDS[Kind(row.kind)]):
            raise NoSuchThing
        if not standing.may(person, SECONDS[Kind(row.kind)], Wish(row.asker_id)):
            raise NotYours("second.own")
        asker = await self._people.get(row.asker_id)
        if asker is None or (yes and not standing.may(asker, ASKS[Kind(row.kind)])):
            raise Refused("second.over")
        decided = {"status": "granted" if yes else "refused", "decided_by": person.id, "decided_at": self._now}
        still = (approvals.c.id == request_id) & (approvals.c.status == "open") & (approvals.c.expires_at > self._now)
        if not (await self._tx.execute(update(approvals).where(still).values(**decided))).rowcount:
            await self._refuse_latecomer(request_id)
        done = Done.SECOND_GRANTED if yes else Done.SECOND_REFUSED
        await self._ledger.note(done, person.id, request_id, kind=row.kind)
        return Request(row.id, Kind(row.kind), row.asker_id, row.subject, row.at, row.facts)

    async def over(self, body: Mapping[str, Any]) -> None:
        """Nobody answered in time: whoever asked hears that nothing was done."""
        mine = (approvals.c.id == body["request"]) & (approvals.c.status == "open")
        row = (await self._tx.execute(select(approvals).where(mine))).first()
        asker = await self._people.get(row.asker_id) if row is not None else None
        if row is not None and asker is not None:
            self._newsroom.notify(asker, "second.over_told", {"at": row.at, "kind": Saying(f"second.kind_{row.kind}")})

    async def _seconds(self, asker: Person, kind: Kind) -> list[Person]:
        found = await self._people.with_role(*holders(SECONDS[kind]))
        return [each for each in found if each.id != asker.id and each.chat_id is not None and each.reachable]

    async def _asked(self, kind: Kind, subject: int, asker: Person) -> bool:
        same = (approvals.c.kind == kind.value) & (approvals.c.subject == subject)
        same &= (approvals.c.status == "open") & (approvals.c.expires_at > self._now)
        same &= approvals.c.asker_id == asker.id
        return (await self._tx.scalar(select(approvals.c.id).where(same))) is not None

    async def _refuse_latecomer(self, request_id: int) -> None:
        row = (await self._tx.execute(select(approvals).where(approvals.c.id == request_id))).one()
        faster = await self._people.get(row.decided_by) if row.decided_by is not None else None
        if faster is not None:
            raise AlreadyDone(faster.name, row.decided_at, faster.id)
        raise Refused("second.over")

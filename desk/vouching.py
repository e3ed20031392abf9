"""Asking a person to let an account in: what was said, the roster's entry beside it, and one decision.

For whoever has neither a link nor a card number with the right phone. Nobody lets themselves in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from db.engine import Tx
from db.schema.binding import binding_requests
from db.schema.people import persons
from desk import standing
from desk.accounts import Accounts, same_card
from desk.ledger import Done, Ledger
from desk.news import Newsroom
from desk.people import People, Person
from desk.refusals import NoSuchThing, Refused
from desk.rules.authority import Power, Wish
from desk.vault import Vault, masked

MOST_REQUESTS = 2
"""Requests one account may have open at a time."""


@dataclass(frozen=True)
class Request:
    """Somebody asks a person to let them in: what they said, and the roster's entry beside it, if there is one."""

    id: int
    asker_id: int
    person_id: int | None
    said: str
    roster: str
    phone: str
    card: str


class Vouching:
    """Requests to be let in, inside one transaction."""

    def __init__(
        self,
        tx: Tx,
        vault: Vault,
        now: datetime,
        people: People,
        newsroom: Newsroom,
        ledger: Ledger,
        accounts: Accounts,
    ) -> None:
        self._tx = tx
        self._vault = vault
        self._now = now
        self._people = people
        self._newsroom = newsroom
        self._ledger = ledger
        self._accounts = accounts

    async def ask(self, asker: Person, said: str) -> None:
        """Ask the talent office; whoever dispatches gets it with the roster's entry beside it.

        Raises:
            Refused: they have asked already.
        """
        mine = (binding_requests.c.asker_id == asker.id) & (binding_requests.c.status == "open")
        if int(await self._tx.scalar(select(func.count()).where(mine))) >= MOST_REQUESTS:
            raise Refused("binding.asked_already")
        row = await self._mentioned(said)
        made = await self._tx.execute(
            insert(binding_requests)
            .values(
                asker_id=asker.id,
                person_id=row.id if row else None,
                said=self._vault.seal(said[:300]),
                at=self._now,
                status="open",
            )
            .returning(binding_requests.c.id)
        )
        request = await self.request(int(made.scalar_one()))
        for official in await self._accounts.officials():
            self._newsroom.notify(
                official,
                "binding.request" if row else "binding.request_unknown",
                {"said": request.said, "name": request.roster, "phone": request.phone, "card": request.card},
                [("binding.grant", request.id)] * bool(row) + [("binding.refuse", request.id)],
            )

    async def request(self, request_id: int) -> Request:
        """A request with the roster's entry. Raises `Refused` when there is none."""
        row = (await self._tx.execute(select(binding_requests).where(binding_requests.c.id == request_id))).first()
        if row is None:
            raise Refused("binding.request_gone")
        entry = await self._accounts.entry(persons.c.id == row.person_id) if row.person_id else None
        return Request(
            row.id,
            row.asker_id,
            row.person_id,
            self._vault.open(row.said),
            entry.name if entry else "",
            masked(self._vault.open(entry.phone_sealed)) if entry and entry.phone_sealed else "—",
            (entry.number or "—") if entry else "—",
        )

    async def decide(self, official: Person, request_id: int, *, grant: bool) -> Request:
        """Say yes or no to a request, once.

        Raises:
            Refused: they may not, or somebody has decided before, or the yes has nobody of the roster to it, or the
                asker has found another way in or gone: then only a no closes it.
        """
        if not standing.may(official, Power.APPROVE_BINDING):
            raise NoSuchThing
        request = await self.request(request_id)
        theirs = standing.may(official, Power.APPROVE_BINDING, Wish(request.asker_id))
        if not theirs or (grant and request.person_id is None):
            raise Refused("binding.cannot_grant")
        async with self._tx.savepoint():  # a yes that comes to nothing leaves the request open
            await self._close(official, request, grant=grant)
        return request

    async def _close(self, official: Person, request: Request, *, grant: bool) -> None:
        still = (binding_requests.c.id == request.id) & (binding_requests.c.status == "open")
        decided = {"decided_by": official.id, "decided_at": self._now, "status": "granted" if grant else "refused"}
        if not (await self._tx.execute(update(binding_requests).where(still).values(**decided))).rowcount:
            raise Refused("binding.request_gone")
        done = Done.BINDING_GRANTED if grant else Done.BINDING_REFUSED
        await self._ledger.note(done, official.id, request.id, person=request.person_id)
        asker = await self._people.get(request.asker_id)
        if grant and (asker is None or asker.chat_id is None):
            raise Refused("binding.asker_gone")
        if asker is not None:
            person = await self._accounts.bind(asker, request.person_id or 0, way="request") if grant else asker
            self._newsroom.notify(person, "binding.granted" if grant else "binding.refused", {"name": person.name})

    async def _mentioned(self, said: str) -> Any:
        """The roster's entry for the card number somebody mentions among other words."""
        for part in said.replace("，", " ").replace("、", " ").replace(",", " ").replace("：", " ").split():
            row = await self._accounts.entry(same_card(part))
            if row is not None:
                return row
        return None

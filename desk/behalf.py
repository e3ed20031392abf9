"""On a cardholder's behalf: staff fill in the form after a call or visit, and the cardholder confirms with one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from db.engine import Tx
from db.schema.people import persons, talent_cards
from desk.deed import Deed
from desk.entering import enter
from desk.filing import Filing
from desk.handover import Assignment
from desk.history import History
from desk.house import House
from desk.imports.cells import undashed
from desk.matters import Matters
from desk.names import plain_name
from desk.news import Newsroom
from desk.people import Person
from desk.refusals import NoCard, NoSuchThing
from desk.rules.hears import Urgency
from desk.rules.life import Act, Role, Status
from desk.rules.reasons import because
from desk.rules.zone import day_of
from desk.steps import Steps
from desk.timers import Timers
from desk.views import Matter, Views

MOST = 8


@dataclass(frozen=True)
class Holder:
    """A cardholder as found by name or card number. `here`: they have opened the bot."""

    id: int
    name: str
    number: str
    here: bool


class Behalf:
    """Prepares and confirms matters, inside one transaction."""

    def __init__(
        self,
        tx: Tx,
        house: House,
        now: datetime,
        matters: Matters,
        views: Views,
        newsroom: Newsroom,
        timers: Timers,
    ) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._matters = matters
        self._views = views
        self._newsroom = newsroom
        self._timers = timers

    async def find(self, said: str) -> Sequence[Holder]:
        """Cardholders whose name holds these words, or whose card number or roster key they are."""
        words = said.strip()
        if not words:
            return ()
        exact = or_(func.replace(talent_cards.c.number, "-", "") == undashed(words), persons.c.key == words)
        query = (
            select(persons.c.id, persons.c.name, persons.c.chat_id, talent_cards.c.number)
            .join(talent_cards)
            .where(or_(exact, persons.c.name.contains(words, autoescape=True)))
            .order_by(persons.c.name != words, persons.c.id)
            .limit(MOST)
        )
        rows = (await self._tx.execute(query)).all()
        return [Holder(row.id, plain_name(row.name), row.number, row.chat_id is not None) for row in rows]

    async def prepare(self, clerk: Person, holder: Person, form: Filing) -> Matter:
        """Keep the form as a draft with a number; it is the cardholder's to confirm, and lapses if they do not.

        Raises:
            Refused: whoever prepares it holds no post.
        """
        if not clerk.posts:
            raise NoSuchThing
        post = clerk.posts[0]
        given = Assignment(post.id, post.office, because("routing.prepared", name=clerk.name))
        matter_id, _due = await enter(self._tx, self._house, self._now, holder.id, form, Status.DRAFT, given)
        history = History(self._tx, self._now, self._house.vault)
        secret = self._house.sensitive(form.category or "")
        entry = await history.say(matter_id, clerk.id, form.words, form.uploads, secret=secret)
        await history.append(matter_id, Act.PREPARE, Status.DRAFT, actor_id=clerk.id, entry_n=entry)
        matter = await self._again(matter_id)
        await self._timers.plan(matter)
        await self._newsroom.spread(matter, Act.PREPARE, actor=clerk)
        return matter

    async def confirm(self, matter: Matter, person: Person, roles: frozenset[Role]) -> Matter:
        """Yes, that is what I want: it is filed and dispatched as if the cardholder had filled it in.

        Raises:
            NoCard: their card is not valid, or not any more.
            Refused: not theirs, or confirmed or put away before.
        """
        await self._matters.may(matter, Act.FILE, roles)
        if person.card is None:
            raise NoCard
        if trouble := person.card.trouble(day_of(self._now)):
            raise NoCard(f"card.{trouble}_sorry")
        clerks = await self._newsroom.roster.hands(matter.owner_id)  # nobody, once they have left
        filed = await self._matters.act(matter, Act.FILE, person, roles, Deed())
        route = await self._matters.route(filed.person_id, self._house.category(filed.category), filed.concern)
        await Steps(self._tx, self._now).begin(filed.id, route.copies)
        given = Deed(given=Assignment(filed.owner_id, filed.office, filed.reason))
        facts = {"to": filed.owner_id, "accept_by": int(filed.accept_due.timestamp() * 1000)}
        sent = await self._matters.by_clock(filed, Act.DISPATCH, facts, given)
        for clerk in set(clerks) - {sent.owner_person_id}:
            self._newsroom.tell(clerk, sent, Act.FILE, "news.file_prepared", Urgency.LATER)
        return sent

    async def _again(self, matter_id: int) -> Matter:
        found = await self._views.matter(matter_id)
        assert found is not None
        return found

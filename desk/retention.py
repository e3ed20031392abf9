"""What the clock keeps in order every day: data older than its retention time goes, and cards that end are reminded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement, Table, delete, exists, or_, select, update

from db.engine import Tx
from db.schema.alarms import alarms
from db.schema.authority import announcements, approvals, ledger, refused
from db.schema.binding import binding_requests, binding_tries, consents, invitations
from db.schema.book import book_edits, book_jobs, book_misses, book_versions
from db.schema.co_steps import co_steps
from db.schema.conversation import copies
from db.schema.keeping import locked_matters, roster_imports
from db.schema.matters import drafts, entries, events, matters, questions
from db.schema.pages import file_parts, files, passes
from db.schema.people import absences, persons, staff, talent_cards
from db.schema.queues import cards, inbox, outbox, rate_buckets, timers
from db.schema.seen import seen
from db.schema.visits import visits
from desk.house import House
from desk.news import Newsroom
from desk.people import People
from desk.rounds import come_round
from desk.rules.zone import day_of, next_hour
from desk.sealing import OF_ENTRY, OF_MATTER, seal_plain
from desk.views import OPEN
from sheets import Form, read

FILE = Path(__file__).parent / "retention.yaml"
TIDY, RENEWALS = "retention", "renewals"
NIGHT, MORNING = time(3, 20), time(9, 30)
NOTICE = timedelta(days=30)
"""How long before its last day a cardholder is reminded."""
ACTED = (
    events.c.actor_id,
    entries.c.author_id,
    ledger.c.actor_id,
    seen.c.person_id,
    refused.c.person_id,
    announcements.c.by_id,
    approvals.c.asker_id,
    approvals.c.decided_by,
    binding_requests.c.decided_by,
    book_edits.c.author_id,
    book_versions.c.author_id,
)
"""The records that say who did something."""
HELD = (matters.c.owner_id, co_steps.c.staff_id, visits.c.staff_id)
"""The records that say which post it was."""

Days = Annotated[int, Field(ge=1, le=36500)]


class Retention(Form):
    """Days that each kind of data is kept."""

    received: Days
    sent: Days
    timers: Days
    drafts: Days
    questions: Days
    tries: Days
    links: Days
    requests: Days
    imports: Days
    words: Days
    looks: Days
    visits: Days
    absences: Days
    passes: Days
    limits: Days
    left: Days
    strangers: Days

    @classmethod
    def load(cls, path: Path = FILE) -> Retention:
        """Read the file.

        Raises:
            SheetError: with every problem found.
        """
        return read(path, cls)


class Keeping:
    """The daily round, inside one transaction. Each of its timers sets its own next when it fires."""

    def __init__(self, tx: Tx, house: House, now: datetime, people: People, newsroom: Newsroom) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._people = people
        self._newsroom = newsroom

    async def plan(self) -> None:
        """Set what is not set yet; repeating it changes nothing."""
        await self._set(TIDY, NIGHT)
        await self._set(RENEWALS, MORNING)

    async def tidy(self, _body: Mapping[str, Any]) -> None:
        """Delete everything that is older than its time, and seal what a category made sensitive since."""
        await self._set(TIDY, NIGHT)
        days = Retention.load()
        for table, over in self._over(days):
            await self._tx.execute(delete(table).where(over))
        await self._words(self._before(days.words))
        await seal_plain(self._tx, self._house)
        await self._left(self._before(days.left))
        await self._strangers(self._before(days.strangers))

    async def renewals(self, _body: Mapping[str, Any]) -> None:
        """Remind whoever's card ends within thirty days, once for each last day."""
        await self._set(RENEWALS, MORNING)
        today = day_of(self._now)
        ending = talent_cards.c.valid_to.between(today, today + NOTICE) & (talent_cards.c.status == "active")
        untold = or_(talent_cards.c.reminded_for.is_(None), talent_cards.c.reminded_for != talent_cards.c.valid_to)
        for row in (await self._tx.execute(select(talent_cards).where(ending, untold))).all():
            await self._remind(row.person_id, row.valid_to)

    async def _remind(self, person_id: int, last_day: date) -> None:
        holder = await self._people.get(person_id)
        if holder is None or holder.chat_id is None:
            return
        self._newsroom.notify(holder, "card.renewal", {"to": last_day})
        mine = talent_cards.c.person_id == person_id
        await self._tx.execute(update(talent_cards).where(mine).values(reminded_for=last_day))

    def _over(self, days: Retention) -> Sequence[tuple[Table, ColumnElement[bool]]]:
        return (
            (inbox, inbox.c.done_at < self._before(days.received)),
            (outbox, outbox.c.done_at < self._before(days.sent)),
            (timers, timers.c.done_at < self._before(days.timers)),
            (alarms, alarms.c.ended_at < self._before(days.timers)),
            (drafts, drafts.c.updated_at < self._before(days.drafts)),
            (questions, questions.c.at < self._before(days.questions)),
            (binding_tries, binding_tries.c.at < self._before(days.tries)),
            (invitations, invitations.c.expires_at < self._before(days.links)),
            (binding_requests, binding_requests.c.at < self._before(days.requests)),
            (roster_imports, roster_imports.c.at < self._before(days.imports)),
            (book_jobs, book_jobs.c.done_at < self._before(days.timers)),
            (book_misses, (book_misses.c.status != "open") & (book_misses.c.at < self._before(days.questions))),
            (seen, seen.c.at < self._before(days.looks)),
            (refused, refused.c.last_at < self._before(days.looks)),
            (approvals, approvals.c.at < self._before(days.requests)),
            (visits, visits.c.visited_at < self._before(days.visits)),
            (absences, absences.c.last_day < self._before(days.absences).date()),
            (passes, passes.c.expires_at < self._before(days.passes)),
            (rate_buckets, rate_buckets.c.full_at < self._before(days.limits)),
        )

    async def _words(self, before: datetime) -> None:
        """Of matters closed long ago, the number, the dates and the acts stay; what people wrote goes."""
        old = select(matters.c.id).where(matters.c.closed_at < before)
        gone = {**OF_ENTRY, "file_id": None, "sealed": None}
        await self._tx.execute(update(entries).where(entries.c.matter_id.in_(old)).values(**gone))
        await self._tx.execute(update(matters).where(matters.c.id.in_(old)).values(**OF_MATTER, sealed=None))
        left = select(files.c.id).where(files.c.matter_id.in_(old))
        await self._tx.execute(delete(file_parts).where(file_parts.c.file_id.in_(left)))
        for table in (files, copies, cards, locked_matters):
            await self._tx.execute(delete(table).where(table.c.matter_id.in_(old)))

    async def _left(self, before: datetime) -> None:
        """Whoever left the roster: first it is noted since when, and of those it was long ago, name and phone go.

        1. They have neither card nor post; who has one again has not left.
        2. While a matter of theirs is open, whoever handles it has to know who they are and how to reach them.
        3. The name of who acted in a post stays in the records, which have to say who it was.
        """
        served = select(staff.c.id).where(staff.c.person_id == persons.c.id).correlate(persons)
        card = exists(select(talent_cards.c.person_id).where(talent_cards.c.person_id == persons.c.id))
        on_it = or_(card, exists(served.where(staff.c.active)))
        back = persons.c.left_at.is_not(None) & on_it
        await self._tx.execute(update(persons).where(back).values(left_at=None))
        gone = persons.c.key.is_not(None) & persons.c.left_at.is_(None) & ~on_it
        await self._tx.execute(update(persons).where(gone).values(left_at=self._now))
        theirs = (matters.c.person_id == persons.c.id) & matters.c.status.in_(OPEN)
        over = (persons.c.left_at < before) & ~exists(select(matters.c.id).where(theirs))
        phones = update(persons).where(over, persons.c.phone_sealed.is_not(None))
        await self._tx.execute(phones.values(phone_mark=None, phone_sealed=None))
        named = exists(served) & or_(*(exists(select(column).where(column == persons.c.id)) for column in ACTED))
        held = or_(*(exists(select(column).where(column.in_(served))) for column in HELD))
        await self._tx.execute(update(persons).where(over, persons.c.name != "", ~named, ~held).values(name=""))

    async def _strangers(self, before: datetime) -> None:
        """Accounts that belong to nobody of the roster and to no matter."""
        nobody = persons.c.key.is_(None) & (persons.c.created_at < before)
        for table, column in (
            (staff, staff.c.person_id),
            (talent_cards, talent_cards.c.person_id),
            (matters, matters.c.person_id),
            (events, events.c.actor_id),
            (entries, entries.c.author_id),
            (drafts, drafts.c.person_id),
            (invitations, invitations.c.made_by),
            (binding_requests, binding_requests.c.asker_id),
            (seen, seen.c.person_id),
            (passes, passes.c.person_id),
            (files, files.c.person_id),
        ):
            nobody &= ~exists(select(table.c[column.name]).where(column == persons.c.id))
        gone = list((await self._tx.execute(select(persons.c.id).where(nobody).limit(1000))).scalars())
        await self._tx.execute(delete(consents).where(consents.c.person_id.in_(gone)))
        await self._tx.execute(delete(persons).where(persons.c.id.in_(gone)))

    def _before(self, days: int) -> datetime:
        return self._now - timedelta(days=days)

    async def _set(self, kind: str, hour: time) -> None:
        await come_round(self._tx, kind, next_hour(self._now, hour), self._now)

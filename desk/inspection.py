"""What is stuck, seen from the rows alone: work long overdue, a matter nothing is planned for, an act nobody heard of.

Nothing here changes anything; what is found is raised by `desk.alarms`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, Table, and_, cast, exists, func, literal_column, or_, select, true

from db.engine import Tx
from db.queue import Queue
from db.schema.alarms import alarms
from db.schema.matters import events, matters
from db.schema.people import persons
from db.schema.queues import DEAD, DUE, cards, outbox, timers
from desk.house import House
from desk.lateness import UNENDED_MATTER
from desk.rules.deadlines import plan
from desk.rules.life import Act
from desk.views import Views

STUBBORN = 8
"""A row that failed so often is stuck although it is due again and again."""
MOST = 50
"""Findings of one kind that one look brings."""
BACK = timedelta(hours=24)
"""How far a look goes back for what was given up and not told."""
OVERLAP = timedelta(minutes=5)
"""A transaction may commit a little after a later one: each look sees the end of the one before again."""
RECENT_ACTS = 20_000


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `kind` and `subject` name it for good; `values` are for the sentence."""

    kind: str
    subject: str
    values: Mapping[str, object] = field(default_factory=dict)


class Inspection:
    """Looks, inside one transaction that only reads.

    Args:
        since: when we last looked; only what was wrong then already, and still is, is called stuck.
    """

    def __init__(self, tx: Tx, house: House, now: datetime, since: datetime) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._since = since

    async def stuck(self, queue: Queue, lease: timedelta) -> list[Finding]:
        """Rows that were overdue by two leases at the look before and still are: one finding for the whole queue.

        What stands behind another row of its line waits with that one, and is counted only once that one is overdue.
        """
        table, limit = queue.table, self._since - 2 * lease
        overdue = or_(
            table.c.due_at <= limit, and_(table.c.attempts >= STUBBORN, table.c.created_at <= limit)
        ) & _first_of_its_line(table)
        counts = select(func.count().label("n"), func.min(table.c.created_at).label("oldest"))
        row = (await self._tx.execute(counts.where(_undone(table), overdue))).one()
        if not row.n:
            return []
        minutes = int((self._now - row.oldest).total_seconds() // 60)
        return [Finding(f"stuck_{queue.name}", queue.name, {"n": row.n, "minutes": minutes})]

    async def given_up_untold(self, queue: Queue) -> list[Finding]:
        """Rows that were given up without anybody hearing of it."""
        table, kind = queue.table, given_up(queue)
        told = exists().where(alarms.c.kind == kind, alarms.c.subject == _as_text(table.c.id))
        dead = and_(table.c.state == literal_column(f"'{DEAD}'"), table.c.done_at >= self._now - BACK)
        rows = await self._tx.execute(select(table.c.id).where(dead, ~told).order_by(table.c.done_at).limit(MOST))
        return [Finding(kind, str(row.id), {"id": row.id}) for row in rows]

    async def unwatched(self) -> list[Finding]:
        """Open matters for which nothing is planned: `untimed` when something should be, else `spent`."""
        planned = exists().where(timers.c.matter_id == matters.c.id, _undone(timers))
        rows = await self._tx.execute(select(matters.c.id).where(UNENDED_MATTER, ~planned).limit(MOST))
        found = []
        for row in rows.all():
            matter = await Views(self._tx, self._house.vault).matter(row.id)
            assert matter is not None
            hours = self._house.hours_of(matter.office)
            left = plan(self._house.standing(matter), hours, self._house.tempo.deadlines)
            kind = "untimed" if any(each.at > self._now for each in left) else "spent"
            found.append(Finding(kind, str(matter.id), {"number": matter.number}))
        return found

    async def untold(self) -> list[Finding]:
        """Acts after which somebody who has the matter's card was owed no word of it, nor the one who filed."""
        since = self._since - OVERLAP
        newest = await self._tx.scalar(select(func.max(events.c.id))) or 0
        recent = and_(events.c.id > newest - RECENT_ACTS, events.c.at >= since, events.c.at < self._now)
        owed = and_(outbox.c.matter_id == events.c.matter_id, outbox.c.created_at == events.c.at)
        here_before = and_(outbox.c.matter_id == events.c.matter_id, outbox.c.created_at < events.c.at)
        before = and_(here_before, outbox.c.card_id == cards.c.id)  # other news of the matter gives nobody its card
        theirs = outbox.c.person_id == persons.c.id
        here = and_(persons.c.chat_id.is_not(None), persons.c.telegram_id.is_not(None))
        holders = (
            select(events.c.id, events.c.facts, matters.c.number)
            .join(matters, matters.c.id == events.c.matter_id)
            .join(cards, cards.c.matter_id == events.c.matter_id)
            .join(persons, persons.c.id == cards.c.person_id)
            .where(recent, here, exists().where(before), ~exists().where(owed, theirs))
        )
        filers = (
            select(events.c.id, events.c.facts, matters.c.number)
            .join(matters, matters.c.id == events.c.matter_id)
            .join(persons, persons.c.id == matters.c.person_id)
            .where(recent, here, events.c.act == Act.FILE.value, events.c.actor_id == persons.c.id)
            .where(~exists().where(owed))
        )
        found: dict[int, Finding] = {}
        for query in (holders, filers):
            for row in await self._tx.execute(query.limit(MOST)):
                if "edits" not in row.facts:  # a correction is told by changing what was sent
                    found[row.id] = Finding("untold", str(row.id), {"number": row.number})
        return list(found.values())

    async def whole(self, queues: Mapping[Queue, timedelta]) -> Sequence[Finding]:
        """Everything, with each queue's lease."""
        found = [*await self.unwatched(), *await self.untold()]
        for queue, lease in queues.items():
            found += await self.stuck(queue, lease)
            found += await self.given_up_untold(queue)
        return found


def given_up(queue: Queue) -> str:
    """The kind of alarm for a row of this queue that was given up."""
    return f"dead_{queue.name}"


def _undone(table: Table) -> ColumnElement[bool]:
    return table.c.state == literal_column(f"'{DUE}'")


def _first_of_its_line(table: Table) -> ColumnElement[bool]:
    if table.c.key.nullable:
        return true()
    ahead = table.alias("ahead")
    return ~exists().where(ahead.c.key == table.c.key, ahead.c.id < table.c.id, _undone(ahead))  # type: ignore[arg-type]


def _as_text(column: ColumnElement[int]) -> ColumnElement[str]:
    return cast(column, String)

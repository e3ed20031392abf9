"""Writing a new matter down: its number, what it concerns, who has it and why, and what is promised by when.

The question that it began with is known from then on to have led to a matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from db.engine import Tx
from db.schema.matters import matters
from desk.answers import kept_answers
from desk.filing import Concern, Filing
from desk.handover import Assignment
from desk.house import Due, House
from desk.numbering import next_number
from desk.questions import Questions
from desk.rules.life import Status
from desk.rules.routing import Step, trail_to_plain

BEGINS = ("filed_at", "dispatched_at", "since", "promised_at")


async def enter(
    tx: Tx,
    house: House,
    now: datetime,
    person_id: int,
    form: Filing,
    status: Status,
    given: Assignment,
    trail: Sequence[Step] = (),
) -> tuple[int, Due]:
    """Its row, and what is promised. `trail`: the rules that were tried to find who has it."""
    if form.question is not None:
        await Questions(tx, now).led_to_filing(form.question)
    category, concern = house.category(form.category or ""), form.concern or Concern("person")
    due = house.due(category, given.office, now)
    row = insert(matters).values(
        number=await next_number(tx, now),
        person_id=person_id,
        category=category.id,
        concern=concern.kind,
        concern_id=concern.id,
        status=status.value,
        owner_id=given.owner,
        office=given.office,
        reason=given.reason.to_plain(),
        trail=trail_to_plain(trail),
        pauses=[],
        accept_due=due.accept,
        deliver_due=due.deliver,
        **kept_answers(house, category, form),
        **dict.fromkeys(BEGINS, now),
    )
    return int((await tx.execute(row.returning(matters.c.id))).scalar_one()), due

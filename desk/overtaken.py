"""Reminders that are not true any more: what was promised is kept, moved, or in other hands, so they are taken back.

Only what has not gone out can be; the letter of a reminder names the promise it is about and its reader.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, or_

from db.engine import Tx
from db.queue import Queue
from db.schema.queues import outbox
from desk.rules.deadlines import ABOUT_RESULT, STILL_OWED, Promise
from desk.rules.life import Act, Status
from desk.views import Matter

OUTBOX = Queue(outbox)
EXTENSION, REACH = "extension", "reach"


def reminder(matter_id: int, about: str, person_id: int) -> str:
    """The name under which unsent reminders of one promise to one person replace each other."""
    return f"late:{matter_id}:{about}:{person_id}"


def part(step_id: int) -> str:
    """What a reminder of a further department's part is about."""
    return f"{Promise.STEP.value}{step_id}"


def overtaken(before: Matter, after: Matter, act: Act) -> Collection[str]:
    """The beginnings of what unsent reminders are about that have become untrue between these two, by this act."""
    found = {promise.value for promise, owed in STILL_OWED.items() if after.status not in owed}
    if after.status is Status.DELIVERED and act in ABOUT_RESULT:
        found.add(Promise.ANSWER.value)
    if before.owner_id != after.owner_id:
        found |= {Promise.ACCEPT.value, Promise.DELIVER.value}
    if before.extended_to != after.extended_to:
        found.add(Promise.DELIVER.value)
    if after.extension is None:
        found.add(EXTENSION)
    still = {(step.id, step.staff_id) for step in after.steps if step.done_at is None}
    found |= {part(step.id) + ":" for step in before.steps if (step.id, step.staff_id) not in still}
    return found


async def take_back(tx: Tx, matter_id: int, about: Collection[str], now: datetime) -> int:
    """Take back the unsent reminders of this matter that are about these; how many there were."""
    names = [outbox.c.purpose.startswith(f"late:{matter_id}:{each}", autoescape=True) for each in about]
    if not names:
        return 0
    return await OUTBOX.supersede(tx, and_(outbox.c.matter_id == matter_id, or_(*names)), now)

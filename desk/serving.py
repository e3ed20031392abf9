"""Who serves and is there, while that may change in another process in this very moment.

Choosing reads the roster, and on PostgreSQL a post can end, be moved to another office, or its holder go away or out of
reach, between that and the commit of what names it. So whoever is chosen is held as they are up to the commit, and
looked at once more; and a post that ends, or whose holder is not there, waits for those who hold it: then the matter is
among what it has to pass on. A SQLite file has one writer at a time, who needs none of this.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select, union, update

from db.engine import Tx
from db.schema.people import absences, persons, staff

_POSTS: Any = bindparam("posts", expanding=True)
_HELD = select(staff.c.id, staff.c.office).where(staff.c.id.in_(_POSTS), staff.c.active).with_for_update(read=True)
_ASIDE = select(staff.c.id).where(staff.c.id.in_(_POSTS)).order_by(staff.c.id).with_for_update(key_share=True)
_TODAY = (absences.c.first_day <= bindparam("today")) & (absences.c.last_day >= bindparam("today"))
_AWAY = select(absences.c.staff_id).where(absences.c.staff_id.in_(_POSTS), _TODAY)
_UNHEARD = or_(persons.c.reachable.is_(False), persons.c.chat_id.is_(None))
_NOT_THERE = union(_AWAY, select(staff.c.id).join(persons).where(staff.c.id.in_(_POSTS), _UNHEARD))


@dataclass(frozen=True)
class Held:
    """The posts that are in service still, each with its office, and which are `away` today or out of reach."""

    offices: Mapping[int, str]
    away: frozenset[int] = frozenset()


async def hold(tx: Tx, seats: Mapping[int, str], today: date) -> Held:
    """Who of these posts serves, where, and who is not there: so it stays until the transaction ends.

    Parameters:
        seats: the posts that were chosen, each with the office it was thought to be of.
    """
    if tx.dialect == "sqlite":
        return Held(seats)
    posts = {"posts": sorted(seats)}
    offices = {row.id: row.office for row in await tx.execute(_HELD, posts)}
    # A statement of its own: it sees what was committed while the one before it waited.
    away = (await tx.execute(_NOT_THERE, {**posts, "today": today})).scalars()
    return Held(offices, frozenset(away))


async def end(tx: Tx, posts: Collection[int]) -> None:
    """These posts are in service no more; to come before anything they hold is looked at, for it may have to wait."""
    await tx.execute(update(staff).where(staff.c.id.in_(posts)).values(active=False))


async def step_aside(tx: Tx, posts: Collection[int]) -> None:
    """Whoever holds these posts is not there from now on; to come before anything they hold is looked at, as above."""
    if tx.dialect != "sqlite":
        await tx.execute(_ASIDE, {"posts": sorted(posts)})

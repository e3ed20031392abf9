"""Leaving the office: access ends at once, and everything somebody held goes to whoever stands in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from db.engine import Tx
from db.schema.people import links
from desk import serving
from desk.drafts import Drafts
from desk.news import Newsroom
from desk.people import Person
from desk.rules.reasons import because
from desk.rules.zone import day_of
from desk.succession import Moved, Succession


class Staffing:
    """Changes who serves, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime, succession: Succession, drafts: Drafts, newsroom: Newsroom) -> None:
        self._tx = tx
        self._now = now
        self._succession = succession
        self._drafts = drafts
        self._newsroom = newsroom

    async def leaves(self, person: Person, post_id: int | None = None) -> Moved:
        """They leave this post, or all of theirs: what they hold moves, then the post has no access any more.

        A link of the three ones that they held ends yesterday, and one that had not begun is none; the talent office
        sees it as missing until it is given to somebody else.
        """
        going = [post.id for post in person.posts if post_id in (None, post.id)]
        moved = Moved()
        yesterday = day_of(self._now) - timedelta(days=1)
        # First nobody new can be chosen to stand in who is going too; what is being given to them is waited for.
        await serving.end(self._tx, going)
        for post in going:
            moved += await self._succession.hand_over(post, because("routing.left", absent=person.name))
        await self._tx.execute(delete(links).where(links.c.staff_id.in_(going), links.c.since > yesterday))
        ending = links.c.staff_id.in_(going) & (links.c.until.is_(None) | (links.c.until > yesterday))
        await self._tx.execute(update(links).where(ending).values(until=yesterday))
        self._newsroom.menus[person.id] = None
        await self._drafts.drop(person)
        return moved

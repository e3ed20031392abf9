"""When hands change: what somebody away, out of reach or gone holds moves on, and everybody concerned hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from db.engine import Tx
from desk import serving
from desk.deed import Deed
from desk.handover import Assignment, Handover
from desk.matters import Matters
from desk.news import Newsroom
from desk.overtaken import EXTENSION, REACH
from desk.people import Person
from desk.refusals import AlreadyDone, NotNow
from desk.roster import Roster
from desk.rules.hears import Urgency
from desk.rules.life import Act
from desk.rules.reasons import Reason, because
from desk.steps import Steps, unfinished
from desk.views import Matter, Views


@dataclass(frozen=True)
class Moved:
    """How many matters went into other hands."""

    count: int = 0

    def __add__(self, other: Moved) -> Moved:
        return Moved(self.count + other.count)


class Succession:
    """Moves open matters from hand to hand, inside one transaction."""

    def __init__(
        self, tx: Tx, matters: Matters, views: Views, roster: Roster, newsroom: Newsroom, steps: Steps
    ) -> None:
        self._tx = tx
        self._matters = matters
        self._views = views
        self._roster = roster
        self._handover = Handover(roster)
        self._newsroom = newsroom
        self._steps = steps

    async def out_of_reach(self, person: Person) -> Moved:
        """They cannot be written to: what they hold goes to the deputy, else the head, else the talent office.

        That they cannot is to be written down before: what is being given to them in this very moment is waited for.
        """
        await serving.step_aside(self._tx, [post.id for post in person.posts])
        moved = Moved()
        for post in person.posts:
            # A leader's liaisons are other people, who can still be reached.
            moved += await self.hand_over(post.id, because("routing.cannot_reach", absent=person.name))
        return moved

    async def unheard(self, person: Person, about: int | None = None, *, key: str = "news.cardholder_unheard") -> None:
        """A cardholder does not get what we send, on this matter or at all: whoever handles it is told to phone."""
        for matter in await self._views.open_of(person.id):
            if about in (None, matter.id):
                for hand in await self._roster.hands(matter.owner_id):
                    if hand != person.id:
                        self._newsroom.tell(hand, matter, Act.ESCALATE, key, Urgency.NOW, REACH)

    async def held(self, posts: Sequence[int]) -> int:
        """How many open matters these posts hold, as a whole or in part."""
        return await self._views.count_held_by(posts)

    async def hand_over(self, post_id: int, why: Reason, to: int | None = None) -> Moved:
        """Everything this post holds goes to that post, or to whoever stands in for it."""
        count = 0
        for matter in await self._views.open_held_by(post_id):
            if matter.owner_id == post_id:
                count += await self.move(matter, await self._handover.stand_in(post_id, matter.office, why, to))
            await self._hand_over_part(matter, post_id, why, to)
        return Moved(count)

    async def move(self, matter: Matter, given: Assignment) -> int:
        """Put one matter into these hands; 1 if it moved.

        Somebody may act on it at this very moment: then it is looked at again, and moves unless it has moved or ended.

        Raises:
            Refused: it was acted on once more meanwhile.
        """
        try:
            return await self._move(matter, given)
        except (NotNow, AlreadyDone):
            now = await self._views.matter(matter.id)
            return await self._move(now, given) if now is not None and now.owner_id == matter.owner_id else 0

    async def _move(self, matter: Matter, given: Assignment) -> int:
        if given.owner == matter.owner_id:
            return 0
        facts = {"from": matter.owner_id, "to": given.owner}
        after = await self._matters.by_clock(matter, Act.TRANSFER, facts, Deed(given=given))
        return int(after.owner_id != matter.owner_id)

    async def along(self) -> None:
        """Who is of another office now takes along what they have in hand; what is over stays where it was closed."""
        for matter in await self._views.open_elsewhere():
            try:
                await self._along(matter)
            except (NotNow, AlreadyDone):  # acted on in this very moment
                now = await self._views.matter(matter.id)
                if now is not None and now.owner_id == matter.owner_id:
                    await self._along(now)

    async def _along(self, matter: Matter) -> None:
        """The heads of the other office hear of a request for more time, which is theirs to answer now."""
        given = await self._handover.along(matter)
        facts = {"from_office": matter.office, "to_office": given.office}
        after = await self._matters.by_clock(matter, Act.MOVE, facts, Deed(given=given))
        for person in await self._newsroom.supervisors(after) if after.extension is not None else ():
            self._newsroom.tell(person, after, Act.EXTEND, "late.extension", Urgency.SOON, EXTENSION)

    async def _hand_over_part(self, matter: Matter, post_id: int, why: Reason, to: int | None) -> None:
        for step in unfinished(matter):
            if step.staff_id != post_id:
                continue
            found = await self._steps.pass_on(matter.id, step, partial(self._stand_in, post_id, step.office, why, to))
            for person in await self._roster.hands(found):
                self._newsroom.bring(matter.id, person)
            await self._tell_lead(matter)

    async def _stand_in(self, post_id: int, office: str, why: Reason, to: int | None) -> int:
        return (await self._handover.stand_in(post_id, office, why, to)).owner

    async def _tell_lead(self, matter: Matter) -> None:
        for person in await self._roster.hands(matter.owner_id):
            self._newsroom.tell(person, matter, Act.TRANSFER, "news.step_moved", Urgency.LATER)

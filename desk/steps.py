"""Several departments on one matter: who holds which part beside the lead, and who has finished theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import insert, update

from db.engine import Tx
from db.schema.co_steps import co_steps
from desk import serving
from desk.handover import Handover
from desk.overtaken import part, take_back
from desk.people import Person
from desk.refusals import AlreadyDone, NotNow
from desk.rules.life import Act
from desk.rules.routing import Copy, CopyKind
from desk.rules.zone import day_of
from desk.views import CoStep, Matter

STEP_ACTS = frozenset({Act.STEP_TAKE, Act.STEP_DONE})
OPENED_AGAIN = frozenset({Act.DISPUTE, Act.REOPEN})


def step_of(person: Person, matter: Matter) -> CoStep | None:
    """The part of this matter that this person holds, an open one first."""
    posts = {post.id for post in person.posts} | {post.acts_for for post in person.posts}
    mine = [step for step in matter.steps if step.staff_id in posts]
    return min(mine, key=lambda step: step.done_at is not None, default=None)


class Steps:
    """Writes the parts of a matter, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now

    async def begin(self, matter_id: int, copies: Iterable[Copy]) -> None:
        """Give each department that handles a part of this matter its step."""
        for copy in copies:
            if copy.kind is CopyKind.CO_HANDLER:
                values = {"matter_id": matter_id, "office": copy.office, "staff_id": copy.staff, "since": self._now}
                await self._tx.execute(insert(co_steps).values(**values))

    async def follow(self, matter: Matter, act: Act, person: Person | None, handover: Handover) -> None:
        """What an act on the matter does to its parts: one is taken or finished; opened again, their time starts anew.

        Whoever had one may have left, or be away, since the matter was closed: then somebody else has it.

        Raises:
            AlreadyDone: it was taken or finished before.
            NotNow: they hold no part of this matter.
        """
        if act in STEP_ACTS and person is not None:
            await self._mark(matter, act, person)
        elif act in OPENED_AGAIN:
            mine = (co_steps.c.matter_id == matter.id) & co_steps.c.done_at.is_(None)
            await self._tx.execute(update(co_steps).where(mine).values(since=self._now))
            for step in unfinished(matter):
                await self.pass_on(matter.id, step, partial(handover.of_part, step.staff_id, step.office))

    async def pass_on(self, matter_id: int, step: CoStep, find: Callable[[], Awaitable[int]]) -> int:
        """Put an unfinished part into the hands that are found; whose it is then, should it have to change them.

        They are looked for once more when they leave, or go away, in this very moment.
        """
        before, found = step.staff_id, await find()
        while found != step.staff_id and not await self.move(matter_id, step, found, though_away=found == before):
            before, found = found, await find()
        return found

    async def _mark(self, matter: Matter, act: Act, person: Person) -> None:
        """Take a part in hand, or finish it: one winner when two press at once.

        Raises:
            AlreadyDone: it was taken or finished before.
            NotNow: they hold no part of this matter.
        """
        step = step_of(person, matter)
        if step is None:
            raise NotNow(matter.status)
        column = co_steps.c.taken_at if act is Act.STEP_TAKE else co_steps.c.done_at
        still = (co_steps.c.id == step.id) & column.is_(None) & co_steps.c.done_at.is_(None)
        done = await self._tx.execute(update(co_steps).where(still).values({column: self._now}))
        if done.rowcount == 0:
            own = step.staff_id in {post.id for post in person.posts}
            raise AlreadyDone(step.name, step.done_at or step.taken_at or self._now, person.id if own else None)

    async def move(self, matter_id: int, step: CoStep, staff_id: int, *, though_away: bool = False) -> bool:
        """Put an unfinished part into other hands, who take it anew; not if they left, or went away, in this moment."""
        held = await serving.hold(self._tx, {staff_id: step.office}, day_of(self._now))
        if staff_id not in held.offices or (staff_id in held.away and not though_away):
            return False
        mine = (co_steps.c.id == step.id) & co_steps.c.done_at.is_(None)
        await self._tx.execute(update(co_steps).where(mine).values(staff_id=staff_id, taken_at=None))
        await take_back(self._tx, matter_id, [f"{part(step.id)}:"], self._now)
        return True


def unfinished(matter: Matter) -> Sequence[CoStep]:
    """The parts that other departments have not finished."""
    return [step for step in matter.steps if step.done_at is None]

"""Key small matters: filing one, and every act on one: a guard, a conditional update, an event, the news it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update

from db.engine import Tx
from db.schema.matters import matters
from db.types import to_ms
from desk import serving
from desk.answers import sealed_changes
from desk.catalogue import Category
from desk.deed import Deed
from desk.effects import EFFECTS, Scene
from desk.entering import enter
from desk.filing import Concern, Filing
from desk.handover import Assignment, Handover
from desk.history import History
from desk.house import House
from desk.news import Newsroom
from desk.overtaken import overtaken, take_back
from desk.people import Person
from desk.refusals import AlreadyDone, NotNow, Refused
from desk.roster import Roster
from desk.rules.deadlines import ABOUT_RESULT
from desk.rules.life import Act, Role, Status, allowed, decide, known
from desk.rules.routing import CopyKind, Route
from desk.rules.zone import day_of
from desk.steps import Steps
from desk.timers import Timers
from desk.views import Matter, Views


class Matters:
    """The use cases of a matter, inside one transaction."""

    def __init__(self, tx: Tx, house: House, now: datetime, roster: Roster, newsroom: Newsroom, timers: Timers) -> None:
        self._tx = tx
        self._house = house
        self._now = now
        self._roster = roster
        self._newsroom = newsroom
        self._timers = timers
        self._views = Views(tx, house.vault)
        self._steps = Steps(tx, now)
        self._history = History(tx, now, house.vault)

    async def file(self, person: Person, form: Filing) -> Matter:
        """File a matter for a cardholder and dispatch it.

        1. Route it under the three ones.
        2. Give it a number, and its two deadlines in working time.
        3. Keep the words and files.
        4. Record filing and dispatch, set the timers, tell both sides.
        """
        category = self._house.category(form.category or "")
        route = await self.route(person.id, category, form.concern or Concern("person"))
        given = Assignment(route.owner, route.office, route.reason)
        matter_id, due = await enter(
            self._tx, self._house, self._now, person.id, form, Status.DISPATCHED, given, route.trail
        )
        await self._steps.begin(matter_id, route.copies)
        entry = await self._history.say(
            matter_id, person.id, form.words, form.uploads, secret=self._house.sensitive(category.id)
        )
        await self._history.append(matter_id, Act.FILE, Status.FILED, actor_id=person.id, entry_n=entry)
        sent = {"to": route.owner, "accept_by": to_ms(due.accept)}
        await self._history.append(matter_id, Act.DISPATCH, Status.DISPATCHED, actor_id=None, facts=sent)
        matter = await self._again(matter_id)
        await self._timers.plan(matter)
        await self._newsroom.spread(matter, Act.FILE, actor=person)
        return matter

    async def route(self, person_id: int, category: Category, concern: Concern) -> Route:
        """Who has it; chosen again when one of them leaves, or goes away, in this very moment.

        Whoever is chosen again though they are away is the last there is.
        """
        before = None
        while True:
            route = await self._roster.route(person_id, category, concern)
            parts = (copy for copy in route.copies if copy.kind is CopyKind.CO_HANDLER)
            seats = {**{copy.staff: copy.office for copy in parts}, route.owner: route.office}
            held = await serving.hold(self._tx, seats, day_of(self._now))
            as_chosen = len(held.offices) == len(seats) and held.offices[route.owner] == route.office
            if as_chosen and (not held.away or route == before):
                return route
            before = route

    async def may(self, matter: Matter, act: Act, roles: frozenset[Role]) -> None:
        """Refuse, with the right sentence, an act that is not theirs or not now.

        Raises:
            AlreadyDone: it was done before, by somebody, at some time.
            NotYours: it is somebody else's to do.
            NotNow: it is theirs, but not in this status.
            Refused: too late to reopen, or rated already.
        """
        try:
            decide(matter.status, act, roles, extension_asked=matter.extension is not None)
        except NotNow:
            await self._refuse_latecomer(matter, act)
        if act is Act.REOPEN and self._house.reopen_until(matter) < self._now:
            raise Refused("reopen.too_late", until=self._house.reopen_until(matter))
        if act in (Act.URGE, Act.ESCALATE):
            await self._not_again_so_soon(matter, act)
        if act is Act.RATE and matter.rating is not None:
            raise Refused("rate.already", rating=matter.rating)

    async def act(self, matter: Matter, act: Act, person: Person, roles: frozenset[Role], deed: Deed) -> Matter:
        """Do one act: one winner when two press at once, decided by the row count.

        Raises:
            Refused: not theirs, not now, or somebody was faster.
        """
        if matter.status is Status.WAITING and Role.CARDHOLDER in roles:
            act = _supplied(act, deed)
        await self.may(matter, act, roles)
        return await self._do(matter, act, deed, person)

    async def by_clock(self, matter: Matter, act: Act, facts: Mapping[str, Any], deed: Deed | None = None) -> Matter:
        """An act of the clock itself, such as an escalation, or other hands for a matter whose owner is gone."""
        if act not in allowed(matter.status, {Role.CLOCK}):
            return matter
        return await self._do(matter, act, deed or Deed(), None, facts)

    async def _do(
        self, matter: Matter, act: Act, deed: Deed, person: Person | None, facts: Mapping[str, Any] | None = None
    ) -> Matter:
        """One act, whole.

        1. What it changes, by conditional update: one winner.
        2. The parts of other departments.
        3. The words and the event.
        4. New dates and timers.
        5. The news.
        """
        move = known(matter.status, act)
        assert move is not None
        status = move.to or matter.status
        await self._change(matter, act, await self._changes(matter, act, deed, person, status))
        await self._steps.follow(matter, act, person, Handover(self._roster))
        entry = await self._record(matter, act, deed, person, status, facts or {})
        after = await self._replan(matter, await self._again(matter.id), act)
        await take_back(self._tx, matter.id, overtaken(matter, after, act), self._now)
        await self._newsroom.spread(
            after,
            act,
            actor=person,
            before=None if Status.FILED in (status, matter.status) else matter,
            words=deed.words,
            uploads=deed.uploads,
            entry=entry,
            replies=deed.replies,
        )
        return after

    async def _changes(
        self, matter: Matter, act: Act, deed: Deed, person: Person | None, status: Status, before: int | None = None
    ) -> Mapping[str, Any]:
        """What becomes of it. `before`: who was found first, and is left or away since this very moment."""
        anew = status is not matter.status or act is Act.DELIVER  # a corrected result is one to be answered anew
        since = self._now if anew else matter.since
        effect = EFFECTS.get(act)
        scene = Scene(matter, deed, self._now, self._roster, self._house, person)
        found = await effect(scene) if effect else {}
        owner = found.get("owner_id", matter.owner_id)
        if owner != matter.owner_id:
            held = await serving.hold(self._tx, {owner: found["office"]}, day_of(self._now))
            if owner not in held.offices or (owner in held.away and owner != before):
                return await self._changes(matter, act, await self._to_others(deed), person, status, owner)
            found = {**found, "office": held.offices[owner]}
        return {"status": status.value, "since": since, **found}

    async def _to_others(self, deed: Deed) -> Deed:
        """Hands that were found and are gone: whoever stands in for them; hands still to be found are looked for."""
        gone = deed.given
        if gone is None:
            return deed
        given = await Handover(self._roster).stand_in(gone.owner, gone.office, gone.reason)
        return deed if given.owner == gone.owner else replace(deed, given=given)

    async def _record(
        self, matter: Matter, act: Act, deed: Deed, person: Person | None, status: Status, facts: Mapping[str, Any]
    ) -> int | None:
        """Keep what was said and append the event; the number of the first entry, if anything was said."""
        entry = None
        if person is not None:
            entry = await self._history.say(
                matter.id,
                person.id,
                deed.words,
                deed.uploads,
                internal=act is Act.NOTE,
                message=deed.message,
                replies=deed.replies,
                secret=self._house.secret(matter),
            )
        rated = {"rating": deed.rating} if deed.rating else {}
        actor = person.id if person else None
        await self._history.append(matter.id, act, status, actor_id=actor, entry_n=entry, facts={**rated, **facts})
        return entry

    async def _change(self, matter: Matter, act: Act, changes: Mapping[str, Any]) -> None:
        if self._house.secret(matter):
            changes = sealed_changes(self._house, matter, changes)
        still = (matters.c.id == matter.id) & (matters.c.status == matter.status.value)
        still &= matters.c.owner_id == matter.owner_id
        if act in _UNTIL:
            still &= _UNTIL[act]
        done = await self._tx.execute(update(matters).where(still).values(**changes))
        if done.rowcount == 0:
            await self._refuse_latecomer(matter, act)

    async def _not_again_so_soon(self, matter: Matter, act: Act) -> None:
        """What the clock did counts for nobody."""
        done = await self._views.history(matter.id)
        last = next((each for each in reversed(done) if each.act is act and each.actor_id is not None), None)
        if last is not None and self._now < self._house.urge_again(matter, last.at):
            raise Refused("urge.too_soon", at=last.at, again=self._house.urge_again(matter, last.at))

    async def _refuse_latecomer(self, matter: Matter, act: Act) -> None:
        """Say who was faster; an act that can be done again and again is only old news if it was the latest move."""
        found = [await self._views.last(matter.id, each) for each in _INSTEAD.get(act, (act,))]
        now = await self._again(matter.id)
        for done in found:
            if done is not None and (act in _ONCE or done.at >= now.since):
                raise AlreadyDone(done.actor, done.at, done.actor_id)
        raise NotNow(now.status)

    async def _replan(self, before: Matter, after: Matter, act: Act) -> Matter:
        """New dates and timers, when the act changed what they follow from; words about a result move no date."""
        moved = _follows_from(before) != _follows_from(after)
        if moved:
            told = self._house.told_by(before, after)
            due = self._house.due_now(replace(after, extended_to=told))
            dates = {"accept_due": due.accept, "deliver_due": due.deliver, "extended_to": told}
            await self._tx.execute(update(matters).where(matters.c.id == after.id).values(**dates))
            after = await self._again(after.id)
        if moved or (after.status is Status.DELIVERED and act in ABOUT_RESULT):
            await self._timers.plan(after)
        return after

    async def _again(self, matter_id: int) -> Matter:
        matter = await self._views.matter(matter_id)
        assert matter is not None
        return matter


def _follows_from(matter: Matter) -> tuple[object, ...]:
    """What the dates of a matter follow from besides its acts: whose opening hours count is the office's."""
    return matter.status, matter.owner_id, matter.office, matter.extended_to


_SPOKEN = frozenset({"voice", "audio"})


def _supplied(act: Act, deed: Deed) -> Act:
    """A file is what was waited for, whichever way it came; a recording is words, and never the papers."""
    papers = any(upload.kind not in _SPOKEN for upload in deed.uploads)
    if act is Act.SAY and papers:
        return Act.SUPPLY
    return Act.SAY if act is Act.SUPPLY and deed.uploads and not papers and not deed.words else act


_ONCE = frozenset({Act.FILE, Act.ACCEPT, Act.CONFIRM, Act.WITHDRAW})
"""Acts that nobody does twice on one matter while it is in the same hands."""

_UNTIL: Mapping[Act, ColumnElement[bool]] = {
    Act.EXTEND: matters.c.extension.is_(None),
    Act.GRANT: matters.c.extension.is_not(None),
    Act.REFUSE_EXTENSION: matters.c.extension.is_not(None),
    Act.RATE: matters.c.rating.is_(None),
}
"""What has still to be true of acts that leave the status as it is, so that of two at once only one counts."""

_INSTEAD: Mapping[Act, tuple[Act, ...]] = {
    Act.GRANT: (Act.GRANT, Act.REFUSE_EXTENSION),
    Act.REFUSE_EXTENSION: (Act.GRANT, Act.REFUSE_EXTENSION),
    Act.EXTEND: (Act.EXTEND,),
}
"""Acts that answer the same question: whoever gave one answer was faster than the other, too."""

"""Whose hands a matter passes into when it changes them: an office, a colleague, who stands in, one level up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.filing import Concern
from desk.refusals import Refused
from desk.roster import Roster
from desk.rules.reasons import Reason, Value
from desk.rules.roster import Day, LinkKind, Staff
from desk.rules.routing import Facts, route
from desk.views import Matter

WORK_ON_MATTERS = ("handler", "run_team", "dispatcher", "head", "liaison")
"""The posts that a matter can be handed to by choice."""
CAME_ALONG, RETURNED = "routing.came_along", "routing.returned"


@dataclass(frozen=True)
class Assignment:
    """Who gets a matter that changes hands, and why."""

    owner: int
    office: str
    reason: Reason


class Handover:
    """Finds the next hands in the roster of one day."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    async def to_dispatcher(self) -> Assignment:
        """The talent office, which dispatches anew what came back."""
        day = await self._roster.day(0, Concern("person"))
        found = day.backstop()
        return Assignment(found.id, found.office, Reason(RETURNED, {"office": day.office_name(found.office)}))

    async def to_office(self, office: str, why: str = "routing.dispatched") -> Assignment:
        """Whoever of this office is next in turn, or stands in for it; `why` is the sentence of the reason.

        Raises:
            Refused: there is no such office, or nobody there can take a matter today: whoever sends it on should know,
                instead of finding it at the talent office again.
        """
        day = await self._roster.day(0, Concern("person"))
        if office not in day.offices:
            raise Refused("dispatch.no_office")
        facts = Facts(0, "person", None, office, pinned=True)
        found = route(facts, (), day.absences, day.unreachable, day.offices, day.pool, day.on)
        if found.reason.key == "routing.backstop" and found.office != office:
            raise Refused("dispatch.nobody_there", office=day.office_name(office))
        return Assignment(found.owner, found.office, Reason(why, {"office": day.office_name(found.office)}))

    async def to_post(self, post_id: int) -> Assignment:
        """This colleague, when they are there.

        Raises:
            Refused: they have left, or theirs is no post that works on matters, or they are away or out of reach today.
        """
        day = await self._roster.day(0, Concern("person"))
        found = day.pool.get(post_id)
        if found is None:
            raise Refused("transfer.gone")
        if found.role not in WORK_ON_MATTERS:
            raise Refused("transfer.no_worker", name=found.name)
        if not day.present(post_id):
            raise Refused("transfer.away", name=found.name)
        reason = Reason("routing.given", {"office": day.office_name(found.office), "name": found.name})
        return Assignment(found.id, found.office, reason)

    async def workers(self, office: str) -> list[Staff]:
        """Who of an office can take a matter today, whoever is next in turn first."""
        day = await self._roster.day(0, Concern("person"))
        found = day.of_office(office, WORK_ON_MATTERS)
        return [each for each in found if day.present(each.id)]

    async def stand_in(self, post_id: int, office: str, why: Reason, to: int | None = None) -> Assignment:
        """Who takes over from this post: the one named, else the deputy, the head of the office, the talent office."""
        day = await self._roster.day(0, Concern("person"))
        meant = day.pool.get(post_id) or await self._roster.former(post_id)
        found = day.pool[to] if to is not None and to in day.pool and day.present(to) else None
        found = found or next(day.stand_ins(meant, office), None) or day.backstop()
        office = meant.office if meant is not None else office
        values: dict[str, Value] = {
            "why": why,
            "of": office,
            "office": day.office_name(found.office),
            "name": found.name,
        }
        reason = Reason("routing.took_over", values)
        return Assignment(found.id, found.office, reason)

    async def of_part(self, post_id: int, office: str) -> int:
        """Who has a part that is worked on again: whoever had it, when they are there, else who stands in for them."""
        day = await self._roster.day(0, Concern("person"))
        if day.present(post_id):
            return post_id
        return (await self.stand_in(post_id, office, Reason("routing.co_handler"))).owner

    async def along(self, matter: Matter) -> Assignment:
        """The same hands, in the office that their post is of now."""
        day = await self._roster.day(0, Concern("person"))
        post = day.pool.get(matter.owner_id) or await self._roster.former(matter.owner_id)
        assert post is not None
        went_before = matter.reason.values if matter.reason.key == CAME_ALONG else {}
        why = went_before.get("why")
        if isinstance(why, Reason) and went_before["of"] == post.office:  # and is back
            return Assignment(post.id, post.office, why)
        first: dict[str, Value] = {"why": matter.reason, "of": matter.office, **went_before}
        reason = Reason(CAME_ALONG, {**first, "office": day.office_name(post.office), "name": post.name})
        return Assignment(post.id, post.office, reason)

    async def one_up(self, matter: Matter) -> Assignment:
        """One level above whoever has it: the head of the office, then the leader's liaison, then the talent office."""
        day = await self._roster.day(matter.person_id, Concern("person"))
        for candidate in self._above(day, matter):
            if candidate.id != matter.owner_id and day.present(candidate.id):
                return _one_up(day, candidate)
        last = day.backstop()
        return _one_up(day, last)

    def _above(self, day: Day, matter: Matter) -> Sequence[Staff]:
        house = day.offices.get(matter.office)
        head = day.pool.get(house.head) if house and house.head else None
        link = day.link(LinkKind.LEADER, matter.person_id)
        liaisons = day.liaisons(link.staff) if link and link.staff else []
        ladder = [each for each in (head, *liaisons) if each is not None]
        passed = [n for n, each in enumerate(ladder) if each.id == matter.owner_id]
        return ladder[passed[-1] + 1 :] if passed else ladder


def _one_up(day: Day, who: Staff) -> Assignment:
    reason = Reason("routing.one_up", {"office": day.office_name(who.office), "name": who.name})
    return Assignment(who.id, who.office, reason)

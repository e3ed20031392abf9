"""What somebody is to the service and to a matter, as the rules of authority and of a matter's life see it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from desk.house import House
from desk.people import Person
from desk.rules.authority import Actor, Power, Verdict, Wish, can
from desk.rules.life import Act, Role, Status, allowed
from desk.rules.ties import ties
from desk.views import CoStep, Matter


def actor(person: Person, today: date) -> Actor:
    """A person as authority sees them on this day."""
    card = (person.card.trouble(today) or "valid") if person.card else "none"
    return Actor(person.id, card, person.posts)


def may(person: Person, power: Power, wish: Wish | None = None) -> bool:
    """Whether one of their posts gives them this power; over what somebody wished for, if that is given."""
    return can(Actor(person.id, posts=person.posts), power, wish) is Verdict.YES


def roles(person: Person, matter: Matter) -> frozenset[Role]:
    """The roles this person has in this matter; none at all for a stranger to it."""
    return ties(person.id, person.posts, matter)


def offers(
    matter: Matter, held: Collection[Role], house: House, now: datetime, step: CoStep | None = None
) -> tuple[Act, ...]:
    """What somebody with these roles may do now: the table of the matter's life, less what came too late.

    `step` is the part of the matter that they hold, if they hold one.
    """
    found = allowed(matter.status, held, extension_asked=matter.extension is not None)
    return tuple(act for act in found if _still(act, matter, house, now, step))


def _still(act: Act, matter: Matter, house: House, now: datetime, step: CoStep | None) -> bool:
    if act is Act.REOPEN:
        return now <= house.reopen_until(matter)
    if act is Act.RATE:
        return matter.rating is None
    if act is Act.EXTEND:
        return now < matter.deliver_due
    if act is Act.GRANT:
        return matter.status is Status.WAITING or now < matter.deliver_due
    if act is Act.STEP_TAKE:
        return step is not None and step.taken_at is None and step.done_at is None
    if act is Act.STEP_DONE:
        return step is not None and step.done_at is None
    return True

"""What somebody is to a matter: the one place that turns a person's posts into the roles of the transition table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from desk.house import House
from desk.people import Person
from desk.rules.life import Act, Role, allowed
from desk.steps import step_of
from desk.views import CoStep, Matter

_ANSWERERS = frozenset({Role.SUPERVISOR, Role.DISPATCHER})


def roles(person: Person, matter: Matter) -> frozenset[Role]:
    """The roles this person has in this matter; none at all for a stranger to it.

    Nobody grants themselves more time: while their own request is open, they are not its supervisor.
    """
    found: set[Role] = set()
    if person.id == matter.person_id:
        found.add(Role.CARDHOLDER)
    if step_of(person, matter) is not None:
        found.add(Role.CO_HANDLER)
    for post in person.posts:
        if matter.owner_id in (post.id, post.acts_for):
            found.add(Role.OWNER)
        if post.role == "head" and post.office == matter.office:
            found.add(Role.SUPERVISOR)
        if post.role == "dispatcher":
            found.add(Role.DISPATCHER)
        if post.role == "admin":
            found.add(Role.ADMIN)
    if matter.extension is not None and matter.extension.by == person.id:
        found -= _ANSWERERS
    return frozenset(found)


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
    if act is Act.STEP_TAKE:
        return step is not None and step.taken_at is None and step.done_at is None
    if act is Act.STEP_DONE:
        return step is not None and step.done_at is None
    return True

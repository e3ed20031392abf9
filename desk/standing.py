"""What somebody is to a matter: the one place that turns a person's posts into the roles of the transition table."""

from __future__ import annotations

from desk.people import Person
from desk.rules.life import Role
from desk.views import Matter


def roles(person: Person, matter: Matter) -> frozenset[Role]:
    """The roles this person has in this matter; none at all for a stranger to it."""
    found: set[Role] = set()
    if person.id == matter.person_id:
        found.add(Role.CARDHOLDER)
    for post in person.posts:
        if matter.owner_id in (post.id, post.acts_for):
            found.add(Role.OWNER)
        if post.role == "head" and post.office == matter.office:
            found.add(Role.SUPERVISOR)
        if post.role == "dispatcher":
            found.add(Role.DISPATCHER)
        if post.role == "admin":
            found.add(Role.ADMIN)
    return frozenset(found)

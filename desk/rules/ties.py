"""What somebody is to one matter, by their posts and by whose it is, who holds it and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from desk.rules.life import Role, Status


class Seat(Protocol):
    """A post as authority sees it. `acts_for` is the leader's post that a liaison acts for."""

    @property
    def id(self) -> int: ...
    @property
    def office(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def acts_for(self) -> int | None: ...


class Share(Protocol):
    """The part of a matter that one more department handles."""

    @property
    def staff_id(self) -> int: ...


class Asked(Protocol):
    """More time that was asked for."""

    @property
    def by(self) -> int: ...


class Affair(Protocol):
    """A matter as authority sees it: whose it is, who holds it, where it stands."""

    @property
    def person_id(self) -> int: ...
    @property
    def owner_id(self) -> int: ...
    @property
    def office(self) -> str: ...
    @property
    def status(self) -> Status: ...
    @property
    def extension(self) -> Asked | None: ...
    @property
    def steps(self) -> Sequence[Share]: ...


def ties(person_id: int, posts: Iterable[Seat], affair: Affair) -> frozenset[Role]:
    """What somebody is to one matter; nothing at all for a stranger to it.

    Nobody grants themselves more time: while their own request is open, they are not its supervisor.
    """
    posts = tuple(posts)
    hands = {post.id for post in posts} | {post.acts_for for post in posts}
    found = {_OVERSEES[post.role] for post in posts if post.role in _OVERSEES}
    if person_id == affair.person_id:
        found.add(Role.CARDHOLDER)
    if affair.owner_id in hands:
        found.add(Role.OWNER)
    if any(step.staff_id in hands for step in affair.steps):
        found.add(Role.CO_HANDLER)
    if any(post.role == "head" and post.office == affair.office for post in posts):
        found.add(Role.SUPERVISOR)
    own = affair.extension is not None and affair.extension.by == person_id
    return frozenset(found - _ANSWERERS if own else found)


_OVERSEES = {"dispatcher": Role.DISPATCHER, "admin": Role.ADMIN}
_ANSWERERS = frozenset({Role.SUPERVISOR, Role.DISPATCHER})

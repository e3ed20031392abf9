"""The life of a matter as one table: who may do what in which status, and what becomes of it.

The permission check, the buttons, the refusals and the diagram in the README all come from `TRANSITIONS`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from desk.refusals import NotNow, NotYours


class Status(StrEnum):
    """Where a matter stands. 点单 → 派单 → 接单 → 送单 is filed → dispatched → accepted → delivered."""

    DRAFT = "draft"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    RETURNED = "returned"
    DELIVERED = "delivered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Role(StrEnum):
    """What somebody is to one matter: `owner` holds it now, `clock` is the service itself."""

    CARDHOLDER = "cardholder"
    OWNER = "owner"
    CO_HANDLER = "co_handler"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    CLOCK = "clock"


class Act(StrEnum):
    """What can be done to a matter, in the order in which buttons show it."""

    PREPARE = "prepare"
    FILE = "file"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    DELIVER = "deliver"
    STEP_TAKE = "step_take"
    STEP_DONE = "step_done"
    ASK = "ask"
    SUPPLY = "supply"
    RETURN = "return"
    TRANSFER = "transfer"
    MOVE = "move"
    EXTEND = "extend"
    GRANT = "grant"
    REFUSE_EXTENSION = "refuse_extension"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    RATE = "rate"
    SAY = "say"
    NOTE = "note"
    URGE = "urge"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    LAPSE = "lapse"


@dataclass(frozen=True)
class Move:
    """Who may act, and the status afterwards; `None` when it stays."""

    who: frozenset[Role]
    to: Status | None = None


ENDS = frozenset({Status.CLOSED, Status.WITHDRAWN})
"""Nobody owes anything any more."""

PAUSED = frozenset({Status.WAITING})
"""The handler's clock stands still: the cardholder is to supply something."""


def _by(*who: Role, to: Status | None = None) -> Move:
    return Move(frozenset(who), to)


_TALENT, _OWNER, _CO = Role.CARDHOLDER, Role.OWNER, Role.CO_HANDLER
_DESK, _HEAD, _CLOCK, _ADMIN = Role.DISPATCHER, Role.SUPERVISOR, Role.CLOCK, Role.ADMIN
_S, _A = Status, Act
_IN_HAND = (_S.ACCEPTED, _S.WAITING)
_UNSOLVED = (_S.FILED, _S.DISPATCHED, _S.RETURNED, *_IN_HAND)

TRANSITIONS: dict[tuple[Status, Act], Move] = {
    # the order chain: 点单 → 派单 → 接单 → 送单, and the cardholder's word that it is solved
    (_S.DRAFT, _A.FILE): _by(_TALENT, to=_S.FILED),
    (_S.FILED, _A.DISPATCH): _by(_CLOCK, _DESK, _ADMIN, to=_S.DISPATCHED),
    (_S.DISPATCHED, _A.ACCEPT): _by(_OWNER, to=_S.ACCEPTED),
    (_S.ACCEPTED, _A.DELIVER): _by(_OWNER, to=_S.DELIVERED),
    (_S.DELIVERED, _A.CONFIRM): _by(_TALENT, to=_S.CLOSED),
    # sent to the wrong desk: back to the talent office, where whoever has it or dispatches sends it on or takes it
    (_S.DISPATCHED, _A.RETURN): _by(_OWNER, to=_S.RETURNED),
    (_S.ACCEPTED, _A.RETURN): _by(_OWNER, to=_S.RETURNED),
    (_S.RETURNED, _A.DISPATCH): _by(_OWNER, _DESK, _ADMIN, to=_S.DISPATCHED),
    (_S.RETURNED, _A.ACCEPT): _by(_OWNER, _DESK, to=_S.ACCEPTED),
    # materials: what came on paper is as good as what was sent here; the dispatcher may decide to go on without
    (_S.ACCEPTED, _A.ASK): _by(_OWNER, to=_S.WAITING),
    (_S.WAITING, _A.ASK): _by(_OWNER),
    (_S.WAITING, _A.SUPPLY): _by(_TALENT, _OWNER, _DESK, to=_S.ACCEPTED),
    (_S.WAITING, _A.DELIVER): _by(_OWNER, to=_S.DELIVERED),
    # not solved, or never answered
    (_S.DELIVERED, _A.DELIVER): _by(_OWNER),
    (_S.DELIVERED, _A.DISPUTE): _by(_TALENT, to=_S.DISPATCHED),
    (_S.DELIVERED, _A.LAPSE): _by(_CLOCK, to=_S.CLOSED),
    (_S.CLOSED, _A.REOPEN): _by(_TALENT, to=_S.DISPATCHED),
    (_S.CLOSED, _A.RATE): _by(_TALENT),
    # a form that staff prepared and the cardholder never confirmed, or does not want
    (_S.DRAFT, _A.WITHDRAW): _by(_TALENT, to=_S.WITHDRAWN),
    (_S.DRAFT, _A.LAPSE): _by(_CLOCK, to=_S.WITHDRAWN),
    # other hands: a new owner accepts anew, except while the cardholder is the one to act
    (_S.DISPATCHED, _A.TRANSFER): _by(_OWNER, _HEAD, _DESK, _ADMIN, _CLOCK),
    (_S.ACCEPTED, _A.TRANSFER): _by(_OWNER, _HEAD, _DESK, _ADMIN, _CLOCK, to=_S.DISPATCHED),
    (_S.WAITING, _A.TRANSFER): _by(_OWNER, _HEAD, _DESK, _ADMIN, _CLOCK),
    (_S.RETURNED, _A.TRANSFER): _by(_ADMIN, _CLOCK),
    (_S.DELIVERED, _A.TRANSFER): _by(_ADMIN, _CLOCK),
    # its owner's post is of another office now: it goes along
    **{(status, _A.MOVE): _by(_CLOCK) for status in (*_UNSOLVED, _S.DELIVERED)},
    # more time
    (_S.ACCEPTED, _A.EXTEND): _by(_OWNER),
    **{(status, _A.GRANT): _by(_HEAD, _DESK) for status in _IN_HAND},
    **{(status, _A.REFUSE_EXTENSION): _by(_HEAD, _DESK) for status in _IN_HAND},
    # the parts of other departments, beside the lead's own work
    **{(status, _A.STEP_TAKE): _by(_CO) for status in _UNSOLVED},
    **{(status, _A.STEP_DONE): _by(_CO) for status in _UNSOLVED},
    # at any time before it is solved
    **{(status, _A.WITHDRAW): _by(_TALENT, to=_S.WITHDRAWN) for status in _UNSOLVED},
    **{(status, _A.URGE): _by(_TALENT) for status in _UNSOLVED if status not in PAUSED},
    **{(status, _A.ESCALATE): _by(_CLOCK, _DESK) for status in _UNSOLVED},
    # words
    **{(status, _A.SAY): _by(_TALENT, _OWNER, _CO, _DESK) for status in (*_UNSOLVED, _S.DELIVERED, _S.CLOSED)},
    **{(status, _A.NOTE): _by(_OWNER, _CO, _HEAD, _DESK, _ADMIN) for status in Status if status is not _S.DRAFT},
}
"""What may happen: an act that is not named for a status is refused in it."""

_ANSWERS_EXTENSION = frozenset({Act.GRANT, Act.REFUSE_EXTENSION})


def allowed(status: Status, roles: Collection[Role], *, extension_asked: bool = False) -> tuple[Act, ...]:
    """What somebody with these roles may do now, in the order of `Act`.

    `extension_asked`: more time was asked for and is not yet granted or refused; only then can it be answered.
    """
    return tuple(act for act in Act if _may(status, act, roles) and _fits(act, extension_asked))


def decide(status: Status, act: Act, roles: Collection[Role], *, extension_asked: bool = False) -> Status:
    """The status after this act.

    Raises:
        NotYours: nobody with these roles may ever do this.
        NotNow: they may, but not while the matter stands as it does.
    """
    if not ever_theirs(act, roles):
        raise NotYours
    if not _may(status, act, roles) or not _fits(act, extension_asked):
        raise NotNow(status)
    return TRANSITIONS[status, act].to or status


def known(status: Status, act: Act) -> Move | None:
    """The move for this act in this status, if there is one."""
    return TRANSITIONS.get((status, act))


def ever_theirs(act: Act, roles: Collection[Role]) -> bool:
    """Whether somebody with these roles may do this in any status; tells "not yours" from "not now"."""
    return any(_may(status, act, roles) for status in Status)


def diagram() -> str:
    """The table as a Mermaid state diagram: every act that changes the status."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    for (status, act), move in TRANSITIONS.items():
        if move.to is not None:
            lines.append(f"    {status.value} --> {move.to.value}: {act.value}")
    lines += [f"    {status.value} --> [*]" for status in Status if status in ENDS]
    return "\n".join(lines) + "\n"


def _may(status: Status, act: Act, roles: Collection[Role]) -> bool:
    move = TRANSITIONS.get((status, act))
    return move is not None and not move.who.isdisjoint(roles)


def _fits(act: Act, extension_asked: bool) -> bool:
    """An answer to a request for more time needs the request; a second request waits for the answer."""
    if act in _ANSWERS_EXTENSION:
        return extension_asked
    return act is not Act.EXTEND or not extension_asked

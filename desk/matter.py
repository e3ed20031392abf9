"""A matter as people look at it: one frozen value with its owner, its people, its parts and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.filing import Concern
from desk.rules.life import Act, Status
from desk.rules.reasons import Reason


@dataclass(frozen=True)
class Happened:
    """One act in a matter's history. `words` are what came with it, `kind` says as what (`text`, `photo` …).

    `office` is the office of whoever acted, empty for a cardholder and the clock.
    """

    n: int
    at: datetime
    act: Act
    actor_id: int | None
    actor: str
    words: str
    facts: Mapping[str, Any]
    kind: str = "text"
    office: str = ""


@dataclass(frozen=True)
class Words:
    """One numbered entry: words or a file, by whom and when; `internal` ones never reach the cardholder.

    `size` in bytes, 0 when it is not known; `office` is where its author holds or held a post, empty for a cardholder.
    """

    n: int
    at: datetime
    author_id: int
    kind: str
    text: str
    file_id: str | None
    internal: bool
    file_name: str = ""
    size: int = 0
    office: str = ""


@dataclass(frozen=True)
class CoStep:
    """The part of a matter that one more department handles; `name` is whoever holds it now, `of` their own office."""

    id: int
    office: str
    staff_id: int
    name: str
    of: str
    since: datetime
    taken_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True)
class Extension:
    """More time that was asked for and is not yet granted or refused; `by` is the person who asked."""

    to: datetime
    by: int


@dataclass(frozen=True)
class Matter:
    """A key small matter as it stands. `sealed`: its words are encrypted in the database."""

    id: int
    number: str
    category: str
    concern: Concern
    status: Status
    level: int
    person_id: int
    person_name: str
    owner_id: int
    owner_person_id: int
    owner_name: str
    owner_role: str
    office: str
    reason: Reason
    trail: Sequence[Mapping[str, Any]]
    answers: Sequence[Mapping[str, str]]
    wanted: str | None
    result: str | None
    filed_at: datetime
    dispatched_at: datetime
    since: datetime
    promised_at: datetime
    pauses: Sequence[Sequence[int | None]]
    extended_to: datetime | None
    extension: Extension | None
    accept_due: datetime
    deliver_due: datetime
    accepted_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    solved: bool | None
    rating: int | None
    papers: int
    steps: tuple[CoStep, ...] = ()
    sealed: bool = False

    @property
    def unconfirmed(self) -> bool:
        """Prepared by staff and never confirmed: no rule of routing was ever tried."""
        return not self.trail

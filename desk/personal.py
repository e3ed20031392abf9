"""Every table with what it holds of people: which columns lead to somebody, how `/mydata` shows it, what ends it.

A table that is missing here, or a column that leads to a person and is not named, fails a test: nothing is kept of
anybody that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Table, and_, or_, select

from db.schema.people import staff
from desk.people import Person


class Forgotten(StrEnum):
    """What `/forget` does with rows about whoever asks."""

    ERASED = "erased"
    DETACHED = "the account is taken off the row"
    SEALED = "the words are locked away until their time is over"
    RECORD = "a record of acts without words, which the law wants kept"
    ROSTER = "the talent office's register, ended there"
    OFFICE = "about people in their office, who are asked to leave it first"
    NOBODY = "about nobody"


@dataclass(frozen=True)
class Holding:
    """What one table holds of people.

    `whose` are the columns that lead to somebody, the first to whom the row belongs; `section` and `fields` say how
    `/mydata` shows it (a section made by hand has no fields). `over` is the key in `retention.yaml` that ends it; else
    `stays` says until when it stays. `part` is the key that ends a part of it before.
    """

    forgotten: Forgotten
    whose: tuple[str, ...] = ()
    section: str = ""
    fields: tuple[str, ...] = ()
    over: str = ""
    stays: str = ""
    part: str = ""


_F = Forgotten
_BOOK = "the FAQ's own history"
_ROSTER = "while on the roster"
_ACTS = "the record of acts"
_TOLD = "what the office told cardholders"
_RUNS = "while the service runs"

HOLDINGS: Mapping[str, Holding] = {
    # who somebody is
    "persons": Holding(_F.DETACHED, ("telegram_id", "chat_id"), "account", over="strangers", part="left"),
    "talent_cards": Holding(_F.ROSTER, ("person_id",), "card", stays=_ROSTER),
    "project_members": Holding(_F.ROSTER, ("person_id",), "groups", stays=_ROSTER),
    "team_members": Holding(_F.ROSTER, ("person_id",), "groups", stays=_ROSTER),
    "projects": Holding(_F.NOBODY, stays=_ROSTER),
    "teams": Holding(_F.NOBODY, stays=_ROSTER),
    "links": Holding(
        _F.ROSTER, ("subject_id", "staff_id"), "links", ("kind", "office", "since", "until"), stays=_ROSTER
    ),
    "staff": Holding(_F.OFFICE, ("person_id", "acts_for", "deputy_id"), "posts", stays=_ROSTER),
    "absences": Holding(_F.OFFICE, ("staff_id", "deputy_id"), "absences", ("first_day", "last_day"), over="absences"),
    # how they came in, and what they agreed to
    "invitations": Holding(
        _F.ERASED, ("person_id", "made_by"), "invitations", ("kind", "made_at", "expires_at", "used_at"), over="links"
    ),
    "binding_tries": Holding(_F.ERASED, ("scope",), "tries", ("at",), over="tries"),
    "binding_requests": Holding(_F.ERASED, ("asker_id", "person_id", "decided_by"), "requests", over="requests"),
    "consents": Holding(
        _F.ERASED, ("person_id",), "consents", ("kind", "version", "at"), stays="while the account is bound"
    ),
    "passes": Holding(
        _F.ERASED, ("person_id", "telegram_id"), "passes", ("kind", "made_at", "expires_at", "ended_at"), over="passes"
    ),
    # their matters
    "matters": Holding(_F.SEALED, ("person_id", "owner_id"), "matters", over="words"),
    "entries": Holding(_F.SEALED, ("author_id",), "words", over="words"),
    "events": Holding(_F.RECORD, ("actor_id",), "acts", ("at", "matter_id", "act"), stays=_ACTS),
    "co_steps": Holding(_F.RECORD, ("staff_id",), "parts", ("matter_id", "since", "done_at"), stays=_ACTS),
    "locked_matters": Holding(_F.SEALED, (), "", over="words"),
    "files": Holding(_F.SEALED, ("person_id",), "files", ("at", "matter_id", "media", "size"), over="words"),
    "file_parts": Holding(_F.SEALED, over="words"),
    "seen": Holding(_F.RECORD, ("person_id",), "looks", ("at", "matter_id", "what"), over="looks"),
    "drafts": Holding(_F.ERASED, ("person_id",), "form", over="drafts"),
    "counters": Holding(_F.NOBODY, stays="numbers matters"),
    "timers": Holding(_F.NOBODY, over="timers"),
    # what was said here
    "questions": Holding(_F.ERASED, ("asker_id",), "questions", ("at", "text", "outcome"), over="questions"),
    "inbox": Holding(_F.ERASED, ("key",), "received", over="received"),
    "outbox": Holding(
        _F.ERASED, ("chat_id", "person_id"), "sent", ("created_at", "state", "method", "matter_id"), over="sent"
    ),
    "cards": Holding(_F.ERASED, ("person_id", "chat_id"), "cards", ("matter_id", "message_id"), over="words"),
    "copies": Holding(_F.ERASED, ("chat_id",), "copies", ("matter_id", "message_id"), over="words"),
    "rate_buckets": Holding(_F.ERASED, ("key",), "limits", ("full_at",), over="limits"),
    # the office's own work
    "visits": Holding(_F.OFFICE, ("staff_id",), "visits", over="visits"),
    "roster_imports": Holding(_F.OFFICE, ("by_id",), "imports", ("at", "source", "status"), over="imports"),
    "announcements": Holding(_F.OFFICE, ("by_id",), "announcements", ("at", "status"), stays=_TOLD),
    "approvals": Holding(_F.OFFICE, ("asker_id", "decided_by"), "approvals", ("at", "kind", "status"), over="requests"),
    "ledger": Holding(_F.RECORD, ("actor_id",), "deeds", ("at", "act"), stays=_ACTS),
    "refused": Holding(_F.RECORD, ("person_id",), "refusals", ("last_at", "act", "times"), over="looks"),
    "book_edits": Holding(_F.OFFICE, ("author_id",), "edits", ("at", "status"), stays=_BOOK),
    "book_versions": Holding(_F.OFFICE, ("author_id",), "versions", ("at", "status"), stays=_BOOK),
    "book_texts": Holding(_F.NOBODY, stays=_BOOK),
    "book_misses": Holding(_F.NOBODY, over="questions"),
    "book_jobs": Holding(_F.NOBODY, over="timers"),
    "alarms": Holding(_F.NOBODY, over="timers"),
    "processes": Holding(_F.NOBODY, stays=_RUNS),
    "duties": Holding(_F.NOBODY, stays=_RUNS),
}


OF_POSTS = frozenset({"staff_id", "deputy_id", "owner_id", "acts_for"})
"""Columns that lead to somebody by a post they hold."""


def theirs(table: Table, person: Person) -> ColumnElement[bool]:
    """The rows of this table that lead to this person."""
    return or_(*(_leads(table.c[name], person) for name in HOLDINGS[table.name].whose))


def owned(table: Table, person: Person) -> ColumnElement[bool]:
    """The rows of this table that are this person's own."""
    return _leads(table.c[HOLDINGS[table.name].whose[0]], person)


def _leads(column: Column[object], person: Person) -> ColumnElement[bool]:
    """Whether a column names this person: by row, account, private chat, post, or as a try to bind."""
    names: Mapping[str, object] = {
        "telegram_id": person.user_id,
        "chat_id": person.chat_id,
        "key": str(person.chat_id),
        "scope": f"account:{person.user_id}",
    }
    if column.name in names:
        return column == names[column.name]
    if column.name in OF_POSTS:
        return column.in_(select(staff.c.id).where(staff.c.person_id == person.id))
    mine = column == person.id
    return and_(mine, column.table.c.kind == "leader") if column.name == "subject_id" else mine

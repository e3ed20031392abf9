"""Fills a SQLite database with as many matters as wanted: copies of one that was really filed, made by SQL alone.

All but the last thousand are closed, as in an office that keeps up; a cardholder has five, and every matter has its
acts, words, cards, timers, and the updates and messages it took.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

OPEN = 1_000
EACH = 5
"""Matters of a cardholder."""
FIRST_PERSON, FIRST_MATTER, FIRST_CHAT = 1_000_000, 10, 50_000_000
APART = 150_000
"""Milliseconds between two matters: a million are five years' worth."""
CLOSED = "CASE WHEN i <= {closed} THEN {then} ELSE {otherwise} END"


def fill(path: str, count: int) -> None:
    """Make the database hold `count` matters; the one that is in it is the pattern."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode = OFF")  # nobody else has it open
    base.execute("PRAGMA synchronous = OFF")
    base.execute("PRAGMA foreign_keys = OFF")
    base.execute("PRAGMA cache_size = -400000")
    base.execute("BEGIN")
    pattern, person = base.execute("SELECT id, person_id FROM matters").fetchone()
    people = max(count // EACH, 1)
    whose = f"{FIRST_PERSON} + i % {people}"
    chat = f"{FIRST_CHAT} + i % {people}"
    _copy(base, "persons", f"id = {person}", people, {"id": f"{FIRST_PERSON} + i - 1", **_anew(FIRST_CHAT)})
    _copy(
        base,
        "talent_cards",
        f"person_id = {person}",
        people,
        {"person_id": f"{FIRST_PERSON} + i - 1", "number": "'G-' || i"},
    )
    closed, back = count - OPEN, f"({count} - i) * {APART}"
    spread = {name: f"{name} - {back}" for name in ("created_at", "due_at", "at", "filed_at")}
    about = {"matter_id": f"{FIRST_MATTER} + i"}
    matter = {
        "id": f"{FIRST_MATTER} + i",
        "number": "'G-' || i",
        "person_id": whose,
        "filed_at": spread["filed_at"],
        "status": CLOSED.format(closed=closed, then="'closed'", otherwise="status"),
        "closed_at": CLOSED.format(closed=closed, then="deliver_due", otherwise="NULL"),
    }
    theirs = f"matter_id = {pattern}"
    _copy(base, "matters", f"id = {pattern}", count, matter)
    for table in ("events", "entries"):
        _copy(base, table, theirs, count, {"id": None, **about, "at": spread["at"]})
    swap = f"CASE WHEN person_id = {person} THEN {{}} ELSE {{}} END"
    of_person = {"person_id": swap.format(whose, "person_id"), "chat_id": swap.format(chat, "chat_id")}
    _copy(base, "cards", theirs, count, {"id": None, **about, **of_person})
    done = {"state": "'done'", "lease": "NULL", "leased_until": "NULL"}
    done |= {"created_at": spread["created_at"], "done_at": spread["created_at"]}
    sent = {**done, **of_person, "key": swap.format(f"CAST({chat} AS TEXT)", "key"), "message_id": "1000 + i"}
    _copy(base, "outbox", theirs, count, {"id": None, **about, **sent})
    _copy(base, "inbox", "1", count, {"id": None, **done, "update_id": "1000 + i", "key": f"CAST({chat} AS TEXT)"})
    done["due_at"] = spread["due_at"]
    still = {name: CLOSED.format(closed=closed, then=text, otherwise=name) for name, text in done.items()}
    _copy(base, "timers", theirs, count, {"id": None, **about, **still, "dedupe": "dedupe || ':' || i"})
    _copy(base, "questions", "1", count, {"id": None, "asker_id": whose, "at": spread["at"]})
    base.execute("COMMIT")
    base.execute("PRAGMA journal_mode = WAL")
    base.close()


def _anew(chats: int) -> dict[str, str | None]:
    return {"key": "'g' || i", "telegram_id": f"{chats} + i - 1", "chat_id": f"{chats} + i - 1"}


def _copy(base: sqlite3.Connection, table: str, which: str, count: int, changed: Mapping[str, str | None]) -> None:
    """Copy the rows that match `count` times; `changed` gives a column's expression over `i`, or leaves it out."""
    columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
    base.execute(f"CREATE TEMP TABLE pattern AS SELECT * FROM {table} WHERE {which}")
    kept = [name for name in columns if changed.get(name, "") is not None]
    values = ", ".join(str(changed.get(name, name)) for name in kept)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    base.execute(f"INSERT INTO {table} ({', '.join(kept)}) {numbers} SELECT {values} FROM n, pattern")
    base.execute("DROP TABLE pattern")

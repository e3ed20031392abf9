"""Whether what a power cut leaves is what was promised: a state that was committed, and none older than what was said.

Every state that was ever committed is known, byte for byte, by replaying the log with nothing missing. So an image
that opens as anything else is half of something; one that opens as a state older than a promise has lost what was said.
"""

from __future__ import annotations

import random
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from disk_log import Entry
from power_cut import NAME, WAYS, Bench, Disk, Image, digest, is_commit


@dataclass
class Verdict:
    """`missing`: an update answered with 200, or a message already being sent, is not there. Examples are told."""

    images: int = 0
    missing: int = 0
    corrupt: int = 0
    half: int = 0
    commits: int = 0
    examples: list[str] = field(default_factory=list)

    def blames(self, kind: str, image: Image, why: str) -> None:
        """Count a broken promise."""
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.examples) < 10:
            self.examples.append(f"{kind}: before entry {image.at}, {image.way}: {why}")


@dataclass
class _History:
    """The committed states in order, and what each held."""

    index: dict[str, int] = field(default_factory=dict)
    updates: list[set[int]] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)

    def adds(self, database: sqlite3.Connection, chats: Sequence[int]) -> None:
        """One more state."""
        name = digest(database)
        if name in self.index:
            return
        self.index[name] = len(self.index)
        self.updates.append({row[0] for row in database.execute("SELECT update_id FROM inbox")})
        self.letters.append(database.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0])
        self.unsound += _faults(database, chats)


def judge(log: Sequence[Entry], folder: Path, chats: Sequence[int], count: int, seed: int) -> Verdict:
    """Cut the power `count` times, at moments spread evenly over the log.

    Args:
        folder: where the images are opened, best in memory.
        chats: of people each of whose updates is answered with exactly one message.
    """
    bench, dice, verdict = Bench(folder), random.Random(seed), Verdict()
    history = _history(log, bench, chats)
    verdict.commits, verdict.examples = len(history.index), history.unsound[:10]
    verdict.half += len(history.unsound)
    needed = _needed(log, history)
    opened = _opened(log)
    disk, shots = Disk(log), Counter(opened + int(n * (len(log) + 1 - opened) / count) for n in range(count))
    for at in disk.moments():
        for number in range(shots[at]):
            image = disk.image(at, WAYS[(at + number) % len(WAYS)], dice)
            verdict.images += 1
            _look(image, bench.state(image.files), history, needed[at], verdict)
    return verdict


def _look(image: Image, state: str, history: _History, needed: int, verdict: Verdict) -> None:
    if state.startswith("cannot"):
        verdict.blames("corrupt", image, state)
    elif state not in history.index:
        verdict.blames("half", image, "no such state was ever committed")
    elif history.index[state] < needed:
        verdict.blames("missing", image, f"state {history.index[state]}, promised was {needed}")


def _history(log: Sequence[Entry], bench: Bench, chats: Sequence[int]) -> _History:
    history, disk, opened = _History(), Disk(log), _opened(log)
    for at in disk.moments():
        if at == opened or (at and is_commit(log, at - 1)):
            with bench.opened(disk.whole()) as database:
                history.adds(database, chats)
    return history


def _opened(log: Sequence[Entry]) -> int:
    """The moment from which there is a database to look at."""
    return next(n for n, entry in enumerate(log) if entry[0] == "open" and entry[1] == NAME) + 1


def _needed(log: Sequence[Entry], history: _History) -> list[int]:
    """For each moment the oldest state that keeps what was promised until then."""
    first_with: dict[int, int] = {}
    for number, updates in enumerate(history.updates):
        for update in updates:
            first_with.setdefault(update, number)
    needed = [0]
    for entry in log:
        least = needed[-1]
        if entry[0] == "acknowledged":
            least = max(least, first_with[entry[2]])
        elif entry[0] == "sending":
            least = max(least, bisect_left(history.letters, entry[2]))
        needed.append(least)
    return needed


def _faults(database: sqlite3.Connection, chats: Sequence[int]) -> list[str]:
    """What is wrong with a committed state in itself."""
    found = [str(row) for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
    found += [f"dangling {row}" for row in database.execute("PRAGMA foreign_key_check")]
    done = dict(database.execute("SELECT key, count(*) FROM inbox WHERE state = 'done' GROUP BY key"))
    owed = dict(database.execute("SELECT key, count(*) FROM outbox GROUP BY key"))
    halves = [chat for chat in map(str, chats) if done.get(chat, 0) != owed.get(chat, 0)]
    return found + [f"chat {chat}: {done.get(chat)} handled, {owed.get(chat)} owed" for chat in halves]

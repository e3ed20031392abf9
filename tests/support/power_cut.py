"""The power fails: from what a bot asked of the disk, every state that the disk may be in afterwards.

What was synced is there. What was written since may be there, or not, or in part: SQLite asks for syncs exactly where
it needs one write to be before another, so between two syncs any subset can be on the disk, and a sector of 512 bytes
is the most that a disk promises to write whole.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from disk_log import Entry

SECTOR = 512
_FRAME_HEADER = 24
_WAL_HEADER = 32
NAME = "desk.db"
_LOG = f"{NAME}-wal"
WAYS = ("nothing", "a subset", "torn", "all but the last")
"""What of the unsynced writes is there."""


@dataclass
class Platter:
    """One file: what is surely there, and what was asked for since the last sync."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Entry] = field(default_factory=list)

    def sync(self) -> None:
        """Everything asked for is there."""
        _apply(self.durable, self.pending)
        self.pending = []

    def after(self, kept: Sequence[Entry]) -> bytes:
        """The content if of the pending writes only these arrived."""
        content = bytearray(self.durable)
        _apply(content, kept)
        return bytes(content)


@dataclass(frozen=True)
class Image:
    """Files as a disk may hold them when the power fails before this entry of the log."""

    at: int
    way: str
    files: dict[str, bytes]


class Disk:
    """Follows a log and shows what may be left of it."""

    def __init__(self, log: Sequence[Entry]) -> None:
        self.log = log
        self.files: dict[str, Platter] = {}
        self._known: set[str] = set()
        self._ghosts: dict[str, bytes] = {}

    def moments(self) -> Iterator[int]:
        """Go through the log; each is the number of entries that have happened."""
        for position, entry in enumerate(self.log):
            yield position
            self._follow(entry)
        yield len(self.log)

    def whole(self) -> dict[str, bytes]:
        """The files as the operating system shows them, nothing missing."""
        return {name: platter.after(platter.pending) for name, platter in self.files.items()}

    def image(self, at: int, way: str, dice: random.Random) -> Image:
        """One of the states the disk may be in now."""
        files = {name: one.after(_kept(one.pending, way, dice)) for name, one in self.files.items()}
        back = {name: content for name, content in self._ghosts.items() if dice.random() < 0.5}
        return Image(at, way, {**back, **files})

    def _follow(self, entry: Entry) -> None:
        what, name, *facts = entry
        if not name.startswith(NAME):
            return
        if what == "open":
            if name not in self._known:  # what was there before is durable; later openings change nothing
                self._known.add(name)
                self.files[name] = Platter(bytearray(facts[0]))
            self.files.setdefault(name, Platter())
            self._ghosts.pop(name, None)
        elif what == "delete":
            if gone := self.files.pop(name, None):
                self._ghosts[name] = bytes(gone.durable)  # the folder was not synced: it may be there again
        elif what == "sync":
            self.files[name].sync()
        else:
            self.files[name].pending.append(entry)


def _apply(content: bytearray, entries: Sequence[Entry]) -> None:
    for entry in entries:
        if entry[0] == "truncate":
            size = entry[2]
            del content[size:]
            content.extend(bytes(size - len(content)))
        else:
            _, _, offset, data = entry
            content.extend(bytes(max(offset - len(content), 0)))
            content[offset : offset + len(data)] = data


def _kept(pending: Sequence[Entry], way: str, dice: random.Random) -> Sequence[Entry]:
    if not pending or way == "nothing":
        return ()
    if way == "all but the last":
        return pending[:-1]
    kept = [entry for entry in pending if dice.random() < 0.5]
    if way == "torn" and kept:
        place = dice.randrange(len(kept))
        kept[place : place + 1] = _torn(kept[place], dice)
    return kept


def _torn(entry: Entry, dice: random.Random) -> list[Entry]:
    """Some of the sectors that the write touches."""
    if entry[0] == "truncate":
        return [entry]
    what, name, offset, data = entry
    first = SECTOR - offset % SECTOR
    cuts = [0, *range(first, len(data), SECTOR), len(data)]
    parts = [(start, data[start:end]) for start, end in pairwise(cuts)]
    return [(what, name, offset + start, part) for start, part in parts if dice.random() < 0.5]


def is_commit(log: Sequence[Entry], position: int) -> bool:
    """Whether this entry is the last write of a transaction: a page behind a frame header that names a size."""
    what, name, *facts = log[position]
    if what != "write" or name != _LOG or position == 0 or facts[0] < _WAL_HEADER:
        return False
    before = next((one for one in reversed(log[:position][-4:]) if one[0] == "write" and one[1] == _LOG), None)
    return before is not None and len(before[3]) == _FRAME_HEADER and any(before[3][4:8])


class Bench:
    """A folder in memory where images are opened as a database, by SQLite itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def opened(self, files: dict[str, bytes]) -> Iterator[sqlite3.Connection]:
        """Put the files there and open them; recovery is SQLite's own."""
        for old in self._folder.glob(f"{NAME}*"):
            old.unlink()
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        with closing(sqlite3.connect(self._folder / NAME, isolation_level=None)) as database:
            yield database

    def state(self, files: dict[str, bytes]) -> str:
        """What a reader sees of these files, byte for byte, as a digest; what SQLite says when it cannot read them."""
        try:
            with self.opened(files) as database:
                return digest(database)
        except sqlite3.Error as error:
            return f"cannot be opened: {error}"


def digest(database: sqlite3.Connection) -> str:
    """All pages as this connection sees them."""
    return hashlib.blake2b(database.serialize(), digest_size=16).hexdigest()

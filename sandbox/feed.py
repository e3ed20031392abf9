"""What is told to onlookers: one wake-up for waiting tests, and a numbered log of events per person for the page."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sandbox.world import Json

KEPT = 500
"""Events remembered per log, for a page that reconnects."""

EVERYONE = 0
"""Whose log holds the events of all: a browser opens six connections to an address, too few for a stream each."""


class Changes:
    """Wakes everyone who waits for the next change of anything."""

    def __init__(self) -> None:
        self._next: asyncio.Future[None] | None = None
        self.before: Callable[[], None] | None = None
        """Called before anyone is woken: the store writes."""

    def tell(self) -> None:
        """Something changed."""
        if self.before is not None:
            self.before()
        if self._next is not None and not self._next.done():
            self._next.set_result(None)
        self._next = None

    def upcoming(self) -> asyncio.Future[None]:
        """Done at the next change; shared, so shield it. Take it before you look, or a change in between is missed."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        return self._next


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a person's log; `message` is rendered for that person when it is sent."""

    id: int
    account: int
    name: str
    chat: int | None
    data: Json
    message: int | None = None


@dataclass
class Line:
    """A person's log and who follows it."""

    events: deque[Event] = field(default_factory=lambda: deque(maxlen=KEPT))
    changes: Changes = field(default_factory=Changes)


class Feed:
    """The logs of all persons. Event numbers start anew with the process: `epoch` tells the runs apart."""

    def __init__(self, epoch: int) -> None:
        self._first = epoch
        self._last = epoch
        self._lines: dict[int, Line] = {}

    @property
    def last(self) -> int:
        return self._last

    def line(self, account: int) -> Line:
        """The log of one person, or of `EVERYONE`."""
        return self._lines.setdefault(account, Line())

    def tell(self, account: int, name: str, chat: int | None, message: int | None = None, **data: object) -> None:
        """Write one event into a person's log, and everyone's."""
        self._last += 1
        event = Event(self._last, account, name, chat, data, message)
        for line in (self.line(account), self.line(EVERYONE)):
            line.events.append(event)
            line.changes.tell()

    def after(self, account: int, seen: int) -> Iterator[Event] | None:
        """The events since number `seen`, or None when some of them are gone."""
        events = self.line(account).events
        if seen < self._first or seen > self._last:
            return None
        if len(events) == KEPT and events[0].id > seen + 1:
            return None
        return (event for event in list(events) if event.id > seen)

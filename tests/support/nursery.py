"""Bots that start quickly, for drills that kill many: a process that has read everything forks one for each line.

`python nursery.py`, then a line of JSON with the environment; the answer is the number of a process doing `bot run`.
`DRILL_COUNTDOWN` names the file of a countdown to its death; these are in seconds: `DRILL_AHEAD`, by how much its clock
is ahead; `DRILL_BEAT`, between two signs of life; `DRILL_PAUSE`, before an update that failed is tried again.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mortal
from countdown import Countdown

from bot import assembly, heartbeat, logs, reading, worker
from bot.commands import run as command
from bot.limits import Limits, Rate, Rates
from bot.now import WallClock
from bot.settings import Settings, load
from desk.house import House
from faq import Book
from words import Words

AT_ONCE = Rate(timedelta(microseconds=1), 1_000_000)
_assemble = assembly.assemble


def serve() -> None:
    """What a child does: `python -m bot run` with the environment it was given."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    settings = load()
    logs.setup(settings.log_level)
    without_limits()
    if ahead := float(os.environ.get("DRILL_AHEAD", "0")):
        _set_clock(timedelta(seconds=ahead))
    if every := float(os.environ.get("DRILL_BEAT", "0")):
        heartbeat.EVERY = every
    if pause := float(os.environ.get("DRILL_PAUSE", "0")):
        worker.PAUSES = (pause,)
    if path := os.environ.get("DRILL_COUNTDOWN"):
        _be_mortal(Countdown(Path(path)))
    asyncio.run(command.run(settings, argparse.Namespace()))


def without_limits() -> None:
    """Messages go out as fast as they can."""
    command.assemble = lambda *given, **more: _assemble(*given, **more, limits=Limits(Rates(AT_ONCE, AT_ONCE, AT_ONCE)))


def _set_clock(ahead: timedelta) -> None:
    WallClock.now = lambda _self: datetime.now(UTC) + ahead  # type: ignore[method-assign]


def _be_mortal(countdown: Countdown) -> None:
    """The database has its tables already; looking for migrations a thousand times would only take long."""

    async def none(_url: str) -> None:
        return

    command.migrate.upgrade = none  # type: ignore[assignment]
    heartbeat.EVERY = 60.0  # its statements are no part of the step that is being killed
    mortal.install(countdown)


def _read_once(settings: Settings) -> None:
    """The house rules, words and the shipped FAQ; a folder that a drill made for itself is read by every child."""
    house, read, words = reading.read_house(settings), reading.read_book, Words.load()
    book = read(settings, house, WallClock().now())

    def read_book(asked: Settings, house: House, now: datetime) -> Book:
        return book if asked.faq == settings.faq else read(asked, house, now)

    Words.load = classmethod(lambda _cls: words)  # type: ignore[method-assign, assignment]
    reading.read_house = lambda _settings: house
    reading.read_book = read_book


def main() -> None:
    """Fork a child for each line until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them; the kernel buries them
    settings = load()
    _read_once(settings)
    gc.freeze()
    print("ready", flush=True)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            os.environ.update(json.loads(line))
            os.close(0)
            serve()
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()

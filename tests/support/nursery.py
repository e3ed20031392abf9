"""Bots that start quickly, for drills that kill many: a process that has read everything forks one for each line.

`python nursery.py`, then a line of JSON with the environment; the answer is the number of a process doing `bot run`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from datetime import timedelta

from bot import assembly, logs
from bot.commands import run as command
from bot.limits import Limits, Rate, Rates
from bot.settings import load
from words import Words

AT_ONCE = Rate(timedelta(microseconds=1), 1_000_000)


def serve() -> None:
    """What a child does: `python -m bot run` with the environment it was given."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    settings = load()
    logs.setup(settings.log_level)
    original = assembly.assemble
    command.assemble = lambda *given, **more: original(*given, **more, limits=Limits(Rates(AT_ONCE, AT_ONCE, AT_ONCE)))
    asyncio.run(command.run(settings, argparse.Namespace()))


def main() -> None:
    """Fork a child for each line until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them; the kernel buries them
    settings = load()
    assembly.read_book(settings, assembly.read_house(settings), assembly.WallClock().now())
    Words.load()
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

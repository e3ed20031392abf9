"""How many boundaries a process has left to live, in a file that it shares with the drill; at zero it kills itself."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
from pathlib import Path

FOREVER = -1
_SIZE = 64
_LEFT, _READY, _SPENT, _KIND = 0, 8, 16, 24
"""Where each of the four stands; each is written by itself, since both sides write."""


class Countdown:
    """Both sides open the same file. The drill arms it, the process counts down at every boundary it reaches."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SIZE)

    def arm(self, boundary: int) -> None:
        """Die at this boundary from now, 1 being the next."""
        struct.pack_into("q", self._shared, _LEFT, boundary)

    def disarm(self) -> None:
        """Live on."""
        self.arm(FOREVER)

    def starts_anew(self) -> None:
        """Another process takes the place of the dead one."""
        self._shared[:] = bytes(_SIZE)
        self.disarm()

    def is_ready(self) -> None:
        """The process has started, and has nothing left to do."""
        self._shared[_READY] = 1

    @property
    def left(self) -> int:
        """Boundaries until death; negative for ever."""
        return int(struct.unpack_from("q", self._shared, _LEFT)[0])

    @property
    def ready(self) -> bool:
        """Whether the process has said so."""
        return self._shared[_READY] == 1

    @property
    def died_at(self) -> str:
        """The kind of boundary at which the process died; empty while it lives."""
        return self._shared[_KIND:].rstrip(b"\0").decode()

    @property
    def spent(self) -> float:
        """Seconds of CPU that the process took until it died."""
        return float(struct.unpack_from("d", self._shared, _SPENT)[0])

    def reach(self, kind: str) -> None:
        """The process is at a boundary: kill -9, if it is the one."""
        left = self.left
        if left == 1:
            struct.pack_into("d", self._shared, _SPENT, time.process_time())
            self._shared[_KIND : _KIND + len(kind)] = kind.encode()
            os.kill(os.getpid(), signal.SIGKILL)
        if left > 1:
            self.arm(left - 1)

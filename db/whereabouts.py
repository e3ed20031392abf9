"""Where a process runs, exactly enough to see from beside it that it died; what cannot be seen is not claimed."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
_STARTED = 19
"""The field of /proc/<pid>/stat, counted behind the name, that says when a process began; see proc(5), field 22."""


def here() -> str:
    """This process: the kernel's start, the namespace of its number, the number, its beginning; or nothing."""
    try:
        return f"{_ground()} {os.getpid()} {_began(os.getpid())}"
    except OSError:  # no Linux
        return ""


def surely_dead(place: str) -> bool:
    """Whether the process there is gone; true only of one under the same kernel and in our namespace."""
    try:
        boot, space, pid, began = place.split()
        if f"{boot} {space}" != _ground():
            return False
    except (ValueError, OSError):
        return False
    try:
        return _began(int(pid)) != began
    except OSError:
        return True


def _ground() -> str:
    boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {(PROC / 'self/ns/pid').stat().st_ino}"


def _began(pid: int) -> str:
    """When it began, in ticks since the kernel did; a process that is dead and not yet buried raises, too."""
    fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    if fields[0] in ("Z", "X"):
        raise ProcessLookupError(pid)
    return fields[_STARTED]

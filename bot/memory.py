"""What a process that runs for months asks of its memory: little of it, and little looking through it."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

M_MMAP_THRESHOLD = -3
"""Its number in glibc's malloc.h."""
LARGE = 1 << 20
"""Bytes; what a question needs is smaller, the tables of a book are larger."""


def keep_large_blocks_apart() -> None:
    """What reading a book takes for a moment goes back to the system at once, which leaves 3 MB less in use.

    By itself glibc stops keeping large blocks apart after the first one that was given back (mallopt(3),
    M_MMAP_THRESHOLD). Other C libraries have no such switch, and nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def spare_the_collector() -> None:
    """What a start loads stays for good: looking through all of it again and again takes a tenth of the CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)

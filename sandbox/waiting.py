"""Waiting for something to become true without sleeping: looked at again at every change."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sandbox.feed import Changes

T = TypeVar("T")


async def until(
    changes: Changes,
    predicate: Callable[[], T | None],
    timeout: float,  # noqa: ASYNC109 - ends in an AssertionError that says why
    why: Callable[[], str] = lambda: "it did not become true",
) -> T:
    """The predicate's first truthy value; raises AssertionError with `why()` after `timeout` real seconds."""
    deadline = asyncio.get_running_loop().time() + timeout
    while True:
        change = changes.upcoming()
        if found := predicate():
            return found
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0 or not (await asyncio.wait({change}, timeout=left))[0]:
            raise AssertionError(f"after {timeout:g} s {why()}")

"""Telegram's flood control: 30 messages a second in all, one a second per chat, 20 a minute per group.

Source: core.telegram.org/bots/faq, "My bot is hitting limits". Telegram does not publish the size of a burst;
what is accepted here (five) is on the careful side of what bots observe.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from sandbox.refusals import too_many

BOT_PER_SECOND = 30
CHAT_BURST = 5
CHAT_PER_SECOND = 1.0
GROUP_PER_MINUTE = 20


@dataclass
class Window:
    """At most `size` events within `seconds`."""

    size: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float, count: int) -> float:
        """Seconds until `count` more fit; 0 when they fit now."""
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        over = len(self.times) + count - self.size
        return 0.0 if over <= 0 else self.times[min(over, len(self.times)) - 1] + self.seconds - now

    def take(self, now: float, count: int) -> None:
        """Count `count` events."""
        self.times.extend([now] * count)


@dataclass
class Bucket:
    """A burst that refills at a steady rate. It may run into debt, so that an album counts in full."""

    tokens: float = CHAT_BURST
    at: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one more is accepted; 0 when it is now."""
        self.tokens = min(CHAT_BURST, self.tokens + (now - self.at) * CHAT_PER_SECOND)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / CHAT_PER_SECOND

    def take(self, count: int) -> None:
        """Count `count` messages."""
        self.tokens -= count


class Limits:
    """Counts what is accepted, refuses the rest with 429, and goes on refusing until the time named has passed."""

    def __init__(self, on: bool = True) -> None:
        self.on = on
        self._bot = Window(BOT_PER_SECOND, 1.0)
        self._chats: dict[int, Bucket] = {}
        self._groups: dict[int, Window] = {}
        self._held: dict[int, float] = {}

    def take(self, chat: int, is_group: bool, now: float, count: int = 1) -> None:
        """Count messages to a chat; raises Refusal 429 when they are too many."""
        if not self.on:
            return
        self._refuse_held(0, now)
        self._refuse_held(chat, now)
        bucket = self._chats.setdefault(chat, Bucket(at=now))
        group = self._groups.setdefault(chat, Window(GROUP_PER_MINUTE, 60.0)) if is_group else None
        self._hold(0, self._bot.wait(now, count), now)
        self._hold(chat, max(bucket.wait(now), group.wait(now, count) if group else 0.0), now)
        self._bot.take(now, count)
        bucket.take(count)
        if group:
            group.take(now, count)

    def _refuse_held(self, scope: int, now: float) -> None:
        until = self._held.get(scope)
        if until is None:
            return
        if until <= now:
            del self._held[scope]
            return
        raise too_many(_whole(until - now))

    def _hold(self, scope: int, wait: float, now: float) -> None:
        if wait > 0:
            seconds = _whole(wait)
            self._held[scope] = now + seconds
            raise too_many(seconds)


def _whole(seconds: float) -> int:
    """Whole seconds upwards; a hair above a whole number is that number."""
    return max(1, math.ceil(seconds - 1e-6))

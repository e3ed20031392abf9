"""A virtual clock whose reading can jump, as a machine's does when somebody or its time server sets it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from room_clock import RoomClock

from sandbox import VirtualClock


class JumpingClock(RoomClock):
    """Time passes for sleepers as ever; `jump` changes only what the clock reads."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self.ticking = VirtualClock(start.timestamp())
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ticking.now(), UTC) + self._offset

    def jump(self, by: timedelta) -> None:
        """Set the clock forward, or back."""
        self._offset += by

"""The record of every call the bot made and every message that was accepted from it."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.world import Json

KEPT = 100_000
"""Calls kept; a demo that runs for weeks must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Made:
    """One API call. `status` is None where the bot never got an answer; `fault` names the injected fault."""

    method: str
    params: Json
    status: int | None
    response: Json | None
    at: float
    chat: int | None = None
    fault: str | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Sent:
    """One accepted message, edit or deletion, as it then stood in the chat."""

    method: str
    chat: int
    message_id: int
    text: str
    body: Json
    at: float

    @property
    def is_edit(self) -> bool:
        return self.method.startswith("edit")


@dataclass
class Journal:
    """Two growing lists; tests read them and `reset()` between them."""

    calls: list[Made] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything."""
        self.calls.clear()
        self.sent.clear()

    def of(self, method: str) -> list[Made]:
        """The calls of one method, by its lower-cased or usual name."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    def to(self, chat: int) -> list[Sent]:
        """What was accepted for one chat."""
        return [sent for sent in self.sent if sent.chat == chat]

    def note_call(self, call: Made) -> None:
        """Add a call."""
        _append(self.calls, call)

    def note_sent(self, sent: Sent) -> None:
        """Add an accepted message."""
        _append(self.sent, sent)


def _append(records: list[Any], record: object) -> None:
    if len(records) >= KEPT:
        del records[: KEPT // 2]
    records.append(record)

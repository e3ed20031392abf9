"""What an error of the Bot API means for the message that met it; the table of all cases we know."""

from __future__ import annotations

from enum import Enum

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError


class Verdict(Enum):
    """What becomes of the message."""

    DONE = "there is nothing left to do"
    WAIT = "Telegram says until when"
    RETRY = "temporary: try again"
    MOVED = "the chat has a new id: send it there"
    ANEW = "the message to change is gone: send a new one"
    UNREACHABLE = "this person cannot be written to"
    LOCKED_OUT = "the bot itself is not let in: wait, and tell the operator"
    REJECTED = "the message itself is wrong: a person has to look"


_BY_WORDS: tuple[tuple[str, Verdict], ...] = (
    ("message is not modified", Verdict.DONE),
    ("query is too old", Verdict.DONE),
    ("message to delete not found", Verdict.DONE),
    ("message can't be deleted", Verdict.DONE),
    ("message to edit not found", Verdict.ANEW),
    ("message can't be edited", Verdict.ANEW),
    ("message_id_invalid", Verdict.ANEW),
    ("chat not found", Verdict.UNREACHABLE),
    ("user not found", Verdict.UNREACHABLE),
    ("peer_id_invalid", Verdict.UNREACHABLE),
    ("user is deactivated", Verdict.UNREACHABLE),
    ("group chat was deactivated", Verdict.UNREACHABLE),
    ("have no rights to send", Verdict.UNREACHABLE),
    ("not enough rights to send", Verdict.UNREACHABLE),
)
_BY_KIND: tuple[tuple[type[TelegramError], Verdict], ...] = (
    (RetryAfter, Verdict.WAIT),
    (ChatMigrated, Verdict.MOVED),
    (Forbidden, Verdict.UNREACHABLE),
    (InvalidToken, Verdict.LOCKED_OUT),
    (Conflict, Verdict.LOCKED_OUT),
    (BadRequest, Verdict.REJECTED),
)


def judge(error: TelegramError) -> Verdict:
    """What this error means. A `BadRequest` is a `NetworkError` by type, so what is left over is temporary."""
    if isinstance(error, BadRequest):
        said = error.message.lower()
        for words, verdict in _BY_WORDS:
            if words in said:
                return verdict
    for kind, verdict in _BY_KIND:
        if isinstance(error, kind):
            return verdict
    return Verdict.RETRY

"""What an error of the Bot API means for the message that met it; the table of all cases we know.

`docs/telegram-errors.md` shows the same table with Telegram's own words; a test sends each through a real connection.
"""

from __future__ import annotations

from enum import Enum

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError


class Verdict(Enum):
    """What becomes of the message."""

    DONE = "nothing is left to do: it counts as sent"
    WAIT = "it waits until the moment Telegram named: that chat, or the whole bot when several are refused at once"
    RETRY = "temporary: it is tried again, later each time"
    MOVED = "the group has a new number: all that is owed to it goes there, this message first"
    ANEW = "the message to change is gone: it is sent as a new one"
    UNREACHABLE = "nobody can be written to there: remembered, what they hold moves on, whoever waits for them is told"
    LOCKED_OUT = "the bot itself is not let in: everything waits a minute, and the operator sees it in the metrics"
    REJECTED = "the message itself is wrong: set aside, and the admins are told whom to tell in person"


_BY_WORDS: tuple[tuple[str, Verdict], ...] = (
    ("message is not modified", Verdict.DONE),
    ("query is too old", Verdict.DONE),
    ("query id is invalid", Verdict.DONE),
    ("message to delete not found", Verdict.DONE),
    ("message can't be deleted", Verdict.DONE),
    ("message to edit not found", Verdict.ANEW),
    ("message can't be edited", Verdict.ANEW),
    ("there is no text in the message to edit", Verdict.ANEW),
    ("there is no caption in the message to edit", Verdict.ANEW),
    ("message_id_invalid", Verdict.ANEW),
    ("chat not found", Verdict.UNREACHABLE),
    ("user not found", Verdict.UNREACHABLE),
    ("peer_id_invalid", Verdict.UNREACHABLE),
    ("chat_id_invalid", Verdict.UNREACHABLE),
    ("user_id_invalid", Verdict.UNREACHABLE),
    ("user is deactivated", Verdict.UNREACHABLE),
    ("input_user_deactivated", Verdict.UNREACHABLE),
    ("user_is_blocked", Verdict.UNREACHABLE),
    ("user_is_bot", Verdict.UNREACHABLE),
    ("group chat was deactivated", Verdict.UNREACHABLE),
    ("group chat was upgraded", Verdict.UNREACHABLE),
    ("have no rights to send", Verdict.UNREACHABLE),
    ("not enough rights to send", Verdict.UNREACHABLE),
    ("need administrator rights", Verdict.UNREACHABLE),
    ("chat_write_forbidden", Verdict.UNREACHABLE),
    ("chat_restricted", Verdict.UNREACHABLE),
    ("channel_private", Verdict.UNREACHABLE),
    ("topic_closed", Verdict.UNREACHABLE),
    ("topic_deleted", Verdict.UNREACHABLE),
    ("message thread not found", Verdict.UNREACHABLE),
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

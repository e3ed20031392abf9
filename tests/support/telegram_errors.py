"""Answers of the Bot API as they come over the wire, and what each means: the table of the manual and of its test."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.refusals import Verdict


@dataclass(frozen=True)
class Case:
    """A status and a body, and the verdict."""

    status: int
    body: str
    verdict: Verdict

    @property
    def shown(self) -> str:
        """The body as a manual shows it."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return " ".join(self.body.split())[:60] or "(empty)"
        more = "".join(f", {name} {value}" for name, value in said.get("parameters", {}).items())
        return said.get("description", self.body) + more


def _says(status: int, words: str, verdict: Verdict, **parameters: int) -> Case:
    body = {
        "ok": False,
        "error_code": status,
        "description": words,
        **({"parameters": parameters} if parameters else {}),
    }
    return Case(status, json.dumps(body), verdict)


_V = Verdict
CASES = (
    _says(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
          "same as a current content and reply markup of the message", _V.DONE),
    _says(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", _V.DONE),
    _says(400, "Bad Request: message to delete not found", _V.DONE),
    _says(400, "Bad Request: message can't be deleted for everyone", _V.DONE),
    _says(400, "Bad Request: message to edit not found", _V.ANEW),
    _says(400, "Bad Request: message can't be edited", _V.ANEW),
    _says(400, "Bad Request: there is no text in the message to edit", _V.ANEW),
    _says(400, "Bad Request: MESSAGE_ID_INVALID", _V.ANEW),
    _says(400, "Bad Request: group chat was upgraded to a supergroup chat", _V.MOVED, migrate_to_chat_id=-1001234),
    _says(400, "Bad Request: group chat was upgraded to a supergroup chat", _V.UNREACHABLE),
    _says(400, "Bad Request: chat not found", _V.UNREACHABLE),
    _says(400, "Bad Request: user not found", _V.UNREACHABLE),
    _says(400, "Bad Request: PEER_ID_INVALID", _V.UNREACHABLE),
    _says(400, "Bad Request: have no rights to send a message", _V.UNREACHABLE),
    _says(400, "Bad Request: not enough rights to send text messages to the chat", _V.UNREACHABLE),
    _says(400, "Bad Request: need administrator rights in the channel chat", _V.UNREACHABLE),
    _says(400, "Bad Request: CHAT_WRITE_FORBIDDEN", _V.UNREACHABLE),
    _says(400, "Bad Request: CHAT_RESTRICTED", _V.UNREACHABLE),
    _says(400, "Bad Request: TOPIC_CLOSED", _V.UNREACHABLE),
    _says(400, "Bad Request: message thread not found", _V.UNREACHABLE),
    _says(403, "Forbidden: bot was blocked by the user", _V.UNREACHABLE),
    _says(403, "Forbidden: user is deactivated", _V.UNREACHABLE),
    _says(403, "Forbidden: bot can't initiate conversation with a user", _V.UNREACHABLE),
    _says(403, "Forbidden: bot can't send messages to bots", _V.UNREACHABLE),
    _says(403, "Forbidden: bot was kicked from the group chat", _V.UNREACHABLE),
    _says(403, "Forbidden: bot was kicked from the supergroup chat", _V.UNREACHABLE),
    _says(403, "Forbidden: bot is not a member of the channel chat", _V.UNREACHABLE),
    _says(403, "Forbidden: the group chat was deleted", _V.UNREACHABLE),
    _says(400, "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"", _V.REJECTED),
    _says(400, "Bad Request: message text is empty", _V.REJECTED),
    _says(400, "Bad Request: message is too long", _V.REJECTED),
    _says(400, "Bad Request: message caption is too long", _V.REJECTED),
    _says(400, "Bad Request: BUTTON_DATA_INVALID", _V.REJECTED),
    _says(400, "Bad Request: wrong file identifier/HTTP URL specified", _V.REJECTED),
    _says(400, "Bad Request: wrong remote file identifier specified: Wrong padding in the string", _V.REJECTED),
    _says(400, "Bad Request: file is too big", _V.REJECTED),
    _says(400, "Bad Request: PHOTO_INVALID_DIMENSIONS", _V.REJECTED),
    _says(400, "Bad Request: message to be replied not found", _V.REJECTED),
    _says(404, "Not Found: method not found", _V.REJECTED),
    _says(413, "Request Entity Too Large", _V.REJECTED),
    _says(401, "Unauthorized", _V.LOCKED_OUT),
    _says(404, "Not Found", _V.LOCKED_OUT),
    _says(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
          _V.LOCKED_OUT),
    _says(429, "Too Many Requests: retry after 17", _V.WAIT, retry_after=17),
    _says(429, "Too Many Requests", _V.RETRY),
    _says(500, "Internal Server Error: restart", _V.RETRY),
    _says(504, "Gateway Timeout", _V.RETRY),
    Case(502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", _V.RETRY),
    Case(413, "<html><head><title>413 Request Entity Too Large</title></head></html>", _V.REJECTED),
    Case(403, "<html><body>Access denied by the firewall</body></html>", _V.RETRY),
    Case(200, "<html><body>Please sign in to this network</body></html>", _V.RETRY),
    Case(200, '{"ok": true', _V.RETRY),
    Case(503, "", _V.RETRY),
)  # fmt: skip
"""Telegram's words in the order of the verdicts; what is no answer of the Bot API says nothing of the message."""

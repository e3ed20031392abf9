"""Button tokens: 40 characters that prove which button we made, for whom, about what; never what one may do.

Authority is read from the database when the button is pressed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass

VERSION = 1
_BODY = struct.Struct(">B2sqI3s")
_MAC_BYTES = 12
LENGTH = 40


@dataclass(frozen=True)
class Pressed:
    """What a genuine token says: the action's name, what it is about, and a small argument."""

    action: str
    subject: int
    arg: int


class Tokens:
    """Signs and opens tokens for a fixed set of actions.

    Parameters:
        secret: at least 16 bytes, the same in every process that serves one bot.
        actions: every action's name; two names that would share a code are refused at assembly.
    """

    def __init__(self, secret: bytes, actions: Iterable[str]) -> None:
        if len(secret) < 16:
            raise ValueError("the secret for buttons needs at least 16 bytes")
        self._secret = secret
        self._codes: dict[str, bytes] = {}
        self._names: dict[bytes, str] = {}
        for name in actions:
            code = hashlib.sha256(name.encode()).digest()[:2]
            if self._names.setdefault(code, name) != name:
                raise ValueError(f"actions {name!r} and {self._names[code]!r} share a code; rename one")
            self._codes[name] = code

    def seal(self, user_id: int, action: str, subject: int = 0, arg: int = 0) -> str:
        """The token for one person's button. `subject` is a row's id, `arg` an unsigned 32-bit number."""
        body = _BODY.pack(VERSION, self._codes[action], subject, arg, secrets.token_bytes(3))
        return base64.urlsafe_b64encode(body + self._mac(body, user_id)).decode()

    def open(self, user_id: int, data: str) -> Pressed | None:
        """What the token says, or `None` when it is not ours, not this person's, or from an older version."""
        if len(data) != LENGTH:
            return None
        try:
            raw = base64.b64decode(data.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            return None
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body, user_id)):
            return None
        version, code, subject, arg, _nonce = _BODY.unpack(body)
        name = self._names.get(code)
        return Pressed(name, subject, arg) if version == VERSION and name else None

    def _mac(self, body: bytes, user_id: int) -> bytes:
        return hmac.digest(self._secret, body + user_id.to_bytes(8, "big", signed=True), "sha256")[:_MAC_BYTES]

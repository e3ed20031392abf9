"""The vault: personal values that can be compared and not read, and values that can be read only with the key.

The key stands in the settings, outside the database. Several keys mean a change of key: the first seals and marks,
all of them open and compare.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """A sealed value was sealed with a key that is not among those given."""


class Vault:
    """Seals and marks personal values.

    Parameters:
        keys: 32 bytes each, the newest first.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("the vault needs at least one key of 16 bytes or more")
        self._marking = [hmac.digest(key, b"mark", "sha256") for key in keys]
        self._sealing = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(hmac.digest(key, b"seal", "sha256"))) for key in keys]
        )

    def mark(self, kind: str, value: str) -> str:
        """A keyed hash of 64 characters: equal values of one kind have equal marks, and no mark can be turned back."""
        return self.marks(kind, value)[0]

    def marks(self, kind: str, value: str) -> list[str]:
        """The value's mark under every key, the newest first."""
        text = f"{kind}:{value}".encode()
        return [hmac.new(key, text, hashlib.sha256).hexdigest() for key in self._marking]

    def same(self, kind: str, value: str, mark: str | None) -> bool:
        """Whether a mark was made from this value, in a time that tells nothing about either."""
        wanted = mark or "0" * 64
        found = [hmac.compare_digest(each, wanted) for each in self.marks(kind, value)]
        return any(found) and mark is not None

    def seal(self, text: str) -> str:
        """The text encrypted with the newest key."""
        return self._sealing.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again.

        Raises:
            VaultError: none of the keys opens it.
        """
        try:
            return self._sealing.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise VaultError from error

    def opens(self, sealed: str) -> bool:
        """Whether one of the keys opens it."""
        try:
            self._sealing.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def seal_again(self, sealed: str) -> str:
        """The same under the newest key. Raises as `open` does."""
        try:
            return self._sealing.rotate(sealed.encode()).decode()
        except InvalidToken as error:
            raise VaultError from error

    def pack(self, value: Any) -> str:
        """Any JSON value, compressed and sealed."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self._sealing.encrypt(zlib.compress(text.encode())).decode()

    def unpack(self, packed: str) -> Any:
        """The JSON value again. Raises as `open` does."""
        try:
            return json.loads(zlib.decompress(self._sealing.decrypt(packed.encode())))
        except InvalidToken as error:
            raise VaultError from error


def masked(phone: str) -> str:
    """A phone number as it may be shown to those who check it: the first three and the last four digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"

"""Secrets at rest: kept under a key, so that a copy of the database does not tell them."""

from __future__ import annotations

import base64
from hashlib import sha256

from bot.errors import StoreError

SEALED = "fernet:"
"""What is kept under a key begins so; what is not was kept without one."""

WRONG_KEY = "A token in the database is kept under another ENCRYPTION_KEY than the one that is set."
NO_KEY = "A token in the database is kept under a key: set the ENCRYPTION_KEY that it was kept under."


class Seal:
    """Seals texts with Fernet (AES and HMAC, https://github.com/fernet/spec), under a key made of a setting.

    The setting is long and random (bot.config), so one round of SHA-256 makes a key of it. Without one, texts
    are kept as they are; those that were are read as they are, and sealed when they change.
    """

    def __init__(self, key: str = "") -> None:
        self._key = key

    def sealed(self, text: str) -> str:
        """Return a text as it is kept."""
        if not self._key or not text:
            return text
        from cryptography.fernet import Fernet  # noqa: PLC0415 - slow to load, for those alone who have a key

        return SEALED + Fernet(fernet_key(self._key)).encrypt(text.encode()).decode()

    def opened(self, kept: str) -> str:
        """Return a text that was kept.

        Raises:
            StoreError: it was kept under another key.
        """
        if not kept.startswith(SEALED):
            return kept
        if not self._key:
            raise StoreError(NO_KEY)
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - as above

        try:
            return Fernet(fernet_key(self._key)).decrypt(kept.removeprefix(SEALED).encode()).decode()
        except InvalidToken:
            raise StoreError(WRONG_KEY) from None


def fernet_key(setting: str) -> bytes:
    """Return the 32 bytes, in base64, that Fernet works with."""
    return base64.urlsafe_b64encode(sha256(f"papers-bot tokens {setting}".encode()).digest())

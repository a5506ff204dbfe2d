"""The seam through which the ledger's secrets are sealed: `cryptography.fernet.Fernet` fits as it is."""

from typing import Protocol


class Cipher(Protocol):
    """Authenticated encryption with a key the ledger never sees."""

    def encrypt(self, data: bytes, /) -> bytes:
        """Seal."""

    def decrypt(self, token: bytes, /) -> bytes:
        """Open. Raises when the key is another one or the bytes were changed."""

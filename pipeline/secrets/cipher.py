"""The cipher that the ledger encrypts upload progress with: `cryptography.fernet.Fernet` fits as it is."""

from typing import Protocol


class Cipher(Protocol):
    """Authenticated encryption with a key the ledger never sees."""

    def encrypt(self, data: bytes, /) -> bytes:
        """Encrypt."""

    def decrypt(self, token: bytes, /) -> bytes:
        """Decrypt. Raises when the key is another one or the bytes were changed."""

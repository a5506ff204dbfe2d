"""Keyrings for tests, chosen as a user chooses one: by PYTHON_KEYRING_BACKEND. What they keep lies in the file KEYRING_TEST_FILE."""

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Working(KeyringBackend):
    priority = 5

    def _all(self) -> dict[str, str]:
        path = Path(os.environ["KEYRING_TEST_FILE"])
        return dict(json.loads(path.read_text())) if path.is_file() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        path = Path(os.environ["KEYRING_TEST_FILE"])
        path.write_text(json.dumps({**self._all(), f"{service}/{username}": password}))

    def delete_password(self, *_: str) -> None:
        raise PasswordDeleteError


class Waiting(Working):
    """Opens a window that nobody sees."""

    def get_password(self, *_: str) -> str | None:
        time.sleep(600)
        return None


class Locked(Working):
    def get_password(self, *_: str) -> str | None:
        raise KeyringLocked


class Forgetful(Working):
    """Takes everything and keeps nothing."""

    def set_password(self, *_: str) -> None: ...

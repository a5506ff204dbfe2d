"""A child process that asks the system keyring, so that a keyring that hangs, or opens a window nobody sees, can be ended.

`keyring_child.py get` and `keyring_child.py set` (the value on standard input) print one line of JSON: state, value. Nothing of
FieldCut is imported.
"""

import json
import sys
from contextlib import closing
from typing import Any

SERVICE, ENTRY = "FieldCut", "vault"
SILENT = ("keyring.backends.SecretService", "keyring.backends.macOS", "keyring.backends.Windows")
"""Backends that answer without opening a window when they are unlocked. KWallet opens one to create a wallet."""


def main(verb: str) -> dict[str, Any]:
    """Return the state (ok, locked, none: no keyring can be used) and the value."""
    keyring = _keyring()
    if keyring is None:
        return {"state": "none"}
    if type(keyring).__module__ == "keyring.backends.SecretService" and _locked():
        return {"state": "locked"}
    if verb == "set":
        keyring.set_password(SERVICE, ENTRY, sys.stdin.read())
    return {"state": "ok", "value": keyring.get_password(SERVICE, ENTRY)}


def _keyring() -> Any:
    from keyring import backend, core

    # Below 1 are those that keep nothing, or keep it in the clear.
    chosen = core.load_env() or core.load_config()
    if chosen is not None:
        return chosen if chosen.priority >= 1 else None
    usable = [ring for ring in backend.get_all_keyring() if type(ring).__module__.startswith(SILENT) and ring.priority >= 1]
    return max(usable, key=lambda ring: ring.priority, default=None)


def _locked() -> bool:
    """The default collection only: asking for a missing one would create it, with a window."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        return bool(secretstorage.Collection(connection).is_locked())


if __name__ == "__main__":
    try:
        answer = main(sys.argv[1])
    except Exception as error:  # a bus that is not there, a collection that is not there, a backend that broke
        answer = {"state": "none", "why": type(error).__name__}
    print(json.dumps(answer))

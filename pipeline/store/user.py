"""The store that all workspaces of a user share: what is the same for each and too large to lie in every one."""

import os
from pathlib import Path

import platformdirs

from pipeline.store.content import Store

USER_CACHE = "FIELDCUT_USER_CACHE"
"""Names another folder than the system's for caches."""


def user_store() -> Store:
    """The user's own store, in the system's folder for caches or in the one that the environment names; nothing is made yet."""
    named = os.environ.get(USER_CACHE, "").strip()
    return Store(Path(named).expanduser() if named else platformdirs.user_cache_path("fieldcut", appauthor=False))

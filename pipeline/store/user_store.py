"""The store that all workspaces of a user share, for what is the same in each and too large to keep several times."""

import os
from pathlib import Path

import platformdirs

from pipeline.store.content import Store

USER_CACHE = "FIELDCUT_USER_CACHE"
"""Environment variable that names a folder to use instead of the system's for caches."""


def user_store() -> Store:
    """The user's own store, in the system's folder for caches or the one that the environment names; no folder is made yet."""
    configured = os.environ.get(USER_CACHE, "").strip()
    return Store(Path(configured).expanduser() if configured else platformdirs.user_cache_path("fieldcut", appauthor=False))


def user_models() -> Path:
    """The folder of the models that a person fetched: no cache, since they do not come back by themselves. No folder is made yet."""
    configured = os.environ.get(USER_CACHE, "").strip()
    own = Path(configured).expanduser() if configured else platformdirs.user_data_path("fieldcut", appauthor=False)
    return own / "speech_models"

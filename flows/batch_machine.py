"""What a run of a batch finds on the machine that works for others: its own store, the shared one, and its cores.

`fieldcut worker` puts it into the environment of the worker, which hands it on to the process of each run.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.store.shared import SharedStore
from pipeline.store.shared_files import open_shared_files

SHARED, ENDPOINT, REGION = "FIELDCUT_SHARED", "FIELDCUT_SHARED_ENDPOINT", "FIELDCUT_SHARED_REGION"
CACHE, CACHE_GB, THREADS = "FIELDCUT_WORKER_CACHE", "FIELDCUT_WORKER_CACHE_GB", "FIELDCUT_WORKER_THREADS"


@dataclass(frozen=True)
class BatchMachine:
    """One machine that works for others. cache: the folder of its own store. threads: cores that it may use, 0 for all."""

    shared: str
    cache: Path
    cache_gb: float = 20.0
    threads: int = 0
    endpoint_url: str = ""
    region: str = ""

    @classmethod
    def here(cls, environment: Mapping[str, str] = os.environ) -> "BatchMachine":
        """This machine, by what `fieldcut worker` has put into the environment."""
        return cls(
            shared=environment[SHARED],
            cache=Path(environment[CACHE]),
            cache_gb=float(environment.get(CACHE_GB) or 20.0),
            threads=int(environment.get(THREADS) or 0),
            endpoint_url=environment.get(ENDPOINT, ""),
            region=environment.get(REGION, ""),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which `here` finds it again."""
        return {
            SHARED: self.shared,
            CACHE: str(self.cache),
            CACHE_GB: f"{self.cache_gb:g}",
            THREADS: str(self.threads),
            ENDPOINT: self.endpoint_url,
            REGION: self.region,
        }

    def store(self) -> SharedStore:
        """Its store. Raises UserMistake for an address that is wrong, SharedStoreUnreachable for a shared place that is not there."""
        self.cache.mkdir(parents=True, exist_ok=True)
        return SharedStore(self.cache, open_shared_files(self.shared, self.endpoint_url, self.region), strict=True)

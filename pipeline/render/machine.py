"""How much of this computer a render may take. No part of any key: whatever it says, the same bytes come out."""

import os

from pydantic import Field

from pipeline.documents.base import Frozen


class Machine(Frozen):
    """What a render may take."""

    threads: int = Field(default=0, ge=0)
    """Cores to keep busy; 0 for all that this process may use."""
    nice: int = Field(default=0, ge=0, le=19)
    """Added to the niceness of every child: how readily it waits for other programs."""

    @property
    def cores(self) -> int:
        """Cores to keep busy, at least one."""
        return self.threads or allowed_cores()


def allowed_cores() -> int:
    """Cores that this process may use: a container or `taskset` allows fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


WHOLE = Machine()
"""All of it, at this process's own niceness."""

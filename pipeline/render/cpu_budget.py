"""How many cores a render may use, and at which priority. Part of no content key: the bytes do not depend on it."""

from pydantic import Field

from pipeline.documents.base import Frozen
from pipeline.system import allowed_cores


class CpuBudget(Frozen):
    """Cores and priority of a render."""

    threads: int = Field(default=0, ge=0)
    """Cores to keep busy; 0 for all that this process may use."""
    nice: int = Field(default=0, ge=0, le=19)
    """Added to the niceness of every child process."""

    @property
    def cores(self) -> int:
        """Cores to keep busy, at least one."""
        return self.threads or allowed_cores()


ALL_CORES = CpuBudget()
"""Every core, at this process's own niceness."""

"""How much of this computer a render may take. No part of any key: whatever it says, the same bytes come out."""

from pydantic import Field

from pipeline.documents.base import Frozen
from pipeline.system import allowed_cores


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


WHOLE = Machine()
"""All of it, at this process's own niceness."""

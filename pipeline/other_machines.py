"""The seam to other machines that take a part of a story's work: what is asked of them, whoever brings it there."""

from typing import Literal, Protocol

Work = Literal["chunks", "clips"]
"""Chunks to render, clips to judge."""


class OtherMachines(Protocol):
    """Machines that wait for batches of one story. Every call may raise a FieldCutError: then this machine goes on alone."""

    def waiting(self, work: Work) -> int:
        """How many of them would take such work now, or soon."""

    def order(self, work: Work, batch: str, number: int, count: int) -> None:
        """Ask for a batch, number of count (from 1). batch: its name in the shared store."""

    def withdraw(self, *, unwanted: bool) -> None:
        """Take back what was asked for and has not begun: all of it is done. unwanted: end what has begun, too. Never raises."""

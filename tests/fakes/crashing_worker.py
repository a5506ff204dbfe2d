"""A process that dies: at the n-th statement that writes the ledger, its commit, a call that leaves, or an answer that arrives.

What is dead writes nothing more, so that whatever runs on the way out of a stack has no effect, as after `kill -9`.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import fsspec.asyn
import httpx
import s3fs  # noqa: F401  (it takes `sync` by its name when it is loaded: not while another one stands in for it)
from sqlalchemy import Engine, event

WRITES = ("INSERT", "UPDATE", "DELETE")


class Died(BaseException):
    """It is over with this worker."""


class Life:
    """Ends at its n-th moment; 0 is never. really: by SIGKILL instead of an exception. moments: how many there were."""

    def __init__(self, ends_at: int, *, really: bool = False) -> None:
        self._ends_at = ends_at
        self._really = really
        self.moments = 0
        self.dead = False

    @contextmanager
    def lived(self, client: httpx.Client) -> Iterator["Life"]:
        """Count the moments of this process while the block runs."""
        hooks, sync = client.event_hooks, fsspec.asyn.sync
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._moment)
        client.event_hooks = {"request": [*hooks["request"], self._moment], "response": [*hooks["response"], self._moment]}
        fsspec.asyn.sync = self._called(sync)  # what stores are asked goes by no client of ours
        try:
            yield self
        finally:
            event.remove(Engine, "before_cursor_execute", self._statement)
            event.remove(Engine, "commit", self._moment)
            client.event_hooks, fsspec.asyn.sync = hooks, sync

    def _called(self, sync: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any, **more: Any) -> Any:
            self._moment()
            answer = sync(*given, **more)
            self._moment()
            return answer

        return called

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self.dead or statement.lstrip().upper().startswith(WRITES):
            self._moment()

    def _moment(self, *_: Any) -> None:
        if self.dead:
            raise Died
        self.moments += 1
        if self.moments == self._ends_at:
            self.dead = True
            if self._really:
                os.kill(os.getpid(), signal.SIGKILL)
            raise Died

"""Workers that really are killed, in processes of their own, against a server in another: `kill -9` at a counted moment."""

import signal
import time
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx

from pipeline.publish.ledger import Entry
from tests.fakes.fault_runs import one_life, what_is_wrong
from tests.fakes.publishing_setup import ADAPTERS, NOW, OWN, Adapter, Stand
from tests.fakes.servers.fault_plan import Plan
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.server_process import spawned
from tests.fakes.servers.truth import Truth

ANSWER_S = 1.0


class SharedClock:
    """One clock for the workers and the server, which ticks; waiting puts it forward for both. state: a file with by how much."""

    def __init__(self, state: Path, url: str, since: float) -> None:
        self._state, self._url, self._since = state, url, since

    def __call__(self) -> datetime:
        return self.now()

    def now(self) -> datetime:
        """Aware."""
        ahead = float(self._state.read_text()) if self._state.exists() else 0.0
        return NOW + timedelta(seconds=time.monotonic() - self._since + ahead)

    def wait(self, seconds: float) -> None:
        """At once, here and there."""
        self.advance(seconds)

    def until(self, at: datetime) -> None:
        """Put it to `at`, if that is not past."""
        self.advance((at - self.now()).total_seconds())

    def advance(self, seconds: float) -> None:
        """Put it forward."""
        if seconds <= 0:
            return
        ahead = float(self._state.read_text()) if self._state.exists() else 0.0
        httpx.post(f"{self._url}/-/clock", json={"advance_s": seconds}, trust_env=False).raise_for_status()
        part = self._state.with_suffix(".part")
        part.write_text(repr(ahead + seconds))
        part.replace(self._state)


def killed_run(
    adapter: Adapter, folder: Path, plan: Plan, moments: tuple[int, ...], settings: CommonSettings | None = None
) -> tuple[Entry, tuple[str, ...], Truth, int]:
    """One release; its workers are killed at these moments, one after the other, and the last one lives.

    How the ledger has it in the end, what is wrong with that, what the platform has, and how many workers were killed.
    """
    with spawned(adapter.server.platform, plan, folder, settings=settings, now=NOW) as server:
        since = time.monotonic()
        given = (adapter.name, folder, server.url, since)
        made = _stand(*given)
        tokens = server.grant(OWN, adapter.scopes)
        made.log_in(tokens["access_token"], tokens["refresh_token"], NOW + timedelta(hours=40))
        context: Any = get_context("forkserver")
        context.set_forkserver_preload(["tests.fakes.killed_worker"])
        killed = 0
        for moment in (*moments, 0):
            process = context.Process(target=_live, args=(*given, moment))
            process.start()
            process.join()
            assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
            killed += process.exitcode != 0
        truth = server.truth()
        with made.worker() as context:
            [entry] = context.ledger.releases()
            wrong = tuple(what_is_wrong(entry, context.ledger, list(truth.posts)))
    return entry, wrong, truth, killed


def _stand(name: str, folder: Path, url: str, since: float) -> Stand:
    adapter = next(adapter for adapter in ADAPTERS if adapter.name == name)
    clock = SharedClock(folder / "clock", url, since)
    return Stand(adapter, folder / "w", url, clock, answer_s=ANSWER_S, new=not (folder / "w").exists())


def _live(name: str, folder: Path, url: str, since: float, moment: int) -> None:
    one_life(_stand(name, folder, url, since), moment, really=True)

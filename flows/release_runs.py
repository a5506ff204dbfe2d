"""Runs of releases, ordered from the Prefect server when they fall due."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.prefect_api import PrefectApi
from pipeline.actions.due_releases import DueRelease, due_soon
from pipeline.actions.workspace_sheet import sheet_state

PUBLISH_RELEASE, SETTLE_RELEASES = "publish-release/publish-release", "settle-releases/settle-releases"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 60.0
"""After a run ended and its release is due all the same, before the next one: its process was killed, or nothing came of it."""


@dataclass
class _Order:
    """The last run of a release: its key, how often it was ordered, the run, and when a further one may be ordered (monotonic)."""

    key: str
    attempt: int
    run: str
    again_s: float = 0.0


@dataclass
class ReleaseRuns:
    """Orders a run for each release that falls due, and another one when that came to nothing. It remembers nothing that matters: a watch
    that begins anew orders by the same keys, and the ledger knows what was done."""

    api: PrefectApi
    workspace: Path
    language: str
    _orders: dict[str, _Order] = field(default_factory=dict)
    _sheet_seen: str | None = None
    _sheet_settled: str | None = None

    def look_at_sheet(self) -> bool:
        """Order a run of `settle-releases` once the product sheet is written and rests, and once at the beginning: what is live is held
        against it. Returns whether one was ordered; raises Fault when the server does not answer."""
        state = sheet_state(self.workspace)
        rests, self._sheet_seen = state == self._sheet_seen, state
        if not rests or state == self._sheet_settled:
            return False
        if self.api.order_run(SETTLE_RELEASES, f"sheet:{state}") is None:
            return False
        self._sheet_settled = state
        return True

    def look(self, now: datetime, elapsed_s: float) -> int:
        """Order what is due. now: aware. elapsed_s: seconds on a clock that is never set. Returns how many runs were ordered.

        Raises as `due_soon` does, and Fault when the server does not answer.
        """
        ordered, due = 0, due_soon(self.workspace, now)
        for release in due:
            previous = self._orders.get(release.release)
            if previous is not None and not self._may_follow(previous, release, elapsed_s):
                continue
            self._order(release, previous.attempt + 1 if previous is not None and previous.key == release.key else 1)
            ordered += 1
        known = {release.release for release in due}
        self._orders = {release: order for release, order in self._orders.items() if release in known}
        return ordered

    def _may_follow(self, previous: _Order, release: DueRelease, elapsed_s: float) -> bool:
        """Whether another run may be ordered: the last one has ended, and it moved the release, or that was a while ago."""
        if not previous.again_s:
            if self.api.run_state(previous.run) is not None:
                return False
            previous.again_s = elapsed_s + min(FIRST_PAUSE_S * 2 ** (previous.attempt - 1), LONGEST_PAUSE_S)
        return previous.key != release.key or elapsed_s >= previous.again_s

    def _order(self, release: DueRelease, attempt: int) -> None:
        title = f"{release.story} · {release.destination}"
        parameters = {"release": release.release, "workspace": str(self.workspace), "language": self.language}
        if run := self.api.order_run(PUBLISH_RELEASE, f"{release.key}:{attempt}", title, parameters):
            self._orders[release.release] = _Order(release.key, attempt, run)

"""Runs of releases, ordered from the Prefect server when they fall due."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.prefect_api import PrefectApi
from flows.run_names import name_of_several, release_run_name
from pipeline.actions.due_releases import DueRelease, due_soon
from pipeline.actions.workspace_sheet import sheet_state

PUBLISH_RELEASE, SETTLE_RELEASES = "publish-release/publish-release", "settle-releases/settle-releases"
MOST_TOGETHER, CLOSE_S = 10, 30.0
"""Releases that one run goes on with, and how far their hours may lie apart."""
MOST_TITLE = 100
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
    """Orders a run for the releases that fall due together, and another one for each of which nothing came.

    It remembers nothing that matters: a watch that begins anew orders by the same keys, and the ledger knows what was done.
    """

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
        due = due_soon(self.workspace, now)
        to_order: list[tuple[DueRelease, int]] = []
        for release in due:
            previous = self._orders.get(release.release)
            if previous is None:
                to_order.append((release, 1))
            elif self._may_follow(previous, release, elapsed_s):
                to_order.append((release, previous.attempt + 1 if previous.key == release.key else 1))
        batches = list(_together(to_order))
        for batch in batches:
            self._order(batch)
        known = {release.release for release in due}
        self._orders = {release: order for release, order in self._orders.items() if release in known}
        return len(batches)

    def _may_follow(self, previous: _Order, release: DueRelease, elapsed_s: float) -> bool:
        """Whether another run may be ordered: the last one has ended, and it moved the release, or that was a while ago; or it goes on for
        others only, which may take hours for their uploads."""
        if not previous.again_s:
            if self.api.run_state(previous.run) is not None:
                return previous.key != release.key and not release.held
            previous.again_s = elapsed_s + min(FIRST_PAUSE_S * 2 ** (previous.attempt - 1), LONGEST_PAUSE_S)
        return previous.key != release.key or elapsed_s >= previous.again_s

    def _order(self, batch: Sequence[tuple[DueRelease, int]]) -> None:
        """Order one run for several releases. attempt: of each, from 1."""
        title = name_of_several([self._name(release) for release, _ in batch], self.language)[:MOST_TITLE]
        ids = ",".join(release.release for release, _ in batch)
        parameters = {"release": ids, "workspace": str(self.workspace), "language": self.language}
        key = "+".join(f"{release.key}:{attempt}" for release, attempt in batch)
        key = key if len(batch) == 1 else f"releases:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        if run := self.api.order_run(PUBLISH_RELEASE, key, title, parameters):
            self._orders |= {release.release: _Order(release.key, attempt, run) for release, attempt in batch}

    def _name(self, due: DueRelease) -> str:
        return release_run_name(due.story, due.product, due.destination, due.account, due.planned_at or due.due_at, self.language)


def _together(orders: Sequence[tuple[DueRelease, int]]) -> Iterator[list[tuple[DueRelease, int]]]:
    """Releases whose hours lie close together, in batches: a run is a process, and twenty of them would be too much for a laptop."""
    batch: list[tuple[DueRelease, int]] = []
    for order in sorted(orders, key=lambda order: (order[0].due_at, order[0].release)):
        if batch and (len(batch) == MOST_TOGETHER or (order[0].due_at - batch[0][0].due_at).total_seconds() > CLOSE_S):
            yield batch
            batch = []
        batch.append(order)
    if batch:
        yield batch

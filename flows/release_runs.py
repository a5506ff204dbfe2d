"""Runs of releases, ordered from the Prefect server when they fall due."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.order_book import OrderBook
from flows.prefect_api import PrefectApi
from flows.run_names import name_of_several, release_run_name
from pipeline.actions.due_releases import DueRelease
from pipeline.actions.workspace_sheet import sheet_state

PUBLISH_RELEASE, SETTLE_RELEASES = "publish-release/publish-release", "settle-releases/settle-releases"
MOST_TOGETHER, CLOSE_S = 10, 30.0
"""Releases that one run goes on with, and how far their hours may lie apart."""
MOST_TITLE = 100
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 60.0
"""After a run ended and its release is due all the same, before the next one: its process was killed, or nothing came of it."""


@dataclass
class ReleaseRuns:
    """Orders a run for the releases that fall due together, and another one for each of which nothing came."""

    api: PrefectApi
    workspace: Path
    language: str
    _book: OrderBook = field(init=False)
    _sheet_seen: str | None = None
    _sheet_settled: str | None = None

    def __post_init__(self) -> None:
        self._book = OrderBook(self.api, PUBLISH_RELEASE, lambda attempt: min(FIRST_PAUSE_S * 2 ** (attempt - 1), LONGEST_PAUSE_S))

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

    def look(self, due: Sequence[DueRelease], elapsed_s: float) -> int:
        """Order what is due. elapsed_s: seconds on a clock that is never set. Returns how many runs were ordered.

        Raises Fault when the server does not answer.
        """
        attempts = [(release, self._book.next_attempt(release.release, release.key, elapsed_s, left=not release.held)) for release in due]
        ordered = sum(self._order(batch) for batch in _together([(release, number) for release, number in attempts if number is not None]))
        self._book.forget_all_but({release.release for release in due})
        return ordered

    def _order(self, batch: Sequence[tuple[DueRelease, int]]) -> bool:
        """Order one run for several releases, each with the number of its attempt."""
        title = name_of_several([self._name(release) for release, _ in batch], self.language)[:MOST_TITLE]
        ids = ",".join(release.release for release, _ in batch)
        parameters = {"release": ids, "workspace": str(self.workspace), "language": self.language}
        key = "+".join(f"{release.key}:{attempt}" for release, attempt in batch)
        key = key if len(batch) == 1 else f"releases:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        return self._book.order(key, title, parameters, {release.release: (release.key, attempt) for release, attempt in batch})

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

"""Runs of releases that wait for a person: ordered from the Prefect server, and resumed when the ledger has the answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.order_book import OrderBook
from flows.prefect_api import PrefectApi
from flows.run_names import release_run_name
from pipeline.actions.open_approvals import OpenApproval

FLOW = "approve-release"
APPROVE_RELEASE = f"{FLOW}/{FLOW}"
AGAIN_S = 30.0
"""After a run ended though its release still waits (somebody cancelled it, its time was over), before the next one is ordered."""
RESUMING = {"name": ""}
"""What comes with a resuming by us. It says nothing; an empty one would not be kept, and the run would look for it in vain."""


@dataclass
class ApprovalRuns:
    """Has one run for each release that waits; suspended runs say themselves what they wait for."""

    api: PrefectApi
    workspace: Path
    language: str
    _book: OrderBook = field(init=False)
    _any_suspended: bool = True

    def __post_init__(self) -> None:
        self._book = OrderBook(self.api, APPROVE_RELEASE, lambda _attempt: AGAIN_S)

    def look(self, waiting: Sequence[OpenApproval], elapsed_s: float) -> int:
        """Order what waits and has no run, resume what has its answer. elapsed_s: seconds on a clock that is never set.

        Returns how many runs were ordered or resumed. Raises Fault when the server does not answer.
        """
        done = sum(self._order(approval, elapsed_s) for approval in waiting)
        self._book.forget_all_but({approval.key for approval in waiting})
        if waiting or self._any_suspended:
            suspended = self._suspended()
            self._any_suspended = bool(suspended or waiting)
            done += sum(self._resume(run) for run in _answered(suspended, waiting))
        return done

    def _order(self, approval: OpenApproval, elapsed_s: float) -> bool:
        """Order a run, unless one is there. Returns whether it did."""
        attempt = self._book.next_attempt(approval.key, approval.key, elapsed_s)
        if attempt is None:
            return False
        parameters = {"release": approval.release, "question": approval.question}
        parameters |= {"workspace": str(self.workspace), "language": self.language}
        place = (approval.platform, approval.account)
        title = release_run_name(approval.story, approval.product, *place, approval.planned_at, self.language)
        return self._book.order(f"{approval.key}:{attempt}", title, parameters, {approval.key: (approval.key, attempt)})

    def _suspended(self) -> list[dict[str, Any]]:
        return self.api.find_runs({"flows": {"name": {"any_": [FLOW]}}, "flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}})

    def _resume(self, run: dict[str, Any]) -> bool:
        """Resume a run, which looks into the ledger; one that cannot be resumed (it died while it was suspended) is ended."""
        answer = self.api.post(f"/flow_runs/{run['id']}/resume", {"run_input": RESUMING}) or {}
        if answer.get("status") == "ACCEPT":
            return True
        if answer.get("status") == "REJECT":
            self.api.post(f"/flow_runs/{run['id']}/set_state", {"state": {"type": "CANCELLED"}, "force": True})
        return False


def _answered(suspended: Iterable[dict[str, Any]], waiting: Iterable[OpenApproval]) -> list[dict[str, Any]]:
    """The suspended runs whose question is no longer open."""
    still = {(approval.release, approval.question) for approval in waiting if approval.waits}
    return [run for run in suspended if (run["parameters"].get("release"), run["parameters"].get("question")) not in still]

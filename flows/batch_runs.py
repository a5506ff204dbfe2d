"""Batches of a story's work, ordered from the Prefect server as runs on the queue from which other machines take."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

from flows.deployments import OWN_WORKER, POOL, RENDER
from flows.prefect_api import PrefectApi
from flows.run_names import run_name
from pipeline.errors import FieldCutError
from pipeline.other_machines import Work

DEPLOYMENTS: dict[Work, str] = {"chunks": "render-batch/render-batch", "clips": "analyse-batch/analyse-batch"}
ASKS_WITHIN = timedelta(seconds=20)
"""A worker that waits asks every two seconds, one that is busy as well; the server notes it."""


class BatchRuns:
    """The runs of one story's batches; see `OtherMachines`. run: the story's own, so that another run orders anew."""

    def __init__(self, api_url: str, story: str, run: str, language: Literal["zh", "en"]) -> None:
        self._api = PrefectApi(api_url)
        self._story, self._run, self._language = story, run, language
        self._ordered: list[str] = []

    def waiting(self, work: Work) -> int:
        """See OtherMachines: none where nobody has asked for runs of the queue a moment ago, else the workers beside our own."""
        del work
        queue = self._api.get(f"/work_pools/{POOL}/queues/{RENDER}") or {}
        if not is_recent(queue.get("last_polled"), datetime.now(UTC)):
            return 0
        workers = self._api.post(f"/work_pools/{POOL}/workers/filter", {"workers": {"status": {"any_": ["ONLINE"]}}}) or []
        return max(1, len([worker for worker in workers if worker["name"] != OWN_WORKER]))

    def order(self, work: Work, batch: str, number: int, count: int) -> None:
        """See OtherMachines."""
        name = run_name(self._story, f"{work} {number}/{count}")
        key = f"{self._run}:{batch}"
        ordered = self._api.order_run(DEPLOYMENTS[work], key, name, {"batch": batch, "language": self._language})
        if ordered is not None:
            self._ordered.append(ordered)

    def withdraw(self, *, unwanted: bool) -> None:
        """See OtherMachines: runs that have not begun are cancelled at once, the others through their worker. A batch that is done finds
        nothing more to make, and ends by itself with the chunk in hand."""
        for run in self._ordered:
            with suppress(FieldCutError):
                state = self._api.run_state(run)
                if state is not None and (unwanted or state == "SCHEDULED"):
                    kind = "CANCELLED" if state == "SCHEDULED" else "CANCELLING"
                    self._api.post(f"/flow_runs/{run}/set_state", {"state": {"type": kind}})
        self._ordered.clear()


def is_recent(moment: str | None, now: datetime) -> bool:
    """Whether a moment, as the server writes it, was a short while ago."""
    try:
        return moment is not None and abs(now - datetime.fromisoformat(moment)) < ASKS_WITHIN
    except (TypeError, ValueError):
        return False

"""What a server believes that is not so: runs whose processes are dead, and scheduled ones whose time passed while nothing ran."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.deployments import SPREAD_QUEUES
from flows.prefect_api import PrefectApi

UNFINISHED = ["RUNNING", "PENDING", "CANCELLING"]
BATCH_LASTS = timedelta(hours=6)
"""No part of a story that another machine has taken goes on for so long."""


def sweep(api: PrefectApi) -> int:
    """Say of every run that is said to go on that it has crashed: no worker is alive, and none of its runs outlives it.

    Runs that other machines have taken are theirs. Returns how many there were. The server itself would say so hours later, or never.
    """
    runs = [
        run for run in api.find_runs({"flow_runs": {"state": {"type": {"any_": UNFINISHED}}}}) if not _is_of_others(run, datetime.now(UTC))
    ]
    for run in runs:
        crashed = {"type": "CRASHED", "name": "Crashed", "message": "Its process ended with FieldCut."}
        api.post(f"/flow_runs/{run['id']}/set_state", {"state": crashed, "force": True})
    return len(runs)


def _is_of_others(run: Mapping[str, Any], now: datetime) -> bool:
    """Whether a run goes on on another machine; one that began so long ago died there, and nobody has said so."""
    began = run.get("start_time") or run.get("expected_start_time")
    recent = not began or now - datetime.fromisoformat(str(began)) < BATCH_LASTS
    return run.get("work_queue_name") in SPREAD_QUEUES and recent


def drop_missed(api: PrefectApi, now: datetime) -> int:
    """Delete what schedules planned for the time when nothing ran, but for the last run of each deployment. Returns how many.

    One run does what all of them would have done, and each would cost its five seconds.
    """
    late = [
        run
        for run in api.find_runs({"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
        if run["auto_scheduled"] and _hour(run) < now
    ]
    newest: dict[str, datetime] = {}
    for run in late:
        newest[run["deployment_id"]] = max(_hour(run), newest.get(run["deployment_id"], _hour(run)))
    missed = [run for run in late if _hour(run) < newest[run["deployment_id"]]]
    for run in missed:
        api.delete(f"/flow_runs/{run['id']}")
    return len(missed)


def _hour(run: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(run["expected_start_time"])

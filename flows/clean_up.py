"""The cache kept within bounds by Prefect, every night: never the inbox, the ledger or the outbox."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import State, flow
from prefect.states import Completed, Failed

from flows.worker_process import end_with_worker, own_run_name
from pipeline.actions.cache import GB, shrink_cache, shrink_shared
from pipeline.actions.story_notifications import note_run_success, notify_run_failure
from pipeline.documents.message import M
from pipeline.errors import FieldCutError
from pipeline.language import say

CLEANING = M("Cleaning the cache")


@flow(name="clean-up", flow_run_name=own_run_name(CLEANING), retries=0, persist_result=False)
def clean_up(workspace: str = "workspace", days: int = 30, keep_gb: int = 20) -> State[str]:
    """Remove from the cache what was not used for `days`, then the longest unused until `keep_gb` gigabytes are left; and what
    machines that help have long had in the shared place."""
    end_with_worker()
    if not (Path(workspace) / "cache").is_dir():
        return Completed(message="-")
    try:
        report = shrink_cache(Path(workspace), days, keep_gb, datetime.now(UTC))
        shrink_shared(Path(workspace), datetime.now(UTC))
    except FieldCutError as error:
        notify_run_failure(Path(workspace), say(CLEANING, "zh"), error, datetime.now(UTC))
        return Failed(message=say(error.message, "zh"))
    note_run_success(Path(workspace), say(CLEANING, "zh"))
    freed = report.removed.bytes / GB if report.removed else 0.0
    return Completed(message=f"−{freed:.2f} GB, {report.size / GB:.2f} GB")

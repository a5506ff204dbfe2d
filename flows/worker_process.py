"""What a flow does first, and how it ends, in the process that a worker started for it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from prefect import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.run_log import open_run_log
from flows.run_names import run_name
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.story_notifications import note_run_success, notify_run_failure
from pipeline.documents.message import Message
from pipeline.errors import FieldCutError
from pipeline.language import say
from pipeline.settings import using_zone_of
from pipeline.system import end_with_parent


def end_with_worker() -> None:
    """Have this process end with its worker, however that ends: a run that outlives it would go on beside the one that replaces it."""
    if os.environ.get("PREFECT__FLOW_RUN_ID"):  # only there did a worker start it
        end_with_parent()


def own_run_name(what: Message) -> Callable[[], str]:
    """Make the name of a run that belongs to no story: what it does, and when."""

    def name() -> str:
        workspace, language = Path(str(flow_run.parameters.get("workspace", "workspace"))), str(flow_run.parameters.get("language", "zh"))
        try:
            with using_zone_of(workspace) as zone:
                return run_name(say(what, language), at=datetime.now(zone))
        except FieldCutError:  # the run itself says what is wrong with the settings
            return say(what, language)

    return name


def reported(work: Callable[[], PublishReport], workspace: Path, language: str, what: Message) -> State[str]:
    """Do the work of a run. It completes with the lines that the command prints, and fails with one line instead of a traceback.

    what: the work, in words. A failure is told to the channels of notices, once until the work succeeds.
    """
    from flows.run_artifacts import show_releases

    end_with_worker()
    log = open_run_log(workspace, flow=flow_run.flow_name or "", run=str(flow_run.id or ""))
    try:
        report = work()
    except Exception as error:
        failure = as_fieldcut_error(error, workspace)
        log.error("%s", failure.message)
        notify_run_failure(workspace, say(what, language), failure, datetime.now(UTC))
        return Failed(message=say(failure.message, language))
    note_run_success(workspace, say(what, language))
    for entry in report.entries:
        log.info("%s", entry.state, extra={"story": entry.release.story, "release": entry.id})
    if flow_run.id:
        show_releases(report.entries, language)
    text = "\n".join(report.lines)
    return Completed(message=text, data=text)

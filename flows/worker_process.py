"""What a flow does first, and how it ends, in the process that a worker started for it."""

import os
from collections.abc import Callable
from pathlib import Path

from prefect import State
from prefect.states import Completed, Failed

from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.publish_report import PublishReport
from pipeline.language import say
from pipeline.system import end_with_parent


def end_with_worker() -> None:
    """Have this process end with its worker, however that ends: a run that outlives it would go on beside the one that replaces it."""
    if os.environ.get("PREFECT__FLOW_RUN_ID"):  # only there did a worker start it
        end_with_parent()


def reported(work: Callable[[], PublishReport], workspace: Path, language: str) -> State[str]:
    """Do the work of a run. It completes with the lines that the command prints, and fails with one line instead of a traceback."""
    end_with_worker()
    try:
        text = "\n".join(work().lines)
    except Exception as error:
        return Failed(message=say(as_fieldcut_error(error, workspace).message, language))
    return Completed(message=text, data=text)

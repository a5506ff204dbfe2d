"""One release driven on by Prefect: its run begins a minute before it is due, waits for the hour, and looks whether it is live.

Prefect may run it twice or not at all; that it is published once is the ledger's work, which gives a release to one worker at a time and
never repeats a call that may have been heard.
"""

from pathlib import Path
from typing import Literal

from prefect import State, flow
from prefect.states import Completed, Failed

from flows.worker_process import end_with_worker
from pipeline.actions.due_releases import work_on_release
from pipeline.actions.failures import as_fieldcut_error
from pipeline.language import say


@flow(name="publish-release", retries=0, persist_result=False)
def publish_release(release: str, workspace: str = "workspace", language: Literal["zh", "en"] = "zh") -> State[str]:
    """Go on with one release.

    release: its id in the ledger. The run completes with the line that tells where the
    release stands; a person's mistake fails it with its one line.
    """
    end_with_worker()
    try:
        report = work_on_release(Path(workspace), release, language)
    except Exception as error:
        return Failed(message=say(as_fieldcut_error(error, Path(workspace)).message, language))
    text = "\n".join(report.lines)
    return Completed(message=text, data=text)

"""One release driven on by Prefect: its run begins before it is due, checks, waits for the hour, and looks whether it is live.

Prefect may run it twice or not at all; that it is published once is the ledger's work, which gives a release to one worker at a time and
never repeats a call that may have been heard.
"""

from pathlib import Path
from typing import Literal

from prefect import State, flow

from flows.worker_process import reported
from pipeline.actions.due_releases import work_on_release


@flow(name="publish-release", retries=0, persist_result=False)
def publish_release(release: str, workspace: str = "workspace", language: Literal["zh", "en"] = "zh") -> State[str]:
    """Go on with one release.

    release: its id in the ledger. The run completes with the line that tells where the
    release stands; a person's mistake fails it with its one line.
    """
    return reported(lambda: work_on_release(Path(workspace), release, language), Path(workspace), language)

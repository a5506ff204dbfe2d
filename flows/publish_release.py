"""Releases driven on by Prefect: their run begins before they are due, checks, waits for the hour, and looks whether they are live.

Prefect may run it twice or not at all; that each is published once is the ledger's work, which gives a release to one worker at a time and
never repeats a call that may have been heard.
"""

from pathlib import Path
from typing import Literal

from prefect import State, flow

from flows.worker_process import reported
from pipeline.actions.due_releases import work_on_releases
from pipeline.documents.message import M


@flow(name="publish-release", retries=0, persist_result=False)
def publish_release(release: str, workspace: str = "workspace", language: Literal["zh", "en"] = "zh") -> State[str]:
    """Go on with one release, or with several whose hours lie close together.

    release: the id in the ledger, or several with commas. The run completes with the lines that tell where the releases stand; a person's
    mistake fails it with its one line, when all others have been seen to.
    """
    return reported(lambda: work_on_releases(Path(workspace), release.split(","), language), Path(workspace), language, M("publishing"))

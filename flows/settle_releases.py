"""Everything that is open, looked after by Prefect every ten minutes: what the single runs left, and notices that could not be sent."""

from pathlib import Path
from typing import Literal

from prefect import State, flow
from prefect.states import Completed, Failed

from flows.worker_process import end_with_worker
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.releases import settle_open_releases
from pipeline.language import say


@flow(name="settle-releases", retries=0, persist_result=False)
def settle_releases(workspace: str = "workspace", language: Literal["zh", "en"] = "zh") -> State[str]:
    """Go on with every release that is due, as `fieldcut settle` does."""
    end_with_worker()
    try:
        report = settle_open_releases(Path(workspace), language)
    except Exception as error:
        return Failed(message=say(as_fieldcut_error(error, Path(workspace)).message, language))
    text = "\n".join(report.lines)
    return Completed(message=text, data=text)

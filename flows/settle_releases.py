"""Everything that is open, looked after by Prefect every ten minutes: what the single runs left, and notices that could not be sent."""

from pathlib import Path
from typing import Literal

from prefect import State, flow

from flows.worker_process import own_run_name, reported
from pipeline.actions.releases import settle_open_releases
from pipeline.documents.message import M


@flow(name="settle-releases", flow_run_name=own_run_name(M("Looking after releases")), retries=0, persist_result=False)
def settle_releases(workspace: str = "workspace", language: Literal["zh", "en"] = "zh") -> State[str]:
    """Go on with every release that is due, as `fieldcut settle` does."""
    return reported(
        lambda: settle_open_releases(Path(workspace), language), Path(workspace), language, M("looking after what is published")
    )

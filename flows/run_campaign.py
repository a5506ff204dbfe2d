"""Planned posts whose time comes, prepared by Prefect: the video made, the words checked, then a release that waits for its hour."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from prefect import State, flow

from flows.worker_process import reported
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.run_campaign import run_campaign as prepare_planned_posts
from pipeline.documents.message import M
from pipeline.settings import using_zone_of


@flow(name="run-campaign", retries=0, persist_result=False)
def run_campaign(workspace: str = "workspace", campaign: str = "", language: Literal["zh", "en"] = "zh") -> State[str]:
    """Prepare every planned post whose time has come.

    campaign: its name; all without one. A post that cannot be prepared is held for a person and ends nothing else.
    """
    folder = Path(workspace)

    def work() -> PublishReport:
        with using_zone_of(folder) as zone:
            return prepare_planned_posts(folder, datetime.now(zone), language, campaign)

    return reported(work, folder, language, M("preparing planned posts"))

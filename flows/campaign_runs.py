"""Runs of campaigns, ordered from the Prefect server when the time comes to prepare a planned post."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.prefect_api import PrefectApi
from flows.run_names import run_name
from pipeline.actions.run_campaign import posts_to_prepare
from pipeline.documents.message import M
from pipeline.language import say

RUN_CAMPAIGN = "run-campaign/run-campaign"
AGAIN_AFTER_S = 600.0
"""Posts that could not be prepared, for want of their clips, are tried again so often."""


@dataclass
class CampaignRuns:
    """Orders one run for the posts of a campaign that are to be prepared, and another one when there are others, or some time later."""

    api: PrefectApi
    workspace: Path
    language: str
    _runs: dict[str, str] = field(default_factory=dict)

    def look(self, now: datetime) -> int:
        """Order what is to be prepared. now: aware. Returns how many runs were ordered.

        Raises as `posts_to_prepare` does, and Fault when the server does not answer.
        """
        ordered, posts = 0, posts_to_prepare(self.workspace, now)
        for campaign in dict.fromkeys(record.campaign for record in posts):
            run = self._runs.get(campaign)
            if run is not None and self.api.run_state(run) is not None:
                continue
            ids = "".join(sorted(record.id for record in posts if record.campaign == campaign))
            which = hashlib.sha256(ids.encode()).hexdigest()[:16]
            key = f"campaign:{campaign}:{which}:{now.timestamp() // AGAIN_AFTER_S:.0f}"
            parameters = {"campaign": campaign, "workspace": str(self.workspace), "language": self.language}
            mine = [record.post for record in posts if record.campaign == campaign]
            title = run_name(campaign, say(M("{count} posts", count=len(mine)), self.language), at=min(post.at for post in mine))
            if (anew := self.api.order_run(RUN_CAMPAIGN, key, title, parameters)) is not None and anew != run:
                self._runs[campaign] = anew
                ordered += 1
        return ordered

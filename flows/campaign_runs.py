"""Runs of campaigns, ordered from the Prefect server when the time comes to prepare a planned post."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.order_book import OrderBook
from flows.prefect_api import PrefectApi
from flows.run_names import run_name
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.publish.ledger import RecordedPost

RUN_CAMPAIGN = "run-campaign/run-campaign"
AGAIN_AFTER_S = 600.0
"""Posts that could not be prepared, for want of their clips, are tried again so often."""


@dataclass
class CampaignRuns:
    """Orders one run for the posts of a campaign that are to be prepared, and another one when there are others, or some time later."""

    api: PrefectApi
    workspace: Path
    language: str
    _book: OrderBook = field(init=False)

    def __post_init__(self) -> None:
        self._book = OrderBook(self.api, RUN_CAMPAIGN, lambda _attempt: AGAIN_AFTER_S)

    def look(self, posts: Sequence[RecordedPost], elapsed_s: float) -> int:
        """Order what is to be prepared. elapsed_s: seconds on a clock that is never set. Returns how many runs were ordered.

        Raises Fault when the server does not answer.
        """
        campaigns = list(dict.fromkeys(record.campaign for record in posts))
        ordered = sum(self._order(name, [record for record in posts if record.campaign == name], elapsed_s) for name in campaigns)
        self._book.forget_all_but(campaigns)
        return ordered

    def _order(self, campaign: str, posts: Sequence[RecordedPost], elapsed_s: float) -> bool:
        which = hashlib.sha256("".join(sorted(f"{record.id}:{record.step}" for record in posts)).encode()).hexdigest()[:16]
        key = f"campaign:{campaign}:{which}"
        attempt = self._book.next_attempt(campaign, key, elapsed_s)
        if attempt is None:
            return False
        title = run_name(campaign, say(M("{count} posts", count=len(posts)), self.language), at=min(record.post.at for record in posts))
        parameters = {"campaign": campaign, "workspace": str(self.workspace), "language": self.language}
        return self._book.order(f"{key}:{attempt}", title, parameters, {campaign: (key, attempt)})

"""A campaign whose posts are to be prepared gets one run, and another one when there are others or some time has passed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.campaign_runs import AGAIN_AFTER_S, CampaignRuns
from flows.prefect_api import PrefectApi
from pipeline.documents.campaign import PlannedPost
from pipeline.publish.ledger import Actor, RecordedPost, Who

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


class Orders(PrefectApi):
    """The runs that were ordered, by key, and which of them have ended."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9/api")
        self.keys: list[str] = []
        self.ended: set[str] = set()

    def get(self, path: str) -> Any:
        if path.startswith("/deployments/name/"):
            return {"id": "campaign"}
        return {"state_type": "COMPLETED" if path.removeprefix("/flow_runs/") in self.ended else "RUNNING"}

    def post(self, path: str, content: Any = None) -> Any:
        assert path == "/deployments/campaign/create_flow_run"
        key = str((content or {})["idempotency_key"])
        if key not in self.keys:
            self.keys.append(key)
        return {"id": key}


def record(number: int, campaign: str = "十二月") -> RecordedPost:
    post = PlannedPost(story=f"故事{number}", destination="shelf", at=NOW + timedelta(hours=number))
    by = Actor(who=Who.PERSON, name="小周")
    return RecordedPost(id=f"{number:032}", campaign=campaign, post=post, state="planned", step=1, by=by, changed_at=NOW)


@pytest.fixture
def planned() -> list[RecordedPost]:
    return []


def test_what_is_to_be_prepared_is_ordered_once_while_its_run_goes_on(planned: list[RecordedPost]) -> None:
    server = Orders()
    runs = CampaignRuns(server, Path("w"), "zh")
    assert runs.look(planned, 0.0) == 0
    planned += [record(1), record(2), record(3, "元旦")]
    assert [runs.look(planned, 0.0), runs.look(planned, 0.0)] == [2, 0]
    server.ended.update(server.keys)
    assert runs.look(planned, 0.0) == 0  # the same posts, tried a moment ago
    planned.append(record(4))
    assert runs.look(planned, 0.0) == 1
    server.ended.update(server.keys)
    assert sum(runs.look(planned, at_s) for at_s in (0.0, AGAIN_AFTER_S)) == 2


def test_a_watch_that_begins_anew_orders_nothing_twice(planned: list[RecordedPost]) -> None:
    server = Orders()
    planned.append(record(1))
    for _ in range(3):
        CampaignRuns(server, Path("w"), "zh").look(planned, 0.0)
    assert len(server.keys) == 1

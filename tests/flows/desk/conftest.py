"""A co-op that asks for approval, releases that wait, and a phone on which their links are opened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from flows.desk.app import desk_app
from pipeline.actions.approval_requests import link_token
from pipeline.actions.publishing_context import deciding_context
from pipeline.documents.release import OfferShown
from pipeline.publish.ledger import Approval, Entry, open_ledger
from tests.fakes.logged_in_workspace import PERSON, Desk, desk

ADDRESS = "http://127.0.0.1:4312"


@dataclass
class Coop:
    """The workspace, the phone, and its clock, which a test puts forward."""

    here: Desk
    late: timedelta = timedelta(0)
    passed_s: float = 0.0
    phone: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.phone = self.another_phone()

    def another_phone(self, address: str = ADDRESS) -> TestClient:
        """A phone that opens the desk by an address."""
        return TestClient(desk_app(self.here.workspace, "zh", self.now, lambda: self.passed_s), base_url=address, follow_redirects=False)

    def now(self) -> datetime:
        """The time, as the desk has it."""
        return datetime.now(UTC) + self.late

    def waiting(self, text: str, **changes: Any) -> Entry:
        """A release in the ledger that waits for a yes."""
        offer = OfferShown(sku="TD10", name="高山土豆", price="¥29.9", unit="10斤")
        hour = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20)
        release = self.here.release(text, **{"offer": offer, "planned_at": hour, **changes})
        with deciding_context(self.here.workspace) as engine:
            return engine.ledger.prepare(
                release, by=PERSON, at=datetime.now(UTC), next_at=hour, repost_reason="every film is of this field"
            )

    def token(self, entry: Entry) -> str:
        """The token of its present question."""
        with deciding_context(self.here.workspace) as engine:
            return link_token(engine, self.here.workspace, entry, datetime.now(UTC))

    def link(self, entry: Entry) -> str:
        """The path of its page."""
        return f"/a/{self.token(entry)}"

    def say(self, link: str, **form: str) -> httpx.Response:
        """Answer on the page of a link."""
        return self.phone.post(link, data={"name": "王老师", **form}, headers={"origin": ADDRESS})

    def decisions(self, story: str = "土豆") -> list[Approval]:
        """Everything that was decided on a story, the newest first."""
        with open_ledger(self.here.workspace / "ledger.db") as ledger:
            return ledger.approvals.of(story)

    def entry(self, entry: Entry) -> Entry:
        """Where a release stands now."""
        with open_ledger(self.here.workspace / "ledger.db") as ledger:
            return ledger.get(entry.id)


@pytest.fixture(scope="module")
def shared_coop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coop]:
    with desk(tmp_path_factory.mktemp("村里 资料")) as here:
        settings = here.workspace / "fieldcut.toml"
        settings.write_text("[publish]\napproval = true\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
        yield Coop(here)


@pytest.fixture
def coop(shared_coop: Coop) -> Coop:
    """The co-op, its clock set right and nothing remembered of wrong links."""
    shared_coop.late, shared_coop.passed_s = timedelta(0), 0.0
    shared_coop.phone = shared_coop.another_phone()
    return shared_coop


@pytest.fixture
def video(coop: Coop) -> Path:
    """The file that all releases have."""
    return Path(coop.here.release("-").video.path)

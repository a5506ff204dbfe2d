"""A post that failed is a person's until somebody decides: `settle` says so each time, the lists name it, the channel hears it once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.documents.message import M
from pipeline.documents.release import Captions
from pipeline.notices import keep_address
from pipeline.publish.ledger import State, open_ledger
from pipeline.secrets.vault import open_vault
from tests.fakes.logged_in_workspace import PERSON, Desk, desk
from tests.fakes.servers.webhook import WebhookServer
from tests.flows.conftest import Answer, Run


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


def test_a_failed_post_is_asked_about_until_a_person_decides(here: Desk, run_here: Run) -> None:
    with (here.workspace / "fieldcut.toml").open("a", encoding="utf-8") as file:
        file.write('[notices."webhook:office"]\nkinds = ["failed"]\n')

    def tell(*arguments: object) -> Answer:
        return run_here(*arguments, "--workspace", here.workspace)

    with WebhookServer() as office:
        keep_address(open_vault(here.workspace, home=here.home), "webhook:office", f"{office.url}/village")
        # Its hour passed while the machine was off.
        [entry] = here.enter(here.release("地边三轮车", planned_at=datetime.now(UTC) - timedelta(hours=14)))
        answers = [tell("settle") for _ in range(3)]
        assert [answer.code for answer in answers] == [3, 3, 3]
        assert all("请再发一次，或者放弃" in answer.out for answer in answers)
        listed = tell("releases", "--open").out
        assert entry.id[:8] in listed
        assert "或者放弃" in listed
        assert here.entries()[0].state is State.FAILED
        assert tell("settle", entry.id[:8], "--as", "abandoned", "--by", "王会计").code == 0
        assert tell("settle").code == 0
        assert "没有没完的" in tell("releases", "--open").out
        [message] = office.messages
    assert "放弃" in message["body"]["text"]
    assert not here.server.posts


def test_a_failure_that_no_run_lived_to_tell_is_told_by_the_next(here: Desk, run_here: Run) -> None:
    with (here.workspace / "fieldcut.toml").open("a", encoding="utf-8") as file:
        file.write('[notices."webhook:office"]\nkinds = ["failed"]\n')
    [entry] = here.enter(here.release("x", captions=Captions(text="🥔")))
    with open_ledger(here.workspace / "ledger.db") as ledger, ledger.lease(entry.id, holder="worker-9", at=datetime.now(UTC)):
        # A run that is killed right after this writes no notice.
        ledger.advance(entry, State.FAILED, by=PERSON, at=datetime.now(UTC), reason=M("the caption has no words"))
    with WebhookServer() as office:
        keep_address(open_vault(here.workspace, home=here.home), "webhook:office", f"{office.url}/village")
        for _ in range(2):
            assert run_here("settle", "--workspace", here.workspace).code == 3
        assert len(office.messages) == 1

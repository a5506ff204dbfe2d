"""Who has a channel hears once that a story is finished or waits for a person, and no video waits for them."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions import story_notifications
from pipeline.actions.outcome import Outcome
from pipeline.documents.job import Job
from pipeline.documents.message import M, Message
from pipeline.documents.rendition import Inspection
from pipeline.errors import PersonNeeded
from pipeline.notices import keep_address
from pipeline.secrets.vault import open_vault
from pipeline.stages.renditions import renditions
from pipeline.store import save_document
from pipeline.workspace import StoryContext
from tests.fakes.servers.wecom import KEY, WeComServer
from tests.flows.conftest import Answer, Run

LAPSED = "编号,商品,价格,单位,截止\nTD10,土豆,29.9,10斤,{day}\n"


@pytest.fixture
def group() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path, group: WeComServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose robot's address is known."""
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    made = tmp_path / "workspace"
    made.mkdir()
    (made / "fieldcut.toml").write_text('[notices."wecom:village"]\nlanguage = "zh"\n', encoding="utf-8")
    keep_address(open_vault(made), "wecom:village", f"{group.url}/cgi-bin/webhook/send?key={KEY}")
    return made


@pytest.fixture
def make(drop: Callable[[Sequence[str]], Path], workspace: Path, run_here: Run) -> Callable[[str], Answer]:
    """`make(day)`: a story whose offer ended on that day."""
    folder = drop(["果园 远景.mp4"])

    def make(day: str) -> Answer:
        (workspace / "catalog.csv").write_text(LAPSED.format(day=day), encoding="utf-8")
        return run_here("make", folder, "--product", "TD10", "--workspace", workspace, "--catalog", workspace / "catalog.csv")

    return make


def said(group: WeComServer) -> list[str]:
    return [str(message[message["msgtype"]]["content"]) for message in group.messages]


def test_a_story_that_stops_for_a_person_is_told_once(make: Callable[[str], Answer], group: WeComServer) -> None:
    first = make("2026-01-02")
    assert first.code == 3
    assert make("2026-01-02").code == 3
    (told,) = said(group)
    assert first.err.strip().rstrip("。") in told.replace("\n", " ")
    assert "需要人处理" in told
    assert make("2026-01-03").code == 3
    assert len(said(group)) == 2


def test_without_the_network_the_same_end_comes_with_one_more_line(make: Callable[[str], Answer], group: WeComServer) -> None:
    online = make("2026-01-02").err
    group.stop()
    begun = time.monotonic()
    offline = make("2026-01-03")
    assert time.monotonic() - begun < 15
    assert offline.code == 3
    warning, line = offline.err.strip().splitlines()
    assert "wecom:village" in warning
    assert line.replace("2026-01-03", "2026-01-02") == online.strip()


def test_a_wrong_setting_or_a_ledger_that_cannot_be_used_fails_nothing(
    make: Callable[[str], Answer], workspace: Path, group: WeComServer
) -> None:
    (workspace / "ledger.db").write_bytes(b"no ledger" * 100)
    broken = make("2026-01-02")
    assert broken.code == 3
    assert len(broken.err.strip().splitlines()) == 2
    (workspace / "fieldcut.toml").write_text('[notices."wecom:village"]\ncolour = "red"\n', encoding="utf-8")
    (workspace / "ledger.db").unlink()
    wrong = make("2026-01-02")
    assert wrong.code == 3
    assert "colour" in wrong.err
    assert not said(group)


@pytest.mark.parametrize(
    ("passed", "language", "words"),
    [(True, "zh", ("已完成", "12.3 秒")), (True, "en", ("Finished", "12.3 s")), (False, "zh", ("需要人处理", "没有通过检查"))],
)
def test_a_finished_story_is_told_in_the_channels_language(
    workspace: Path, group: WeComServer, passed: bool, language: str, words: Sequence[str]
) -> None:
    (workspace / "fieldcut.toml").write_text(f'[notices."wecom:village"]\nlanguage = "{language}"\n', encoding="utf-8")
    job = Job(story="土豆", source=str(workspace / "dropped"), workspace=str(workspace), now=datetime(2026, 12, 1, tzinfo=UTC))
    bench = StoryContext(job)
    save_document(renditions(bench)[0].path("inspection.json"), Inspection(rendition_sha256="a" * 64, findings=()))
    outcome = Outcome(story="土豆", language="zh", stage="lesson", outbox="/x", passed=passed, length_s=12.34)
    outcome.failed = [] if passed else [M("the caption is empty")]
    for _ in range(2):
        assert story_notifications.notify_outcome(bench, outcome) == ()
    (told,) = said(group)
    assert all(word in told for word in ("土豆", *words)), told
    # Another video is news again, and one that was only begun is none.
    save_document(renditions(bench)[0].path("inspection.json"), Inspection(rendition_sha256="b" * 64, findings=()))
    story_notifications.notify_outcome(bench, outcome)
    outcome.passed = None
    story_notifications.notify_outcome(bench, outcome)
    assert len(said(group)) == 2


def test_whatever_makes_a_story_tells_how_it_ended(workspace: Path, group: WeComServer) -> None:
    bench = StoryContext(Job(story="土豆", source=str(workspace), workspace=str(workspace), now=datetime(2026, 12, 1, tzinfo=UTC)))
    save_document(renditions(bench)[0].path("inspection.json"), Inspection(rendition_sha256="a" * 64, findings=()))
    warnings: list[Message] = []

    def stops() -> Outcome:
        raise PersonNeeded(M("The story {name} was never cut.", name="土豆"))

    with pytest.raises(PersonNeeded):
        story_notifications.run_and_notify(bench, warnings.append, stops)
    made = Outcome(story="土豆", language="zh", stage="lesson", outbox="/x", passed=True, length_s=12.3)
    assert story_notifications.run_and_notify(bench, warnings.append, lambda: made) is made
    stopped, finished = said(group)
    assert "需要人处理" in stopped
    assert "已完成" in finished
    group.stop()
    with pytest.raises(PersonNeeded):
        story_notifications.run_and_notify(bench, warnings.append, stops)
    assert len(warnings) == 1


def test_where_no_channel_is_named_nothing_is_loaded_or_kept(workspace: Path, group: WeComServer, make: Callable[[str], Answer]) -> None:
    (workspace / "fieldcut.toml").unlink()
    assert make("2026-01-02").code == 3
    assert not said(group)
    assert not (workspace / "ledger.db").exists()

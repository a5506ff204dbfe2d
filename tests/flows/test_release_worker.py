"""`fieldcut settle --stay`: posts at their hour, each once, whoever works beside it, and gone at once when it is asked to end."""

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.actions import release_worker
from pipeline.actions.release_worker import ReleaseWorker
from pipeline.publish.engine import work_on
from pipeline.publish.ledger import Entry, State
from tests.fakes.logged_in_workspace import ACCOUNT, Desk, desk, until
from tests.fakes.servers.fault_plan import Fault, Plan

AHEAD_S = 4.0
TAKEN = {State.ACCEPTED, State.PROCESSING, State.LIVE}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def soon(seconds: float = AHEAD_S) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@pytest.mark.system
def test_two_that_stay_post_everything_at_its_hour_and_once(here: Desk) -> None:
    words = [f"高山土豆第{number}批" for number in "一二三四"]
    with here.worker() as first, here.worker() as second:
        # Both stay already: they see what another process enters.
        hour = soon()
        here.enter(*(here.release(text, planned_at=hour) for text in words))
        until(lambda: {entry.state for entry in here.entries()} <= TAKEN)
        # One of them is gone without a word, and the other one goes on.
        first.process.kill()
        last = here.enter(here.release("最后一批", planned_at=soon(2)))
        until(lambda: {entry.state for entry in here.entries()} <= TAKEN)
        until(lambda: any(last[0].id[:8] in line for line in second.lines))
        lines = first.lines + second.lines
    for text in words:
        [at] = here.posts_of(text)
        assert at >= hour
    assert len(here.server.posts) == len(words) + 1
    # Each is told to have been taken, by the one that posted it.
    taken = [line.split()[0] for line in lines if ACCOUNT in line and "平台已收下" in line]
    assert len(taken) == len(set(taken)) >= len(words), lines


@pytest.mark.system
def test_it_ends_within_two_seconds_also_while_a_platform_is_silent(here: Desk) -> None:
    here.server.heal(Plan(faults=(Fault(kind="timeout_done", endpoint="publish"),)))
    with here.worker() as worker:
        here.enter(here.release("高山土豆"))
        until(lambda: bool(here.server.posts))
        code, seconds, said = worker.end(signal.SIGINT)
    assert code == 130, said
    assert seconds < 2.0
    assert len(said.splitlines()) == 1
    assert here.entries()[0].state is State.UNCERTAIN
    # The post may be there, and it is: whoever stays next asks, and posts nothing.
    with here.worker() as idle:
        until(lambda: here.entries()[0].state in (State.LIVE, State.PROCESSING))
        code, seconds, _ = idle.end(signal.SIGTERM)
    assert code == 130
    assert seconds < 2.0
    assert len(here.server.posts) == 1


@pytest.mark.system
def test_what_one_release_or_the_settings_lack_keeps_no_other_post_from_its_hour(here: Desk) -> None:
    gone = here.release("没有文件").video.model_copy(update={"path": str(here.workspace / "gone.mp4"), "sha256": "0" * 64})
    lacking = [here.release("没有账号", account="nobody"), here.release("没有文件", video=gone)]
    late = here.release("昨天的土豆", planned_at=soon(-13 * 3600))
    with here.worker() as worker:
        here.enter(*lacking, late, here.release("今天的土豆", planned_at=soon(-60)))
        until(lambda: bool(here.posts_of("今天的土豆")))
        until(lambda: any(line.startswith("→") for line in worker.lines) and sum("失败" in line for line in worker.lines) == 2)
        settings = here.workspace / "fieldcut.toml"
        before = settings.read_text(encoding="utf-8")
        settings.write_text("[publish\n", encoding="utf-8")
        until(lambda: any(line.startswith("⚠") for line in worker.lines))
        settings.write_text(before, encoding="utf-8")
        here.enter(here.release("明天的土豆"))
        until(lambda: bool(here.posts_of("明天的土豆")))
        assert worker.process.poll() is None
    assert len(here.server.posts) == 2


def test_a_mistake_of_the_program_at_one_release_is_told_once_and_tried_again_later(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, good = here.enter(here.release("坏的"), here.release("好的"))
    tried: list[str] = []
    lines: list[str] = []

    def work(entry: Entry, means: Any) -> Entry | None:
        tried.append(entry.id)
        if entry.id == broken.id:
            raise KeyError("post_id")
        return work_on(entry, means)

    monkeypatch.setattr(release_worker, "work_on", work)
    monkeypatch.setattr(release_worker, "RETRY_PAUSE_S", 0.1)
    until = time.monotonic() + 60.0

    def done() -> bool:
        return (tried.count(broken.id) > 2 and bool(here.posts_of("好的"))) or time.monotonic() > until

    with pytest.raises(KeyboardInterrupt):
        ReleaseWorker(here.workspace, "zh", lines.append, done).work()
    assert here.posts_of("好的")
    assert good.id in tried
    assert sum("KeyError" in line for line in lines) == 1

"""What falls due in the ledger, and one release carried on by a run of its own: none keeps another from its hour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.publish_release import publish_release
from pipeline.actions import due_releases
from pipeline.actions.due_releases import AHEAD_S, DueRelease, work_on_release, work_on_releases
from pipeline.actions.open_work import open_work
from pipeline.actions.publishing_context import publishing_context
from pipeline.errors import UserMistake
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import State
from tests.fakes.logged_in_workspace import Desk, desk

AT_ONCE = RetryPolicy(stay_s=0.0)
TAKEN = {State.ACCEPTED, State.PROCESSING, State.LIVE}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def due_soon(workspace: Path, now: datetime) -> tuple[DueRelease, ...]:
    return open_work(workspace, "", now).due


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_what_is_due_within_a_minute_is_told_once_for_each_step(here: Desk) -> None:
    near, far = (
        here.enter(here.release("近的"), next_at=soon(AHEAD_S - 5))[0],
        here.enter(here.release("远的"), next_at=soon(AHEAD_S + 60))[0],
    )
    found = due_soon(here.workspace, datetime.now(UTC))
    assert [due.release for due in found] == [near.id]
    assert found == due_soon(here.workspace, datetime.now(UTC))
    assert [due.release for due in due_soon(here.workspace, soon(120))] == [near.id, far.id]


def test_a_workspace_that_never_published_has_nothing_due_and_gets_no_ledger(tmp_path: Path) -> None:
    assert due_soon(tmp_path, datetime.now(UTC)) == ()
    assert list(tmp_path.iterdir()) == []


def test_what_one_release_lacks_is_told_and_keeps_no_other_from_its_hour(here: Desk) -> None:
    gone = here.release("没有文件").video.model_copy(update={"path": str(here.workspace / "gone.mp4"), "sha256": "0" * 64})
    late_words, good_words = (here.release(text, planned_at=soon(s)) for text, s in (("昨天的土豆", -13 * 3600), ("今天的土豆", -60)))
    lacking, late, good = here.enter(here.release("没有文件", video=gone), late_words, good_words)
    for entry in (lacking, late, good):
        work_on_release(here.workspace, entry.id, "zh", AT_ONCE)
    states = {entry.id: entry.state for entry in here.entries()}
    assert (states[lacking.id], states[late.id]) == (State.FAILED, State.FAILED)
    assert states[good.id] in TAKEN
    assert len(here.server.posts) == len(here.posts_of("今天的土豆")) == 1
    report = work_on_release(here.workspace, late.id, "zh", AT_ONCE)
    assert report.person_needed
    assert any(line.startswith("→") for line in report.lines)


def test_settings_that_cannot_be_read_are_told_and_the_post_goes_out_once_they_are_mended(here: Desk) -> None:
    [entry] = here.enter(here.release("明天的土豆"))
    settings = here.workspace / "fieldcut.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text("[publish\n", encoding="utf-8")
    with pytest.raises(UserMistake, match=r"fieldcut\.toml"):
        due_soon(here.workspace, datetime.now(UTC))
    settings.write_text(before, encoding="utf-8")
    assert [due.release for due in due_soon(here.workspace, datetime.now(UTC))] == [entry.id]
    work_on_release(here.workspace, entry.id, "zh", AT_ONCE)
    assert here.posts_of("明天的土豆")


def test_a_mistake_of_the_program_fails_its_own_run_with_one_line(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    [entry] = here.enter(here.release("坏的"))

    def broken(*_: object) -> None:
        raise KeyError("post_id")

    monkeypatch.setattr(due_releases, "work_on", broken)
    state = publish_release.fn(entry.id, str(here.workspace))
    assert state.is_failed()
    assert "KeyError" in str(state.message)
    assert len(str(state.message).splitlines()) == 1


def test_a_post_some_minutes_late_goes_out_and_one_that_is_later_is_held_for_a_person(here: Desk) -> None:
    in_time, held = here.enter(here.release("早的", planned_at=soon(-5 * 60)), here.release("晚的", planned_at=soon(-15 * 60)))
    with publishing_context(here.workspace) as engine:
        policy = engine.retry_policy.model_copy(update={"stay_s": 0.0})
    for entry in (in_time, held):
        report = work_on_release(here.workspace, entry.id, "zh", policy)
    assert here.posts_of("早的")
    assert not here.posts_of("晚的")
    assert report.person_needed
    settings = here.workspace / "fieldcut.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[publish]\nlate_minutes = 30\n", encoding="utf-8")
    with publishing_context(here.workspace) as engine:
        assert engine.retry_policy.late_s == 1800


def test_posts_of_one_second_share_a_process_and_each_goes_out_once_and_not_before(here: Desk) -> None:
    hour = soon(2)
    words = [f"第{number}批山药" for number in range(4)]
    entries = here.enter(*(here.release(text, planned_at=hour) for text in words))
    report = work_on_releases(here.workspace, [entry.id for entry in entries], "zh", RetryPolicy(stay_s=6.0))
    assert all(len(here.posts_of(text)) == 1 and here.posts_of(text)[0] >= hour for text in words)
    assert {entry.state for entry in here.entries()} <= TAKEN
    assert {entry.id for entry in report.entries} == {entry.id for entry in entries}


def test_what_one_of_them_lacks_keeps_no_other_back_and_is_said(here: Desk) -> None:
    good, broken = here.enter(here.release("好的山药"), here.release("另一批山药"))
    with pytest.raises(UserMistake, match="no-such"):
        work_on_releases(here.workspace, ["no-such", broken.id, good.id], "zh", AT_ONCE)
    assert here.posts_of("好的山药")
    assert here.posts_of("另一批山药")


def test_what_a_worker_has_is_told_as_held(here: Desk) -> None:
    taken, free = here.enter(here.release("有人在做"), here.release("没人在做"))
    with publishing_context(here.workspace) as engine, engine.ledger.lease(taken.id, holder="worker-1", at=datetime.now(UTC)):
        assert {due.release: due.held for due in due_soon(here.workspace, datetime.now(UTC))} == {taken.id: True, free.id: False}
    assert not any(due.held for due in due_soon(here.workspace, datetime.now(UTC)))

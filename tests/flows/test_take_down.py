"""A page of our own that a person takes down is gone at once, and stays gone."""

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from pipeline.actions.publishing_context import local_shelf_context
from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.network.errors import ActionRequired
from pipeline.publish.engine import taken_down_by_person, work_on
from pipeline.publish.ledger import State
from pipeline.publish.platforms.shelf import FolderStorage, shelf_entries
from tests.fakes.live_stall import PERSON, STORY, Stall, open_stall
from tests.flows.conftest import Run


@pytest.fixture
def stall(tmp_path: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch) -> Stall:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    return open_stall(tmp_path, run_here)


def on_shelf(stall: Stall) -> list[str]:
    return [entry.story for entry in shelf_entries(FolderStorage(stall.workspace / "shelf"))]


def test_the_page_its_media_and_its_tile_go_at_once_and_saying_it_twice_changes_nothing(stall: Stall) -> None:
    entry = stall.put_on_shelf()
    shelf = stall.workspace / "shelf"
    for _ in range(2):
        answer = stall.settle(entry.id[:8], "--as", "removed", "--by", "阿芳")
        assert answer.code == 0, answer.out + answer.err
        assert "已撤下" in answer.out
        assert "不会自己回来" in answer.out
        assert not (shelf / STORY).exists()
        assert on_shelf(stall) == []
        assert STORY not in (shelf / "index.html").read_text(encoding="utf-8")
        assert [known.state for known in stall.entries()] == [State.REMOVED]


def test_what_was_replaced_leaves_the_newer_page_and_what_was_taken_down_does_not_come_back_with_the_sheet(stall: Stall) -> None:
    old = stall.put_on_shelf()
    stall.sheet(stock="0")
    assert stall.settle().code == 0
    newest = stall.entries(State.LIVE)[-1]
    assert newest.id != old.id
    answer = stall.settle(old.id[:8], "--as", "removed", "--by", "阿芳")
    assert "更新的一条" in answer.out, answer.out + answer.err
    assert len(on_shelf(stall)) == len(stall.entries(State.LIVE)) == 1
    assert stall.settle(newest.id[:8], "--as", "removed", "--by", "阿芳").code == 0
    stall.sheet(stock="12")
    assert stall.settle().code == 0
    assert on_shelf(stall) == []
    assert stall.entries(State.LIVE) == []
    assert taken_down_by_person(stall.entries()) is not None


def test_what_the_store_refuses_is_not_recorded_as_taken_down(stall: Stall) -> None:
    entry = stall.put_on_shelf()
    refusal = ActionRequired(M("The store does not let us in at {place}. Look at its keys and rights.", place="货架"))
    with patch.object(FolderStorage, "remove", side_effect=refusal):
        answer = stall.settle(entry.id[:8], "--as", "removed", "--by", "阿芳")
    assert answer.code == 3
    assert "没有撤下来" in answer.out + answer.err
    assert "已撤下" not in answer.out + answer.err
    assert [known.state for known in stall.entries()] == [State.LIVE]
    assert on_shelf(stall) == [STORY]


def test_a_post_elsewhere_stays_a_persons_word(stall: Stall) -> None:
    entry = stall.post_by_hand()
    for _ in range(2):
        answer = stall.settle(entry.id[:8], "--as", "removed", "--by", "阿芳")
        assert answer.code == 0, answer.out + answer.err
        assert "已撤下" in answer.out
    with local_shelf_context(stall.workspace, entry.since) as engine:
        assert engine.ledger.get(entry.id).state is State.REMOVED


def test_a_page_that_goes_out_later_by_itself_is_the_only_one_that_counts_as_live(stall: Stall) -> None:
    old, now = stall.put_on_shelf(), datetime.now(UTC)
    with local_shelf_context(stall.workspace, now) as engine:
        newer = stall.release().model_copy(update={"captions": old.release.captions.model_copy(update={"text": "今年的新枸杞"})})
        waiting = engine.ledger.prepare(Release.model_validate(newer.model_dump() | {"id": "later"}), by=PERSON, at=now)
        for entry in engine.ledger.due(now):
            work_on(entry, engine)
        assert engine.ledger.get(waiting.id).state is State.LIVE
        assert engine.ledger.get(old.id).state is State.REMOVED

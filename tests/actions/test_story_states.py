"""`fieldcut status` says of every story how far it is, at which stage, and what ended it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.run_record import RunRecord
from pipeline.actions.story_list import ListedStory
from pipeline.actions.story_states import story_states
from pipeline.documents.message import M
from pipeline.errors import SheetQuestion
from pipeline.language import say


def test_scripts_learn_the_stage_at_work_and_what_ended_a_run(tmp_path: Path) -> None:
    RunRecord(tmp_path / "stories" / "采蜜", ["analysis", "render"], "k").stage("render")
    ended = RunRecord(tmp_path / "stories" / "挖笋", ["analysis", "render"], "k")
    ended.stage("analysis")
    ended.stop(SheetQuestion(M("Is 29.9 the price of one box?")))
    facts = {state.story: state.facts() for state in story_states(tmp_path)}
    assert [facts["采蜜"][name] for name in ("state", "stage", "error")] == ["working", "render", ""]
    assert [facts["挖笋"][name] for name in ("state", "stage", "error")] == ["needs_person", "analysis", "SheetQuestion"]
    assert 0 < float(str(facts["采蜜"]["share"])) < 1


def test_the_story_that_changed_last_comes_first_and_says_what_is_asked(tmp_path: Path) -> None:
    RunRecord(tmp_path / "stories" / "采蜜", ["render"], "k")
    RunRecord(tmp_path / "stories" / "挖笋", ["render"], "k").stop(SheetQuestion(M("Is 29.9 the price of one box?")))
    first, second = story_states(tmp_path)
    assert (first.story, second.story) == ("挖笋", "采蜜")
    assert any("29.9" in str(message) for message in first.says)


def test_a_finished_story_without_a_record_is_listed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("采蜜", "演示", "半路"):
        (tmp_path / "stories" / name).mkdir(parents=True)
    RunRecord(tmp_path / "stories" / "采蜜", ["render"], "k")
    old = datetime(2026, 3, 1, tzinfo=UTC)
    listed = [ListedStory(name, state, "", 21.0, "", "", old) for name, state in (("演示", "ready"), ("半路", "unfinished"))]
    monkeypatch.setattr("pipeline.actions.story_list.list_stories", lambda _: tuple(listed))
    states = story_states(tmp_path)
    assert [state.story for state in states] == ["采蜜", "演示"]
    assert [say(message, "zh") for message in states[1].says] == ["视频做好了。"]

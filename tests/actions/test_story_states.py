"""`fieldcut status` says of every story how far it is, at which stage, and what ended it."""

from pathlib import Path

from pipeline.actions.run_record import RunRecord
from pipeline.actions.story_states import story_states
from pipeline.documents.message import M
from pipeline.errors import SheetQuestion


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

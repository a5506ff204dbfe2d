"""Kill -9 the command line in the midst of a whole story, again and again: what comes out is what comes out undisturbed."""

import random
import shutil
import signal
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from benchmarks import kill_runs
from benchmarks.kill_runs import Tally
from pipeline.stages.registry import ORDER, load_stage, run_stage
from pipeline.store import write_atomically
from pipeline.workspace import StoryContext, new_job
from tests.fakes.killed_process import KILLED, forked, points_of, side_by_side
from tests.flows.conftest import SHEET, Undisturbed

pytestmark = pytest.mark.system

SEED = 20261122
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SHORTER_S = 8.0
STORIES, MOST = 1, 4
"""Many more are killed by `benchmarks/kill_runs.py`."""


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory, undisturbed: Undisturbed) -> Tally:
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("this system has no kill -9")
    home, folder = tmp_path_factory.mktemp("killed"), undisturbed.folder
    whole, dice, tally = kill_runs.whole_of(undisturbed.workspace, undisturbed.answer.told), random.Random(SEED), Tally()
    for number in range(STORIES):
        tally.add(kill_runs.kill_story(folder, home / f"{number}", whole, dice, MOST))
    return tally


def test_every_killed_story_comes_out_as_if_nobody_had_disturbed_it(tally: Tally) -> None:
    assert sum(tally.kills.values()) >= 3
    assert tally.failed == []
    assert tally.equal == tally.stories == STORIES


def test_nothing_finished_is_made_twice(tally: Tally) -> None:
    assert (tally.chunks_twice, tally.made_twice) == (0, 0)


def test_nothing_is_left_of_the_dead(tally: Tally) -> None:
    assert tally.left == 0


def opened(story: Undisturbed, workspace: Path, seconds: float) -> StoryContext:
    """The story's bench in a copy of its workspace, for a video of another length."""
    asked = {"catalog": str(SHEET), "width": 270, "height": 480, "preset": "draft", "language": "en", "max_seconds": seconds}
    bench = StoryContext(new_job(story.folder, workspace, asked, NOW))
    bench.open()
    return bench


def turn(story: Undisturbed, workspace: Path, *names: str) -> None:
    bench = opened(story, workspace, SHORTER_S)
    for name in (name for name in ORDER if name in names):
        run_stage(bench, load_stage(name), lambda _: None)
    bench.close()


def corrected(story: Undisturbed, workspace: Path) -> None:
    """A person corrected every subtitle, and then asked for a shorter video: the next run lays her words on a new edit."""
    shutil.copytree(story.workspace / "stories", workspace / "stories")
    srt = workspace / "stories" / "果园" / "subtitles.srt"
    blocks = srt.read_text(encoding="utf-8").strip().split("\n\n")
    named = ["\n".join([*block.splitlines()[:2], f"{number} " + block.splitlines()[2]]) for number, block in enumerate(blocks, 1)]
    srt.write_text("\n\n".join(named) + "\n", encoding="utf-8")
    turn(story, workspace, "edit", "brand")


def test_each_file_of_subtitles_is_written_once_after_a_correction_too(
    undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(undisturbed, tmp_path)
    written: list[str] = []

    def write(path: Path, text: str) -> None:
        written.append(path.name)
        write_atomically(path, text)

    monkeypatch.setattr("pipeline.workspace.write_atomically", write)
    turn(undisturbed, tmp_path, "subtitles")
    assert sorted(name for name in written if not name.startswith(".")) == ["cues.json", "subtitles.json", "subtitles.srt"]
    assert "1 " in words(tmp_path)


def words(workspace: Path) -> str:
    return (workspace / "stories" / "果园" / "subtitles.srt").read_text(encoding="utf-8")


def test_a_run_that_dies_while_it_lays_a_persons_words_on_a_new_edit_neither_loses_nor_confuses_them(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    corrected(undisturbed, tmp_path / "whole")
    before = words(tmp_path / "whole")
    count = points_of(lambda: turn(undisturbed, tmp_path / "whole", "subtitles"), tmp_path / "count")
    after = words(tmp_path / "whole")
    assert after != before
    assert "1 " in after

    def die(point: int) -> bool:
        workspace = tmp_path / f"{point}"
        shutil.copytree(tmp_path / "ready", workspace)
        died = forked(lambda: turn(undisturbed, workspace, "subtitles"), die_at=point) == KILLED
        turn(undisturbed, workspace, "subtitles")
        assert words(workspace) == after
        shutil.rmtree(workspace)
        return died

    corrected(undisturbed, tmp_path / "ready")
    died = list(side_by_side([partial(die, point) for point in range(1, count + 1)], tmp_path / "lanes", lanes=2))
    assert sum(died) > 20

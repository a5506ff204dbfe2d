"""Two processes in one workspace: on one story only one works, on two stories both do, and a dead one holds nothing."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.documents.rendition import Rendition
from pipeline.store import Store, load_document
from pipeline.store.inventory import list_items
from pipeline.store.story_lock import running_since
from tests.flows.conftest import Answer, Undisturbed, environment

PATIENCE_S = 120.0
BUSY = "Another run is working on the story 果园. Wait until it is done."

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="stops a process for a moment, which this system cannot"),
]


def begin(story: Undisturbed, workspace: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(story.command(workspace), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> Answer:
    out, err = process.communicate(timeout=PATIENCE_S)
    return Answer(process.returncode, out, err)


def until(true: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file with its content and the time of its last change."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and "models" not in path.parts
    }


@dataclass(frozen=True)
class OneStory:
    """A run that was stopped in its midst, what a second one did meanwhile, and a third one after the first was killed."""

    second: Answer
    before: dict[str, tuple[str, int]]
    after: dict[str, tuple[str, int]]
    third: Answer


@pytest.fixture(scope="module")
def one_story(undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> OneStory:
    workspace = tmp_path_factory.mktemp("one")
    first = begin(undisturbed, workspace)
    try:
        until((workspace / "stories" / "果园" / "clips.json").is_file)
        os.kill(first.pid, signal.SIGSTOP)
        time.sleep(0.3)  # its children may be writing a line yet
        before = tree(workspace)
        second = answer(begin(undisturbed, workspace))
        after = tree(workspace)
    finally:
        first.kill()
        first.communicate()
    return OneStory(second, before, after, answer(begin(undisturbed, workspace)))


def test_the_second_run_on_a_story_says_so_and_waits_for_nothing(one_story: OneStory) -> None:
    assert one_story.second.code == 3
    assert one_story.second.err.strip() == BUSY
    assert one_story.second.told == {"error": BUSY, "exit_code": 3}


def test_the_second_run_changes_nothing(one_story: OneStory) -> None:
    assert one_story.before
    assert one_story.after == one_story.before


def test_a_killed_run_lets_the_next_one_work(one_story: OneStory) -> None:
    assert one_story.third.code == 0, one_story.third.err
    assert one_story.third.told["passed"] is True


@pytest.fixture(scope="module")
def two_stories(undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Answer]]:
    """Two folders of one name with the same clips, made at the same moment in one fresh workspace."""
    workspace = tmp_path_factory.mktemp("two")
    copy = tmp_path_factory.mktemp("copied") / undisturbed.folder.name
    shutil.copytree(undisturbed.folder, copy)
    both = [begin(story, workspace) for story in (undisturbed, replace(undisturbed, folder=copy))]
    return workspace, [answer(process) for process in both]


def test_two_stories_with_the_same_clips_both_come_out(two_stories: tuple[Path, list[Answer]]) -> None:
    workspace, answers = two_stories
    assert [told.code for told in answers] == [0, 0], [told.err for told in answers]
    assert {told.told["story"] for told in answers} == {"果园", "果园-2"}
    assert all(told.told["passed"] for told in answers)
    assert running_since(workspace) is None


def test_two_stories_at_once_leave_a_store_in_which_everything_is_whole(two_stories: tuple[Path, list[Answer]]) -> None:
    workspace, _ = two_stories
    store = Store(workspace / "cache")
    held = list(list_items(store))
    assert not [item.path for item in held if item.what == "leftover"]
    sealed = [item.path for item in held if item.what == "entry" and item.path.is_file()]
    assert {path.parent.name for path in sealed} >= {"analyses", "hearings", "overlays", "voices", "sound", "chunks", "renditions"}
    assert all(store.holds(path) for path in sealed)


def test_a_story_is_what_it_is_alone(two_stories: tuple[Path, list[Answer]], one_story: OneStory, undisturbed: Undisturbed) -> None:
    """Made beside another one, and made by a run that found what a killed one had left."""
    name = "stories/果园/renditions/shelf-270x480/rendition.json"
    beside, resumed = two_stories[0] / name, Path(one_story.third.told["outbox"]).parents[1] / name
    alone = load_document(undisturbed.workspace / name, Rendition).sha256
    assert [load_document(path, Rendition).sha256 for path in (beside, resumed)] == [alone, alone]

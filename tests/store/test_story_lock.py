"""Who works on which story: told by locks that die with their holder."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from pipeline.documents.job import Job
from pipeline.errors import PersonNeeded
from pipeline.store.story_lock import StoryLock, running_since
from pipeline.workspace import StoryContext, new_job
from tests.fakes.killed_process import KILLED, forked, side_by_side

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process that is killed needs fork, which is not here")


def hold(workspace: Path, story: str = "a") -> None:
    """Take a story and sleep on it, in a process that somebody kills."""
    lock = StoryLock(workspace, story)
    lock.acquire()
    (workspace / f"{story} held").touch()
    signal.pause()


def held(workspace: Path, story: str = "a") -> bool:
    return (workspace / f"{story} held").exists()


def seconds_ago(moment: datetime | None) -> float:
    assert moment is not None
    return (datetime.now(UTC) - moment).total_seconds()


def test_nobody_works_in_a_workspace_that_is_not_there_or_at_rest(tmp_path: Path):
    assert running_since(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()
    lock = StoryLock(tmp_path, "a")
    lock.acquire()
    lock.release()
    assert running_since(tmp_path) is None


def test_the_oldest_run_that_lives_says_since_when(tmp_path: Path):
    first, second = StoryLock(tmp_path, "a"), StoryLock(tmp_path, "b")
    first.acquire()
    began = running_since(tmp_path)
    time.sleep(0.05)
    second.acquire()
    assert running_since(tmp_path) == pytest.approx(began, abs=timedelta(milliseconds=5))
    first.release()
    later = running_since(tmp_path)
    assert began is not None
    assert later is not None
    assert later > began
    second.release()


def test_a_file_made_after_the_beginning_is_never_older_than_it(tmp_path: Path):
    """Within one tick of the kernel's clock all files have the same time."""
    for number in range(50):
        lock = StoryLock(tmp_path, f"{number}")
        lock.acquire()
        (tmp_path / "made").write_bytes(b"")
        began = running_since(tmp_path)
        assert began is not None
        assert (tmp_path / "made").stat().st_ctime_ns // 1000 >= (began - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        lock.release()


def test_another_process_is_told_at_once_and_a_killed_holder_holds_nothing(tmp_path: Path):
    def while_held(_holder: int) -> bool:
        if not held(tmp_path):
            return False
        assert seconds_ago(running_since(tmp_path)) < 60
        with pytest.raises(PersonNeeded, match="Another run is working on the story a"):
            StoryLock(tmp_path, "a").acquire()
        return True

    assert forked(partial(hold, tmp_path), when=while_held) == KILLED
    assert running_since(tmp_path) is None
    StoryLock(tmp_path, "a").acquire()


def test_a_run_on_a_clock_that_was_put_back_began_before_what_it_made(tmp_path: Path):
    lock = StoryLock(tmp_path, "a")
    lock.acquire()
    ahead = time.time() + 86_400
    os.utime(tmp_path / "stories" / "a" / ".began", (ahead, ahead))
    assert 0 <= seconds_ago(running_since(tmp_path)) < 60


def test_a_note_that_cannot_be_read_counts_as_always(tmp_path: Path):
    lock = StoryLock(tmp_path, "a")
    lock.acquire()
    (tmp_path / "stories" / "a" / ".began").unlink()
    assert seconds_ago(running_since(tmp_path)) > 1e9


def test_who_asks_who_works_stands_in_nobodys_way(tmp_path: Path):
    def take(_number: int) -> None:
        for _ in range(150):
            lock = StoryLock(tmp_path, "a")
            lock.acquire()
            lock.release()

    def ask(_number: int) -> None:
        for _ in range(150):
            running_since(tmp_path)

    assert len(list(side_by_side([partial(take, 0), partial(ask, 0), partial(ask, 1)], tmp_path / "lanes"))) == 3


def test_folders_of_one_name_that_are_begun_at_the_same_time_get_stories_of_their_own(tmp_path: Path):
    def begin(number: int) -> str:
        folder = tmp_path / f"{number}" / "果园"
        folder.mkdir(parents=True)
        return new_job(folder, tmp_path / "workspace", {}, NOW).story

    stories = list(side_by_side([partial(begin, number) for number in range(9)], tmp_path / "lanes", lanes=9))
    assert len(set(stories)) == 9
    sources = [(tmp_path / "workspace" / "stories" / story / "story.toml").read_text().splitlines()[2] for story in stories]
    assert len(set(sources)) == 9


def test_opening_a_story_sweeps_what_the_dead_left_and_nothing_of_the_living(tmp_path: Path):
    def bench(story: str) -> StoryContext:
        return StoryContext(Job(story=story, source=str(tmp_path), workspace=str(tmp_path), now=NOW))

    def litter(at: StoryContext) -> list[Path]:
        """What a run leaves that is killed while it works."""
        parts = [at.store.part("chunks", "0" * 32, ".mp4"), at.store.part("voices", "1" * 32, ".raw")]
        parts += [at.story / ".edit.01234567.part.json", at.outbox / ".video.01234567.part.mp4"]
        for part in parts:
            part.write_bytes(b"half")
        scratch = at.store.root / "sound" / f"{'2' * 32}.x.part"
        scratch.mkdir(parents=True)
        (scratch / "mix.f32").write_bytes(b"half")
        return [*parts, scratch]

    def killed() -> None:
        dead = bench("a")
        dead.open()
        litter(dead)
        (tmp_path / "a held").touch()
        signal.pause()

    assert forked(killed, when=lambda _: held(tmp_path)) == KILLED
    assert len(list(tmp_path.rglob("*.part*"))) == 5
    again = bench("a")
    again.open()
    assert not list(tmp_path.rglob("*.part*"))
    mine = litter(again)
    other = bench("b")
    other.open()
    assert all(path.exists() for path in mine)


def test_a_hidden_file_that_is_not_ours_is_left_in_the_folder_for_finished_files(tmp_path: Path):
    out = tmp_path / "Videos"
    out.mkdir()
    theirs = [out / name for name in (".download.mp4.part", "film.mp4.part", ".notes.txt", "a.01234567.part.mp4")]
    for path in theirs:
        path.write_bytes(b"theirs")
    at = StoryContext(Job(story="a", source=str(tmp_path), workspace=str(tmp_path), out=str(out), now=NOW))
    at.open()
    assert all(path.exists() for path in theirs)

"""An ordered run waits for a story that another run works on, instead of ending with a person asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.story_job import prepare_story_when_free
from pipeline.errors import StoryBusy
from pipeline.store.story_lock import StoryLock

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
HELD_S = 2.5
"""Longer than a lock is waited for by itself."""


@contextmanager
def held(workspace: Path, seconds: float) -> Iterator[None]:
    """Another run works on the story for so long. It has a thread of its own, as a lock belongs to the thread that took it."""
    has_it = threading.Event()

    def work() -> None:
        lock = StoryLock(workspace, "果园")
        lock.acquire()
        has_it.set()
        threading.Event().wait(seconds)
        lock.release()

    other = threading.Thread(target=work)
    other.start()
    has_it.wait()
    yield
    other.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "果园").mkdir()
    return tmp_path / "果园"


def test_it_begins_when_the_other_one_has_ended(folder: Path, tmp_path: Path) -> None:
    with held(tmp_path / "workspace", HELD_S):
        context = prepare_story_when_free(folder, tmp_path / "workspace", {}, NOW, patience_s=60.0)
    assert context.job.story == "果园"
    context.close()


def test_its_patience_ends(folder: Path, tmp_path: Path) -> None:
    with held(tmp_path / "workspace", HELD_S), pytest.raises(StoryBusy):
        prepare_story_when_free(folder, tmp_path / "workspace", {}, NOW, patience_s=0.0)

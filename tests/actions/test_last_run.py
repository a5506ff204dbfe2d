"""The same command over unchanged files tells its outcome again; whatever a run depends on, once touched, has the stages walked."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.actions import last_run
from pipeline.actions.last_run import LastRun, Repeated
from pipeline.actions.outcome import Outcome, Video
from pipeline.actions.story_job import prepare_story
from pipeline.documents.message import M
from pipeline.documents.offer import Catalog, Offer
from pipeline.documents.rendition import ChunkFate
from pipeline.settings import MODEL_VARIABLE

MORNING = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
ENDS = MORNING + timedelta(hours=6)
PLUM = Offer(sku="L-2", name="青梅", price=Decimal("12.50"), unit="3斤", offer_ends=ENDS)
WARNING = M("{count} files were set aside.", count=1)


@pytest.fixture(autouse=True)
def _without_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_run, "ORDER", ())
    monkeypatch.setattr(last_run, "CLOCK_TICK_S", -600.0)  # the files of a test are always as new as its run


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "青梅"
    folder.mkdir()
    (folder / "one.mp4").write_bytes(b"a clip")
    return folder


def asked(clips: Path, now: datetime = MORNING, **options: object) -> LastRun:
    return LastRun(clips, clips.parent / "workspace", options, now)


def made(clips: Path, *, passed: bool = True) -> Path:
    """A run that ended, and the workspace it ended in."""
    workspace = clips.parent / "workspace"
    run = asked(clips)
    context = prepare_story(clips, workspace, {}, MORNING)
    context.write("catalog.json", Catalog(path="", offers=(PLUM,)))
    context.write_text("subtitles.srt", "1\n00:00:00,000 --> 00:00:01,000\n青梅\n")
    (context.outbox / "青梅.mp4").write_bytes(b"a video")
    context.close()
    fate = ChunkFate(start_s=0, end_s=2, made=True, why=M("made"))
    video = Video("shelf-1080x1920", passed, {"video": str(context.outbox / "青梅.mp4")}, 9.5, -14.0, (1, 0), (fate,))
    run.keep(context, Outcome("青梅", "zh", "lesson", str(context.outbox), passed=passed, warnings=[WARNING], videos=[video]))
    return workspace


def test_a_run_over_unchanged_files_is_told_again_as_one_that_made_nothing(clips: Path) -> None:
    made(clips)
    again = asked(clips, MORNING + timedelta(hours=1)).repeated()
    assert isinstance(again, Repeated)
    [video] = again.outcome.videos
    assert (again.outcome.story, again.outcome.warnings, video.chunks) == ("青梅", [WARNING], (0, 1))
    assert [fate.made for fate in video.fates] == [False]
    assert asked(clips, MORNING + timedelta(hours=2)).repeated() is not None


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


TOUCHED: dict[str, Callable[[Path, Path], object]] = {
    "a clip": lambda clips, _: _append(clips / "one.mp4"),
    "one more clip": lambda clips, _: (clips / "two.mp4").write_bytes(b"another"),
    "a clip taken away": lambda clips, _: (clips / "one.mp4").unlink(),
    "a note": lambda clips, _: (clips / "说明.txt").write_text("青梅", encoding="utf-8"),
    "the subtitles": lambda _, workspace: _append(workspace / "stories/青梅/subtitles.srt"),
    "the story's settings": lambda _, workspace: _append(workspace / "stories/青梅/story.toml"),
    "the workspace's settings": lambda _, workspace: (workspace / "fieldcut.toml").write_text("", encoding="utf-8"),
    "the co-op's sheet": lambda _, workspace: (workspace / "catalog.csv").write_text("品名,价格\n", encoding="utf-8"),
    "a style of one's own": lambda _, workspace: ((workspace / "templates").mkdir(), _append(workspace / "templates/own.yaml")),
    "the finished video": lambda _, workspace: (workspace / "outbox/青梅/青梅.mp4").unlink(),
    "the ledger": lambda _, workspace: (workspace / "ledger.db").write_bytes(b"-"),
    "the page on the shelf": lambda _, workspace: ((workspace / "shelf").mkdir(), _append(workspace / "shelf/index.html")),
}


@pytest.mark.parametrize("what", TOUCHED)
def test_whatever_was_touched_has_the_stages_walked(what: str, clips: Path) -> None:
    workspace = made(clips)
    assert asked(clips).repeated() is not None
    TOUCHED[what](clips, workspace)
    assert asked(clips).repeated() is None


def test_another_wish_day_program_or_environment_has_the_stages_walked(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(clips)
    assert asked(clips, template="dali").repeated() is None
    assert asked(clips, MORNING + timedelta(days=1)).repeated() is None
    assert asked(clips, ENDS + timedelta(minutes=1)).repeated() is None, "an offer ended meanwhile"
    assert asked(clips, MORNING - timedelta(minutes=1)).repeated() is None, "the clock was set back"
    with monkeypatch.context() as patched:
        patched.setenv("FIELDCUT_WHISPER", "/another/ear")
        assert asked(clips).repeated() is None
    monkeypatch.setattr(last_run, "program_mark", lambda: "another release")
    assert asked(clips).repeated() is None


def test_what_was_touched_while_it_ran_or_did_not_end_well_is_not_kept(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(clips, passed=False)
    assert asked(clips).repeated() is None
    monkeypatch.setattr(last_run, "CLOCK_TICK_S", 2.0)
    made(clips)
    os.utime(clips, (1, 1))
    assert asked(clips).repeated() is None


def test_another_model_under_the_same_name_is_heard(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = clips.parent / "ear"
    model.mkdir()
    (model / "model.bin").write_bytes(b"small")
    monkeypatch.setenv(MODEL_VARIABLE, str(model))
    made(clips)
    assert asked(clips).repeated() is not None
    (model / "model.bin").write_bytes(b"larger")
    assert asked(clips).repeated() is None


def test_a_broken_note_of_the_last_run_is_no_trouble(clips: Path) -> None:
    workspace = made(clips)
    (workspace / "stories/青梅" / last_run.FILE).write_text('{"request": {', encoding="utf-8")
    assert asked(clips).repeated() is None

"""Speech is recognised while the pictures are judged, where the machine has room for both; and ends with the run that began it."""

import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline import speech as speech_room
from pipeline import system
from pipeline.documents.analysis import SoundFacts
from pipeline.documents.base import Span
from pipeline.documents.clip import Sound
from pipeline.documents.job import Job
from pipeline.documents.offer import Brief, Catalog
from pipeline.media import run_media
from pipeline.stages import early_speech
from pipeline.workspace import StoryContext
from tests import builders

TALKS = SoundFacts(loudness_lufs=-20, speech_lufs=-20, noise_dbfs=-50, speech=(Span(start_s=0, end_s=3),))
CLIP = builders.clip("a")
SOUNDS = {CLIP.id: TALKS}


@pytest.fixture
def story(tmp_path: Path) -> StoryContext:
    job = Job(story="s", source=str(tmp_path / "in"), workspace=str(tmp_path), now="2026-11-03T08:00:00Z")  # type: ignore[arg-type]
    context = StoryContext(job)
    context.open()
    context.write("catalog.json", Catalog(path="", offers=()))
    context.write("brief.json", Brief())
    return context


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "allowed_cores", lambda: 2)
    monkeypatch.setattr(system, "memory", lambda: (8 << 30, 4 << 30))


def recogniser(monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[str]:
    """A recogniser that is a real process and takes so long. Returns what becomes of it."""
    happened: list[str] = []

    def transcribe(_clips: object, spans: dict[str, tuple[Span, ...]], **given: object) -> None:
        happened.append(f"listens to {spans[CLIP.id][0].length_s:.0f} s")
        try:
            command = [sys.executable, "-c", f"import time; time.sleep({seconds})"]
            run_media(command, name="speech", alive=given["alive"])  # type: ignore[arg-type]
            happened.append("done")
        finally:
            happened.append("ended")

    monkeypatch.setattr(speech_room, "transcribe", transcribe)
    return happened


@pytest.mark.usefixtures("roomy")
def test_it_goes_on_beside_and_is_waited_for(story: StoryContext, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = recogniser(monkeypatch, 0.5)
    with early_speech.speech_beside(story, SOUNDS, (CLIP,)) as wait:
        happened.append("judged")
        wait(lambda _share: None)
    assert sorted(happened[:2]) == ["judged", "listens to 3 s"]
    assert happened[2:] == ["done", "ended"]


@pytest.mark.usefixtures("roomy")
def test_it_ends_at_once_with_a_run_that_is_cancelled(story: StoryContext, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = recogniser(monkeypatch, 60)
    began_s = time.monotonic()

    def cancelled() -> None:
        with early_speech.speech_beside(story, SOUNDS, (CLIP,)):
            while not happened:
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cancelled()
    assert time.monotonic() - began_s < 20
    assert happened == ["listens to 3 s", "ended"]
    assert "speech" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize(
    ("cores", "free", "sounds", "known"),
    [(1, 4 << 30, SOUNDS, True), (2, 1 << 30, SOUNDS, True), (2, 4 << 30, {}, True), (2, 4 << 30, SOUNDS, False)],
    ids=["one core", "little memory", "a clip without a measured sound", "no sheet yet"],
)
def test_otherwise_the_stage_of_speech_has_it_all(
    story: StoryContext,
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
    free: int,
    sounds: dict[str, SoundFacts],
    known: bool,
) -> None:
    happened = recogniser(monkeypatch, 0.1)
    monkeypatch.setattr(system, "allowed_cores", lambda: cores)
    monkeypatch.setattr(system, "memory", lambda: (8 << 30, free))
    if not known:
        story.path("catalog.json").unlink()
    with early_speech.speech_beside(story, sounds, (CLIP,)) as wait:
        wait(lambda _share: None)
    assert happened == []


def test_a_sound_that_does_not_decode_is_left_to_the_judgement_of_its_clip(story: StoryContext) -> None:
    gone = builders.clip("b", sound=Sound(stream=0, codec="aac", rate_hz=48_000, channels=1, duration_s=300.0))
    assert early_speech.sounds_of(story, (CLIP, gone)) == {CLIP.id: None}

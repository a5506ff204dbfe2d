"""A sound of which little decodes ends no analysis, and a clip that cannot be measured ends no story."""

import random
from pathlib import Path

import pytest

from pipeline import analysis as analysis_room
from pipeline.analysis.sound import measure_sound
from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import MediaFault
from pipeline.footage.ingest import probe_file
from pipeline.stages.analysis import STAGE
from pipeline.workspace import StoryContext
from tests import builders


def test_a_sound_of_which_little_decodes_is_measured_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = builders.ffmpeg("-f", "lavfi", "-i", "sine=f=440:d=3", "-c:a", "aac", "-b:a", "96k", out=tmp_path / "whole.m4a")
    content, chance = bytearray(whole.read_bytes()), random.Random(7)
    begins = content.index(b"mdat") + 4
    for at in range(begins + 2000, min(len(content), begins + 34_000), 9):
        content[at] = chance.randrange(256)
    damaged = tmp_path / "damaged.m4a"
    damaged.write_bytes(content)
    film = builders.film(tmp_path / "film.mp4")
    clip = probe_file(film, film.name).model_copy(update={"path": str(damaged), "name": damaged.name})
    assert measure_sound(clip) is not None


@pytest.fixture
def story(tmp_path: Path) -> StoryContext:
    job = Job(story="s", source=str(tmp_path / "in"), workspace=str(tmp_path), now="2026-11-03T08:00:00Z")  # type: ignore[arg-type]
    context = StoryContext(job)
    context.open()
    context.write("clips.json", Clips(clips=(builders.clip("a"), builders.clip("b")), set_aside=()))
    return context


def measure_none_but(monkeypatch: pytest.MonkeyPatch, *good: str) -> None:
    def analyse(clip: Clip, *_: object) -> Analysis:
        if clip.name in good:
            return builders.analysis(clip.id, builders.shot(0, 4))
        raise MediaFault(M("the media program failed"))

    monkeypatch.setattr(analysis_room, "analyse", analyse)


def test_a_clip_that_the_media_program_cannot_measure_is_left_out(story: StoryContext, monkeypatch: pytest.MonkeyPatch) -> None:
    measure_none_but(monkeypatch, "b.mp4")
    STAGE.run(story, lambda _: None)
    analyses = story.read("analyses.json", Analyses).by_clip
    assert [defect.kind for shot in analyses["a" * 16].shots for defect in shot.defects] == ["unreadable"]
    assert not analyses["b" * 16].shots[0].defects


def test_a_media_program_that_measures_nothing_is_named(story: StoryContext, monkeypatch: pytest.MonkeyPatch) -> None:
    measure_none_but(monkeypatch)
    with pytest.raises(MediaFault):
        STAGE.run(story, lambda _: None)

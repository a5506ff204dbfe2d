"""Stories of earlier releases, which kept their first rendition's documents among their own, are brought to where they lie now."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.documents.job import Job
from pipeline.stages.renditions import renditions
from pipeline.story_layout import migrate_story
from pipeline.workspace import StoryContext
from tests.fakes.killed_process import KILLED, forked, points_of

JOB = {"destination": "douyin", "width": 270, "height": 480}
OWN = ("framing.json", "look.json", "plan.json", "rendition.json", "inspection.json", "outbox.json")
SHARED = ("edit.json", "subtitles.srt", "clips.json", "job.json", "story.toml", ".made.json")


def old_story(folder: Path) -> Path:
    """A story as an earlier release left it, each file with its own name in it, and a second rendition in a folder of its own."""
    second = folder / "renditions" / "douyin-360x360"
    second.mkdir(parents=True)
    for name in (*OWN, "subtitles.json", *SHARED):
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "job.json").write_text(json.dumps(JOB), encoding="utf-8")
    (folder / "inspection").mkdir()
    (folder / "inspection" / "black.png").write_bytes(b"png")
    (second / "look.json").write_text("second", encoding="utf-8")
    return folder


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


NOW_LYING = {
    **{f"renditions/douyin-270x480/{name}": name for name in OWN},
    "renditions/douyin-270x480/inspection/black.png": "png",
    "renditions/douyin-360x360/look.json": "second",
    "cues.json": "subtitles.json",
    **{name: name for name in SHARED},
    "job.json": json.dumps(JOB),
}


def test_the_first_renditions_documents_move_to_a_folder_of_their_own_and_the_storys_stay(tmp_path: Path) -> None:
    story = old_story(tmp_path / "果园")
    migrate_story(story)
    assert content(story) == NOW_LYING
    migrate_story(story)
    assert content(story) == NOW_LYING


def test_a_run_that_dies_while_they_are_moved_loses_nothing(tmp_path: Path) -> None:
    counted = old_story(tmp_path / "counted")
    count = points_of(lambda: migrate_story(counted), tmp_path / "count")
    for point in range(1, count + 1):
        story = old_story(tmp_path / f"{point}")
        assert forked(lambda story=story: migrate_story(story), die_at=point) == KILLED  # type: ignore[misc]
        migrate_story(story)
        assert content(story) == NOW_LYING
    assert count >= len(OWN)


@pytest.mark.parametrize("job", ["", "{}", '{"destination": "douyin", "width": "wide", "height": 480}'])
def test_a_story_whose_job_cannot_be_read_is_left_as_it_is(tmp_path: Path, job: str) -> None:
    story = old_story(tmp_path / "果园")
    (story / "job.json").write_text(job, encoding="utf-8")
    before = content(story)
    migrate_story(story)
    assert content(story) == before


def test_every_rendition_has_a_folder_of_its_own_and_one_edit_serves_all_that_may_last_as_long(tmp_path: Path) -> None:
    square, short = {"width": 360, "height": 360}, {"width": 270, "height": 480, "max_seconds": 12}
    asked = {**JOB, "more": [{"destination": "douyin", **square}, {"destination": "douyin", **short}]}
    job = Job.model_validate({**asked, "story": "果园", "source": "/", "workspace": str(tmp_path), "now": datetime.now(UTC)})
    context = StoryContext(job)
    videos = renditions(context)
    folders = [context.story / "renditions" / spec.name for spec in job.renditions]
    assert [video.path("look.json").parent for video in videos] == folders
    assert [video.path("edit.json").parent for video in videos] == [context.story, context.story, folders[2]]
    assert {video.path("subtitles.srt") for video in videos} == {context.story / "subtitles.srt"}

"""Which files are subtitles in a second language: by their names, never a drone's, and only one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.documents.job import Job
from pipeline.errors import UserMistake
from pipeline.stages.second_language import second_language_file
from pipeline.workspace import StoryContext


@pytest.fixture
def context(tmp_path: Path) -> StoryContext:
    (tmp_path / "clips").mkdir()
    (tmp_path / "w" / "stories" / "apples").mkdir(parents=True)
    job = Job(story="apples", source=str(tmp_path / "clips"), workspace=str(tmp_path / "w"), now=datetime(2026, 11, 1, tzinfo=UTC))
    return StoryContext(job)


def put(context: StoryContext, *names: str) -> None:
    for name in names:
        (Path(context.job.source) / name).write_bytes(b"1")


@pytest.mark.parametrize("name", ["英文.srt", "字幕.srt", "apples.en.srt", "English.srt", "彝语.SRT", "双语字幕.srt"])
def test_a_file_beside_the_clips_is_known_by_its_name(context: StoryContext, name: str) -> None:
    put(context, "IMG_1.mp4", name)
    found = second_language_file(context)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "names", [("DJI_0001.MP4", "DJI_0001.SRT"), ("clip.en.mp4", "clip.en.srt"), ("a.mp4", "剪辑草稿.srt"), ("a.mp4", "字幕.txt")]
)
def test_what_a_drone_or_an_editor_writes_beside_its_clip_is_none(context: StoryContext, names: tuple[str, ...]) -> None:
    put(context, *names)
    assert second_language_file(context) is None


def test_the_file_in_the_storys_folder_goes_before(context: StoryContext) -> None:
    put(context, "英文.srt")
    own = context.story / "subtitles.en.srt"
    own.write_bytes(b"1")
    (context.story / "subtitles.srt").write_bytes(b"1")
    assert second_language_file(context) == own


def test_of_two_neither_is_taken(context: StoryContext) -> None:
    put(context, "英文.srt", "藏文.srt")
    with pytest.raises(UserMistake, match="英文"):
        second_language_file(context)

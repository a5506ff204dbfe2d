"""Which files are subtitles in a second language: by their names, never a drone's, and only one."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.brand import load_style
from pipeline.brand.layout import canvas_for, typography_for
from pipeline.documents.job import Job
from pipeline.documents.look import Look
from pipeline.documents.offer import Offer
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import UserMistake
from pipeline.publish import load_destination
from pipeline.stages.registry import load_stage
from pipeline.stages.renditions import renditions
from pipeline.stages.second_language import second_language_file
from pipeline.workspace import StoryContext
from tests.edit.conftest import Story, phrase_at


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


SAID = ("乡亲们好我是老罗", "雷波脐橙五斤三十九块九")


def made_story(root: Path) -> StoryContext:
    """A story that is cut, with two sentences and no files behind its clips."""
    story = Story()
    first = phrase_at(1.0, SAID[0])
    story.add("view.mp4", 8.0)
    story.add("talk.mp4", 12.0, phrases=[first, phrase_at(round(first.end_s + 1.5, 3), SAID[1])])
    (root / "clips").mkdir()
    job = Job(
        story="橙子", source=str(root / "clips"), workspace=str(root), width=720, height=1280, music="none",
        now=datetime(2026, 11, 3, tzinfo=UTC), subtitles="karaoke",
    )  # fmt: skip
    context = StoryContext(job)
    offer = Offer(sku="K7", name="雷波脐橙", price=Decimal("39.9"), unit="5斤")
    story.write(context, offer)
    (video,) = renditions(context)
    load_stage("edit").run(context, lambda _: None)
    canvas = canvas_for(load_style("plain"), load_destination("shelf"), 720, 1280)
    look = Look(style="plain", width=720, height=1280, fps=30, layers=(), typography=typography_for(canvas))
    video.write("look.json", look)
    return context


def run(context: StoryContext) -> Subtitles:
    load_stage("subtitles").run(context, lambda _: None)
    (video,) = renditions(context)
    return video.read("subtitles.json", Subtitles)


def test_a_translated_file_stands_under_its_lines_and_in_no_file_of_the_person(tmp_path: Path) -> None:
    context = made_story(tmp_path)
    before = run(context)
    assert all(cue.spoken for cue in before.shown)
    assert [stress.kind for stress in before.shown[-1].stresses] == ["price"]
    own = context.path("subtitles.srt").read_text(encoding="utf-8")
    english = own.replace("乡亲们好我是老罗", "Good day, I’m old Luo")
    english = re.sub(r"雷波脐橙.*\n", "Leibo oranges: five jin for ¥39.9\n", english)
    (context.story / "subtitles.en.srt").write_bytes(english.encode("cp1252"))
    after = run(context)
    assert [" ".join(cue.second) for cue in after.shown] == ["Good day, I’m old Luo", "Leibo oranges: five jin for ¥39.9"]
    assert {len(cue.lines) for cue in after.shown} == {1}
    assert context.path("subtitles.srt").read_text(encoding="utf-8") == own
    assert run(context) == after
    (context.story / "subtitles.en.srt").unlink()
    assert run(context).cues == before.cues

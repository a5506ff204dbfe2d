"""The way of a line that was not understood for certain: held, told with its time, asked for off the shelf, released by a person."""

import shutil
from pathlib import Path

import pytest

from pipeline.actions.rerender import last_job
from pipeline.documents.collected import Transcripts
from pipeline.documents.consent import Consents
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.documents.subtitles import Subtitles
from pipeline.language import say
from pipeline.stages import subtitles as subtitles_stage
from pipeline.stages.release import captions_of, claims_of
from pipeline.stages.renditions import renditions
from pipeline.subtitles import doubtful_lines, to_ass
from pipeline.workspace import StoryContext
from tests.demo_story import made_demo


@pytest.fixture
def story(demo_workspace: Path, tmp_path: Path) -> StoryContext:
    """The demo's documents in a workspace of the test, with one phrase that the decoder does not trust."""
    outcome, *_ = made_demo(demo_workspace)
    shutil.copytree(demo_workspace / "stories", tmp_path / "stories")
    context = StoryContext(last_job(outcome.story, tmp_path))
    transcripts = context.read("transcripts.json", Transcripts)
    phrase = next(phrase for transcript in transcripts.by_clip.values() for phrase in transcript.phrases if "又脆又甜" in phrase.text)
    doubted = {
        clip_id: transcript.model_copy(
            update={"phrases": tuple(each.model_copy(update={"trust": 0.4 if each == phrase else 0.99}) for each in transcript.phrases)}
        )
        for clip_id, transcript in transcripts.by_clip.items()
    }
    context.write("transcripts.json", transcripts.model_copy(update={"by_clip": doubted}))
    subtitles_stage.run(context, lambda _: None)
    return context


def doubts(context: StoryContext, destination: str) -> list[str]:
    """The rules of the findings about the speech that keep a video from going out there."""
    video = renditions(context)[0]
    video.job = video.job.model_copy(update={"destination": destination})
    claims = claims_of(video, captions_of(video), video.job.now, Consents())
    return [claim.rule for claim in claims if claim.place.kind == "voice"]


def test_a_doubtful_line_is_not_on_the_picture_while_its_speech_stays(story: StoryContext) -> None:
    video = renditions(story)[0]
    subtitles, typography = video.read("subtitles.json", Subtitles), video.read("look.json", Look).typography
    (doubtful,) = subtitles.doubtful
    assert "又脆又甜" not in to_ass(subtitles.cues, typography, 270, 480, subtitles.fps)
    assert "[?] " in story.path("subtitles.srt").read_text(encoding="utf-8")
    heard = [piece for piece in video.read("edit.json", Edit).heard if piece.clip_id == doubtful.clip_id]
    assert any(piece.at_frame <= doubtful.start_frame < piece.at_frame + piece.frames for piece in heard)
    (message,) = doubtful_lines(subtitles)
    seconds = doubtful.start_frame // subtitles.fps
    assert say(message, "en").startswith(f"One line needs an ear (0:{seconds:02})")


def test_a_release_beyond_the_shelf_asks_until_a_person_has_listened(story: StoryContext) -> None:
    assert doubts(story, "shelf") == []
    assert doubts(story, "douyin") == ["speech.doubtful"]
    path = story.path("subtitles.srt")
    path.write_text(path.read_text(encoding="utf-8").replace("[?] ", ""), encoding="utf-8")
    subtitles_stage.run(story, lambda _: None)
    assert renditions(story)[0].read("subtitles.json", Subtitles).doubtful == ()
    assert doubts(story, "douyin") == []


def test_a_line_that_a_person_took_out_is_not_asked_about(story: StoryContext) -> None:
    path = story.path("subtitles.srt")
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    path.write_text("\n\n".join(block for block in blocks if "[?]" not in block), encoding="utf-8")
    subtitles_stage.run(story, lambda _: None)
    subtitles_stage.run(story, lambda _: None)
    assert doubts(story, "douyin") == []
    assert "又脆又甜" not in path.read_text(encoding="utf-8")

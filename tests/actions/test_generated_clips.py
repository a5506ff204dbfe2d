"""A person declares by command that a clip was made with AI, and takes it back; a file's own mark and the note are not overruled."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.consent import list_consents
from pipeline.actions.generated_clips import declare_generated, take_back_declaration
from pipeline.documents.clip import DECLARED, Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.job import Job
from pipeline.documents.offer import Brief
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.ledger import Actor, Who
from pipeline.stages.footage import ai_declarations, with_declarations
from pipeline.store import load_document, save_document
from pipeline.workspace import StoryContext
from tests import builders

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
PERSON = Actor(who=Who.PERSON, name="陈姐")
PLAIN = builders.clip("a", name="喷泉.mp4")
MARKED = builders.clip("b", name="航拍.mp4", generated="Kling")
NOTED = builders.clip("c", name="开头.mp4", generated=DECLARED)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "stories" / "广场"
    job = Job(story="广场", source=str(tmp_path / "in"), workspace=str(tmp_path), now=NOW)
    documents = {
        "job.json": job,
        "clips.json": Clips(clips=(PLAIN, MARKED, NOTED), set_aside=()),
        "analyses.json": Analyses(by_clip={}),
        "transcripts.json": Transcripts(by_clip={}),
        "brief.json": Brief(generated=("开头",)),
    }
    for name, document in documents.items():
        save_document(folder / name, document)
    return tmp_path


def marks(workspace: Path) -> dict[str, str | None]:
    clips = load_document(workspace / "stories" / "广场" / "clips.json", Clips).clips
    return {clip.name: clip.generated for clip in clips}


def test_a_declared_clip_counts_as_made_with_ai_until_it_is_taken_back(workspace: Path) -> None:
    for _ in range(2):
        report = declare_generated("广场", workspace, "喷泉", PERSON, NOW, "zh")
        assert report.exit_code == 0
        assert "fieldcut render 广场" in report.lines[0]
        assert marks(workspace)["喷泉.mp4"] == DECLARED
        # The next look at the dropped files finds no mark in it, and what was said holds.
        context = StoryContext(load_document(workspace / "stories" / "广场" / "job.json", Job))
        looked_at_anew = with_declarations(Clips(clips=(PLAIN, MARKED), set_aside=()), ai_declarations(context))
        assert [clip.generated for clip in looked_at_anew.clips] == [DECLARED, "Kling"]
        take_back_declaration("广场", workspace, "喷泉.mp4", PERSON, NOW, "zh")
        assert marks(workspace) == {"喷泉.mp4": None, "航拍.mp4": "Kling", "开头.mp4": DECLARED}


def test_a_file_that_says_so_itself_needs_no_declaration(workspace: Path) -> None:
    assert "Kling" in declare_generated("广场", workspace, "航拍", PERSON, NOW, "zh").lines[0]
    assert marks(workspace)["航拍.mp4"] == "Kling"


@pytest.mark.parametrize(("clip", "words"), [("航拍", "Kling"), ("开头", "说明"), ("喷泉", "没有人"), ("没有这段", "没有这段")])
def test_what_nobody_declared_by_command_cannot_be_taken_back(workspace: Path, clip: str, words: str) -> None:
    with pytest.raises(UserMistake) as refused:
        take_back_declaration("广场", workspace, clip, PERSON, NOW, "zh")
    assert words in say(refused.value.message, "zh")
    assert marks(workspace) == {"喷泉.mp4": None, "航拍.mp4": "Kling", "开头.mp4": DECLARED}


def test_the_list_says_by_whose_word_a_clip_is_ai_made(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.actions.consent._consent_requests", lambda _context: ())
    declare_generated("广场", workspace, "喷泉", PERSON, NOW, "zh")
    lines = list_consents("广场", workspace, "zh").lines
    assert [line for line in lines if "喷泉.mp4" in line and "陈姐" in line]
    assert [line for line in lines if "航拍.mp4" in line and "Kling" in line]
    assert [line for line in lines if "开头.mp4" in line and "说明" in line]

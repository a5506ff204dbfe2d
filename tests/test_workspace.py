"""A story's documents as the stages read them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import workspace
from pipeline.documents.job import Job, RenditionSpec
from pipeline.documents.offer import Brief
from pipeline.errors import FieldCutError
from pipeline.store import write_atomically
from pipeline.workspace import StoryContext, new_job

NOW = datetime(2026, 10, 18, 12, 0, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> StoryContext:
    return StoryContext(Job(story="果园", source=str(tmp_path), workspace=str(tmp_path), now=NOW))


def test_a_document_that_all_videos_share_is_read_once(context: StoryContext) -> None:
    context.write("brief.json", Brief(headline="苹果"))
    first = context.read("brief.json", Brief)
    other = context.for_rendition(RenditionSpec(destination="douyin", width=270, height=480))
    assert other.read("brief.json", Brief) is first


def test_what_was_written_meanwhile_is_read(context: StoryContext) -> None:
    other = context.for_rendition(RenditionSpec(destination="douyin", width=270, height=480))
    for number in range(20):
        context.write("brief.json", Brief(headline=f"苹果{number % 10}"))
        assert other.read("brief.json", Brief).headline == f"苹果{number % 10}"


def test_what_a_person_changed_is_read(context: StoryContext) -> None:
    context.write("brief.json", Brief(headline="苹果"))
    assert context.read("brief.json", Brief).headline == "苹果"
    write_atomically(context.path("brief.json"), Brief(headline="石榴").model_dump_json())
    assert context.read("brief.json", Brief).headline == "石榴"


def test_a_document_that_went_away_is_not_remembered(context: StoryContext) -> None:
    context.write("brief.json", Brief(headline="苹果"))
    context.read("brief.json", Brief)
    context.path("brief.json").unlink()
    with pytest.raises(FieldCutError):
        context.read("brief.json", Brief)


def test_a_story_that_another_folder_begins_a_moment_later_is_not_taken_for_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = tmp_path / "1" / "果园", tmp_path / "2" / "果园"
    looked, others = workspace._story_id, []

    def look(source: Path, place: Path) -> tuple[str, bool]:
        found = looked(source, place)
        if not others:
            others.append(None)
            others.append(new_job(other, tmp_path / "w", {}, NOW))
        return found

    monkeypatch.setattr(workspace, "_story_id", look)
    job = new_job(mine, tmp_path / "w", {}, NOW)
    assert (job.story, others[1].story) == ("果园-2", "果园")
    assert new_job(mine, tmp_path / "w", {}, NOW).story == "果园-2"

"""`fieldcut stories` and `stages`, and the sheet that a story was made with last."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.story_job import prepare_story
from pipeline.actions.story_list import list_stages, list_stories, story_line
from pipeline.documents.job import Job
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.stages.registry import ORDER
from pipeline.store import load_document

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    (tmp_path / "橙子").mkdir()
    return tmp_path / "橙子"


def begun(clips: Path, **options: str) -> Job:
    context = prepare_story(clips, clips.parent / "workspace", options, NOW)
    context.close()
    return context.job


def test_a_sheet_given_once_is_used_again_and_left_out_on_purpose(clips: Path) -> None:
    sheet = clips.parent / "价目.csv"
    sheet.write_text("品名,价格\n", encoding="utf-8")
    assert begun(clips, catalog=str(sheet)).catalog == str(sheet)
    assert begun(clips).catalog == str(sheet)
    assert begun(clips, catalog="none").catalog == ""
    begun(clips, catalog=str(sheet))
    sheet.unlink()
    with pytest.raises(UserMistake, match=r"价目\.csv.*--catalog none"):
        begun(clips)
    own = clips.parent / "workspace" / "catalog.csv"
    own.write_text("品名,价格\n", encoding="utf-8")
    assert begun(clips).catalog == str(own)


def test_a_style_and_a_destination_in_chinese_are_kept_by_their_names(clips: Path) -> None:
    job = begun(clips, template="凉山", destination="抖音")
    assert (job.template, job.destination) == ("liangshan", "douyin")


def test_the_stories_of_a_workspace_are_listed_with_what_each_stage_left(clips: Path) -> None:
    workspace = clips.parent / "workspace"
    assert list_stories(workspace) == ()
    begun(clips)
    [story] = list_stories(workspace)
    assert (story.name, story.state, story.video, story.source) == ("橙子", "unfinished", "", str(clips))
    assert "没做完" in say(story_line(story), "zh")
    stages = list_stages(workspace, "橙子")
    assert [one.name for one in stages] == list(ORDER)
    assert all(one.seconds is None and not one.files for one in stages)
    with pytest.raises(UserMistake, match="橙子"):
        list_stages(workspace, "柚子")
    assert load_document(workspace / "stories" / "橙子" / "job.json", Job).story == "橙子"

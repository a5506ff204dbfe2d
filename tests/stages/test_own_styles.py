"""A style of the workspace's own is used by a job, and a change of it makes the stages that depend on it run again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.new_style import new_style
from pipeline.documents.coop_brand import CoopBrand
from pipeline.documents.job import Job
from pipeline.stages.registry import load_stage
from pipeline.stages.style import style_of
from pipeline.workspace import StoryContext


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job in a style of the workspace's own."""
    new_style("zhaojue", tmp_path, copy_of="liangshan", zh="昭觉")
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return Job(story="s", source=str(tmp_path / "clips"), workspace=str(tmp_path), template="zhaojue", now=now)


def test_a_job_takes_the_workspaces_own_style(job: Job) -> None:
    assert style_of(job).label["zh"] == "昭觉"
    lilac = style_of(job.model_copy(update={"coop": CoopBrand(colour="#B48CE0")}))
    assert lilac.palette.button.fill == "#B48CE0"


def test_a_changed_style_makes_its_stages_run_again_and_no_others(job: Job) -> None:
    context = StoryContext(job)

    def keys() -> dict[str, str]:
        return {name: load_stage(name).key(context) for name in ("footage", "subtitles", "speech")}

    before = keys()
    file = Path(job.workspace, "templates", "zhaojue", "template.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace('yellow: "#F2B222"', 'yellow: "#E0A010"'), encoding="utf-8")
    after = keys()
    assert {name for name in before if before[name] != after[name]} == {"subtitles"}
    assert style_of(job).colours["yellow"] == "#E0A010"

"""A workspace and a ledger of release 0.1.0, made by its own `demo`, `publish` and `consent`, open in this one and speak Chinese.

Stories and ledgers hold the English keys of messages, so a key that is taken out of the translations would leave people with English.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.actions.rerender import last_job
from pipeline.documents.base import Document
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.job import Job
from pipeline.documents.look import Look
from pipeline.documents.message import Warnings
from pipeline.documents.offer import Brief, Catalog, Choice
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.spoken_prices import PricePassages
from pipeline.documents.subtitles import Subtitles
from pipeline.resources import ASSETS
from pipeline.store import load_document

OLD = Path(__file__).parent / "data" / "workspace_0_1"
DOCUMENTS: dict[str, type[Document]] = {
    "analyses.json": Analyses,
    "brief.json": Brief,
    "catalog.json": Catalog,
    "choice.json": Choice,
    "clips.json": Clips,
    "edit.json": Edit,
    "framing.json": Framing,
    "inspection.json": Inspection,
    "job.json": Job,
    "look.json": Look,
    "notices.json": Warnings,
    "plan.json": RenderPlan,
    "prices.json": PricePassages,
    "rendition.json": Rendition,
    "subtitles.json": Subtitles,
    "transcripts.json": Transcripts,
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of the old workspace, whose clips are the demo's."""
    target = tmp_path / "workspace"
    shutil.copytree(OLD, target)
    for path in (*target.rglob("*.json"), *target.rglob("*.toml")):
        path.write_text(path.read_text(encoding="utf-8").replace("/fieldcut/assets", str(ASSETS)), encoding="utf-8")
    return target


@pytest.fixture
def fieldcut(workspace: Path) -> Callable[..., str]:
    """Run a command on it, in Chinese; its standard output."""

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments, "--workspace", str(workspace), "--lang", "zh"])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_the_old_release_is_read(name: str) -> None:
    paths = [OLD / "stories" / "demo" / name, *OLD.glob(f"stories/demo/renditions/*/{name}")]
    for path in filter(Path.is_file, paths):
        assert load_document(path, DOCUMENTS[name])
    assert paths[0].is_file()


def test_every_document_of_the_old_release_is_known() -> None:
    known = {*DOCUMENTS, ".made.json", "outbox.json", "seconds.json"}
    assert {path.name for path in OLD.rglob("*.json")} <= known


def test_the_old_ledger_tells_in_chinese_where_everything_stands(fieldcut: Callable[..., str]) -> None:
    lines = fieldcut("releases").splitlines()
    (live,) = (line for line in lines if "  本地货架  " in line)
    assert "已公开" in live
    handed_over = [line for line in lines if "已交给人发布，还没人认领" in line]
    assert len(handed_over) == 2
    tasks = [line for line in lines if line.lstrip().startswith("→")]
    assert len(tasks) == 2
    assert all("待发包" in task and "Post the pack" not in task for task in tasks)


def test_a_pack_that_the_old_release_handed_over_is_posted_in_this_one(fieldcut: Callable[..., str]) -> None:
    (line,) = (line for line in fieldcut("releases").splitlines() if "  抖音  " in line)
    fieldcut("claim", line[:8], "--by", "李老师")
    assert "已公开" in fieldcut("posted", line[:8], "--by", "李老师", "--link", "https://www.douyin.com/video/7301234567890123456")


def test_what_people_agreed_to_is_still_on_record(fieldcut: Callable[..., str]) -> None:
    assert "王大姐 已同意" in fieldcut("consent", "demo")


def test_an_old_storys_first_video_is_moved_beside_the_others_when_it_is_looked_at(fieldcut: Callable[..., str], workspace: Path) -> None:
    story = workspace / "stories" / "demo"
    of_the_first = ("look.json", "plan.json", "rendition.json", "inspection.json", "outbox.json", "framing.json")
    before = {name: (story / name).read_bytes() for name in of_the_first}
    cues, edit = (story / "subtitles.json").read_bytes(), (story / "edit.json").read_bytes()
    fieldcut("consent", "demo")
    first = story / "renditions" / last_job("demo", workspace).renditions[0].name
    assert {name: (first / name).read_bytes() for name in of_the_first} == before
    assert not any((story / name).exists() for name in (*of_the_first, "subtitles.json"))
    assert ((story / "cues.json").read_bytes(), (story / "edit.json").read_bytes()) == (cues, edit)


@pytest.mark.system
def test_an_old_story_is_rendered_again(fieldcut: Callable[..., str], workspace: Path) -> None:
    def said() -> list[str]:
        edit = load_document(workspace / "stories" / "demo" / "edit.json", Edit)
        return sorted("".join(piece.words for piece in edit.heard if piece.kind == "speech").replace(" ", ""))

    before = said()
    told = json.loads(fieldcut("render", "demo", "--json"))
    assert told["passed"]
    assert said() == before, "this release may cut otherwise, but loses no word"

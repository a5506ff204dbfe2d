"""What docs/contributing.md says of a new detector, check, stage, size and layer: its code, put into a copy of the tree, does it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from pipeline.resources import ASSETS, ROOT

DOCUMENT = ROOT / "docs" / "contributing.md"
RECIPE = re.compile(r"`([\w./]+\.py)`[^`\n]*:\n\n```(python|diff)\n(.*?)```", re.DOTALL)
"""A file that the document names at the end of a paragraph, and under it the code of a new one or the lines that an old one gets."""
SKIPPED = "..."
LONGEST_RECIPE = 13
"""Lines of a new file's code, blank ones and docstrings left out."""
CLIPS = ("果园 远景.mp4", "VID_20261018_090100.mp4")
SIZE = (288, 512)
INSPECT = """
import sys
from pathlib import Path
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.inspection import inspect
from pipeline.publish import load_destination
from pipeline.store import Store, load_document
story, own, video, scratch = map(Path, sys.argv[1:])
result = inspect(
    video, rendition=load_document(own / "rendition.json", Rendition), plan=load_document(own / "plan.json", RenderPlan),
    edit=load_document(story / "edit.json", Edit), look=load_document(own / "look.json", Look),
    subtitles=load_document(own / "subtitles.json", Subtitles),
    destination=load_destination("shelf"), store=Store(scratch / "store"), scratch=scratch,
)
print(result.model_dump_json())
"""
READER_KEY = """
import sys
from pathlib import Path
from pipeline.documents.job import Job
from pipeline.stages.registry import load_stage
from pipeline.store import load_document
from pipeline.workspace import StoryContext
print(load_stage("lesson").key(StoryContext(load_document(Path(sys.argv[1]) / "job.json", Job))))
"""


def recipes() -> list[tuple[str, str, str]]:
    """(file, python or diff, code) in the order of the document."""
    return RECIPE.findall(DOCUMENT.read_text(encoding="utf-8"))


def with_lines(text: str, diff: str) -> str:
    """A file with the lines of a diff that begin with +, each under the line that stands over it there."""
    lines, at = text.splitlines(), 0
    for mark, line in ((line[:1], line[1:]) for line in diff.splitlines()):
        if mark == "+":
            lines.insert(at, line)
            at += 1
        elif line != SKIPPED:
            at = lines.index(line, at) + 1
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Tree:
    """A copy of the repository with all five in it, and the story that it made of two silent clips."""

    root: Path
    workspace: Path
    told: dict[str, Any]

    @property
    def story(self) -> Path:
        """The folder of its documents."""
        return self.workspace / "stories" / str(self.told["story"])

    @property
    def video(self) -> Path:
        """The folder of the documents that its one video has of its own."""
        (video,) = (self.story / "renditions").iterdir()
        return video

    def document(self, name: str) -> Any:
        path = self.video / name
        return json.loads((path if path.is_file() else self.story / name).read_text(encoding="utf-8"))

    def python(self, code: str, *arguments: Path) -> str:
        return run_python(self.root, "-c", code, *arguments)


def run_python(root: Path, *arguments: object) -> str:
    """What Python prints when it imports the packages of this tree."""
    env = {**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=root, env=env, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg: Callable[..., object]) -> Tree:
    root = tmp_path_factory.mktemp("tree")
    for package in ("pipeline", "flows", "templates", "assets"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for name, kind, code in recipes():
        path = root / name
        path.write_text(with_lines(path.read_text(encoding="utf-8"), code) if kind == "diff" else code, encoding="utf-8")
    clips, workspace = root / "clips", root / "workspace"
    clips.mkdir()
    for name in CLIPS:
        run_ffmpeg("-i", ASSETS / "demo" / "story" / name, "-an", "-c", "copy", out=clips / name)
    size = "x".join(map(str, SIZE))
    asked = ["--workspace", workspace, "--size", size, "--preset", "draft", "--music", "none", "--lang", "en", "--json"]
    return Tree(root, workspace, json.loads(run_python(root, "-m", "flows.cli", "make", clips, *asked)))


def test_the_document_shows_five_additions_each_as_a_short_file_or_a_line() -> None:
    new = {name: code for name, kind, code in recipes() if kind == "python"}
    lists = {name for name, kind, _ in recipes() if kind == "diff"}
    assert not [name for name in new if (ROOT / name).exists()]
    assert {Path(name).parent.name for name in new} == {"analysis", "checks", "stages", "layers"}
    assert len(new) == 4
    assert lists == {
        "pipeline/analysis/detectors.py",
        "pipeline/inspection/checks/__init__.py",
        "pipeline/stages/registry.py",
        "pipeline/stages/lesson.py",
        "pipeline/documents/sizes.py",
        "pipeline/brand/layers/__init__.py",
    }
    for name, code in new.items():
        lines = [line for line in code.splitlines() if line.strip() and '"""' not in line]
        assert len(lines) <= LONGEST_RECIPE, name


@pytest.mark.system
def test_what_is_shown_is_in_the_style_of_the_house(tree: Tree) -> None:
    run_python(tree.root, "-m", "ruff", "check", "--no-cache", *{tree.root / name for name, _, _ in recipes()})
    run_python(tree.root, "-m", "ruff", "format", "--check", "--no-cache", *{tree.root / name for name, _, _ in recipes()})


@pytest.mark.system
def test_the_detectors_values_stand_in_the_analysis_of_every_clip(tree: Tree) -> None:
    analyses = tree.document("analyses.json")["by_clip"]
    assert len(analyses) == len(CLIPS)
    for analysis in analyses.values():
        series = analysis["measurements"]["colourfulness"]
        assert all(later - earlier == pytest.approx(0.5, abs=0.1) for (earlier, _), (later, _) in pairwise(series))
        assert median(value for _, value in series) > 10


@pytest.mark.system
def test_the_check_passes_the_video_and_fails_one_that_was_made_grey(tree: Tree, tmp_path: Path, run_ffmpeg: Callable[..., object]) -> None:
    assert tree.told["passed"], tree.told["failed"]
    assert {finding["passed"] for finding in tree.document("inspection.json")["findings"] if finding["check"] == "colour"} == {True}
    grey = tmp_path / "grey.mp4"
    run_ffmpeg("-i", tree.told["files"]["video"], "-vf", "hue=s=0", "-c:a", "copy", out=grey)
    findings = json.loads(tree.python(INSPECT, tree.story, tree.video, grey, tmp_path / "scratch"))["findings"]
    assert [finding["message"]["text"] for finding in findings if finding["check"] == "colour"] == ["The whole video is grey."]


@pytest.mark.system
def test_the_stage_writes_its_text_and_the_stage_that_reads_it_depends_on_it(tree: Tree) -> None:
    chapters = (tree.story / "chapters.txt").read_text(encoding="utf-8").splitlines()
    cuts = tree.document("edit.json")["cuts"]
    assert [line.split(" ")[1] for line in chapters] == [cut["role"] for cut in cuts]
    assert chapters[0].startswith("00:00 ")
    names = list(tree.document("seconds.json"))
    assert names.index("edit") + 1 == names.index("chapters")
    before = tree.python(READER_KEY, tree.story)
    (tree.story / "chapters.txt").write_text("00:00 the orchard", encoding="utf-8")
    assert tree.python(READER_KEY, tree.story) != before


@pytest.mark.system
def test_the_size_is_taken_by_the_command_and_is_that_of_the_video(tree: Tree) -> None:
    rendition = tree.document("rendition.json")
    assert (rendition["width"], rendition["height"]) == SIZE
    assert "288x512" in run_python(tree.root, "-m", "flows.cli", "make", "--help")


@pytest.mark.system
def test_the_layer_stands_in_the_look_and_on_the_picture(tree: Tree) -> None:
    (rule,) = (layer for layer in tree.document("look.json")["layers"] if layer["kind"] == "rule")
    assert rule["box"]["width"] > SIZE[0] / 2
    assert 0 < rule["box"]["height"] <= 4
    assert rule["start_frame"] == 0
    overlays = [finding for finding in tree.document("inspection.json")["findings"] if finding["check"] == "overlays"]
    assert overlays
    assert all(finding["passed"] for finding in overlays)

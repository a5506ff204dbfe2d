"""A close face that nobody has looked at keeps a story from everybody, and `make` names it; a clip declared as AI-made is labelled."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import ffmpeg
from tests.flows.conftest import DEMO, SHEET, SMALL, Run

pytestmark = pytest.mark.system

FACE = "VID_7.mp4"


def test_make_names_a_close_face_and_the_page_waits_until_somebody_has_looked(
    footage: Path, run_here: Run, tmp_path: Path, listened: Callable[[Path], Path]
) -> None:
    folder, workspace = tmp_path / "人物", tmp_path / "workspace"
    for place in (folder, workspace):
        place.mkdir()
    listened(workspace)
    # As a chat app forwards it: without the mark that its generator left in the file.
    ffmpeg("-t", 4, "-i", footage / "clips" / "pub_review_woman_AI_portrait.mp4", "-map_metadata", "-1", "-c", "copy", out=folder / FACE)
    shutil.copy(DEMO / "VID_20261018_081200.mp4", folder)
    page, here = workspace / "shelf" / "人物" / "index.html", ("--workspace", workspace)
    how = ("--seconds", "8", "--product", "YL-PG-05", "--catalog", SHEET)
    made = run_here("make", folder, *SMALL, *how, *here, FIELDCUT_HOME=str(tmp_path / "home"))
    assert made.code == 0, made.err
    assert f"{FACE} 第 " in made.out
    assert "fieldcut consent 人物" in made.out
    assert not page.exists()
    asked = run_here("publish", "人物", "--to", "shelf", "--by", "李老师", *here, FIELDCUT_HOME=str(tmp_path / "home"))
    assert asked.code == 3
    assert any(line.startswith("✗") and FACE in line for line in asked.out.splitlines())
    assert not page.exists()
    assert run_here("consent", "人物", "--clip", FACE, "--who", "小周", "--given-by", "小周", *here).code == 0
    again = run_here("render", "人物", *here, FIELDCUT_HOME=str(tmp_path / "home"))
    assert again.code == 0, again.err
    assert "人脸" not in again.out
    assert page.is_file()
    # A person knows that it is no film of anybody, and says so: the label is on the page from the next video on.
    said = run_here("consent", "人物", "--clip", FACE, "--ai", "--by", "李老师", *here)
    assert said.code == 0, "the page is one of our own, which is made anew by itself"
    assert "货架" in said.out
    assert "fieldcut settle" in said.out
    for command in (("render", "人物"), ("make", folder, *SMALL, *how)):
        labelled = run_here(*command, *here, FIELDCUT_HOME=str(tmp_path / "home"))
        assert labelled.code == 0, labelled.err
        assert "AI" in page.read_text(encoding="utf-8").split("<body>")[1]

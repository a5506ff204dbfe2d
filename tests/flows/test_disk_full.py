"""A disk that is full, wherever a run finds that out: one clear line, no half file under a final name, and the next run finishes."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.rendition import Rendition
from pipeline.resources import ROOT
from pipeline.store import load_document
from tests.flows.conftest import Undisturbed, environment
from tests.render.test_never_lost import plan_of

pytestmark = pytest.mark.system

IN_A_NAMESPACE = ("unshare", "--map-root-user", "--mount", "sh", "-c")
ROOM_MB = {"renders": 64, "story": 420}
"""The second holds the speech model."""
PLACES = ("beginning", "analysis", "speech", "overlays", "voices", "sound", "chunks", "join", "outbox", "report", "shelf")
"""Where the disk fills up under the whole story; the run finds it out there or a little later."""


@cache
def hindrance() -> str:
    """Why no small disk can be mounted here; empty when one can."""
    if shutil.which("unshare") is None:
        return "unshare is not installed"
    done = subprocess.run([*IN_A_NAMESPACE, "mount -t tmpfs none /mnt"], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"no small disk can be mounted here: {done.stderr.strip()}"


def on_a_small_disk(what: str, job: dict[str, Any], home: Path) -> list[dict[str, Any]]:
    """What `tests.fakes.full_disk` saw; the disk is gone with the namespace."""
    if hindrance():
        pytest.skip(hindrance())
    disk, asked = home / "disk", home / "job.json"
    disk.mkdir()
    asked.write_text(json.dumps(job))
    script = 'mount -t tmpfs -o "size=$0" fieldcut-test "$1" && exec "$2" -m tests.fakes.full_disk "$3" "$1" "$4"'
    args = [*IN_A_NAMESPACE, script, f"{ROOM_MB[what]}m", str(disk), sys.executable, what, str(asked)]
    done = subprocess.run(args, cwd=ROOT, env=environment(TMPDIR=str(home)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert isinstance(told, list)
    return told


@pytest.fixture(scope="module")
def rendered(
    tmp_path_factory: pytest.TempPathFactory, run_ffmpeg: Callable[..., Path], picture_options: list[str], sound_options: list[str]
) -> list[dict[str, Any]]:
    home = tmp_path_factory.mktemp("rendered")
    moving = ["-f", "lavfi", "-i", "testsrc2=s=96x160:r=30:d=3", "-f", "lavfi", "-i", "sine=330:d=3"]
    clip = run_ffmpeg(*moving, *picture_options, *sound_options, "-shortest", out=home / "clip.mp4")
    (home / "plan.json").write_text(plan_of(clip).model_dump_json())
    return on_a_small_disk("renders", {"plan": str(home / "plan.json")}, home)


@pytest.fixture(scope="module")
def story(undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    home = tmp_path_factory.mktemp("story")
    told = on_a_small_disk("story", {"command": undisturbed.command(home / "disk" / "workspace")}, home)
    return {one["place"]: one for one in told}


def test_a_render_without_room_is_a_disk_fault_that_names_the_place(rendered: list[dict[str, Any]]):
    full = [one for one in rendered if one["code"] != 0]
    assert {one["place"] for one in full} == {"all", "chunks", "join"}
    assert len(full) > len(rendered) / 2
    for one in full:
        assert one["code"] == 3, one
        assert one["said"].startswith("3 The disk is full: /"), one
        assert "\n" not in one["said"]


def test_a_render_without_room_leaves_nothing_half_made(rendered: list[dict[str, Any]]):
    assert [one["wrong"] for one in rendered] == [[]] * len(rendered)


def test_a_render_finishes_with_the_same_result_once_there_is_room(rendered: list[dict[str, Any]]):
    assert all(one["same"] for one in rendered), rendered


@pytest.mark.parametrize("place", PLACES)
def test_a_story_on_a_full_disk_stops_with_one_clear_line(story: dict[str, dict[str, Any]], place: str):
    one = story[place]
    assert one["reached"], one
    assert one["code"] == 3, one
    line = one["err"].strip()
    assert line.startswith(("The disk is full: /", "The disk is full: the ledger /", "The disk has ")), line
    assert "Free some space and run the same command again." in line
    assert "\n" not in line
    assert json.loads(one["out"]) == {"error": line, "exit_code": 3}


@pytest.mark.parametrize("place", PLACES)
def test_a_full_disk_leaves_no_half_file_under_a_final_name(story: dict[str, dict[str, Any]], place: str):
    assert story[place]["wrong"] == []


def test_once_there_is_room_the_story_is_as_if_the_disk_had_never_been_full(story: dict[str, dict[str, Any]], undisturbed: Undisturbed):
    last = story[""]
    assert last["code"] == 0, last
    assert last["wrong"] == []
    assert last["scratch"] == []
    alone = load_document(undisturbed.workspace / "stories" / "果园" / "renditions" / "shelf-270x480" / "rendition.json", Rendition)
    assert json.loads(last["out"])["length_s"] == round(alone.length_s, 2)

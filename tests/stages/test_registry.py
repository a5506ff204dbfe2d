"""The order of the stages holds together, and names them without loading what they need."""

import subprocess
import sys

import pytest

from pipeline.errors import UserMistake
from pipeline.resources import ROOT
from pipeline.stages.registry import ORDER, load_stage, stages_to


@pytest.mark.parametrize("name", ORDER)
def test_a_stage_reads_only_what_stages_before_it_write(name: str) -> None:
    stage = load_stage(name)
    assert stage.name == name
    written = {document for before in ORDER[: ORDER.index(name)] for document in load_stage(before).writes}
    assert set(stage.reads) <= written


def test_the_order_is_known_before_any_stage_is_loaded() -> None:
    code = "import sys, pipeline.stages.registry; print(*(name for name in sys.modules if name.startswith('pipeline.')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {f"pipeline.stages.{name}" for name in ORDER} & loaded
    assert not {f"pipeline.{room}" for room in ("analysis", "speech", "edit", "brand", "render", "inspection", "lesson")} & loaded


def test_a_stage_that_does_not_exist_is_named_with_those_that_do() -> None:
    assert stages_to("footage") == ("catalog", "footage")
    with pytest.raises(UserMistake, match=r"colouring.*catalog, footage"):
        stages_to("colouring")

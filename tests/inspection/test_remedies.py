"""Every failure says what the person in front of it does next."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection import checks
from pipeline.inspection.checks.qr import QrCheck
from pipeline.language import say
from pipeline.resources import ROOT

CHECKS = sorted(Path(checks.__file__).parent.glob("*.py"))
REMEDIES = ROOT / "pipeline" / "inspection" / "remedies.py"


def sentences(file: Path) -> list[str]:
    """Every sentence that a file says, as it stands in the source."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return [call.args[0].value for call in calls if isinstance(call.func, ast.Name) and call.func.id == "M"]


def failures(file: Path) -> list[ast.Call]:
    """Every place of a file where a check fails."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "failed"]


@pytest.mark.parametrize("file", [file for file in CHECKS if failures(file)], ids=lambda file: file.stem)
def test_each_failure_of_a_check_is_given_its_remedy(file):
    for call in failures(file):
        assert len(call.args) >= 2, f"{file.name}:{call.lineno}"
        assert isinstance(call.args[1], ast.Call | ast.Name), f"{file.name}:{call.lineno}: {ast.unparse(call.args[1])}"


def test_a_remedy_asks_a_volunteer_in_chinese_for_something_that_can_be_done():
    said = sentences(REMEDIES)
    assert len(said) >= 5
    for sentence in said:
        chinese = say(M(sentence, **dict.fromkeys(("story", "folder", "clip", "source"), "X")), "zh")
        assert "请" in chinese, sentence
        assert "fieldcut" in chinese, sentence


def test_what_failed_and_what_to_do_are_told_in_one_breath():
    finding = Finding(check="loudness", passed=False, message=M("There is no sound to measure."), remedy=M("What to do:"))
    assert str(finding.told) == "There is no sound to measure. What to do: What to do:."
    assert finding.model_copy(update={"remedy": None}).told == finding.message


def test_a_code_in_the_footage_names_the_clip_to_take_out(good):
    punished = replace(good, destination=good.destination.model_copy(update={"qr": False}))
    (finding,) = punished.wrong(QrCheck)
    assert finding.remedy.values["clip"] == Path(good.plan.chunks[0].pieces[0].path).name

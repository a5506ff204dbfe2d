"""A detector that is added is fed like the others, and its values stand in the analysis under its name."""

import json
from importlib import import_module
from math import nan

import numpy as np
import pytest

from pipeline.analysis import analysis_key
from pipeline.analysis.detector import SeriesDetector
from pipeline.analysis.detectors import DETECTORS
from pipeline.analysis.frame import Frame
from pipeline.documents.analysis import Analysis
from tests import builders


class Redness(SeriesDetector):
    """Mean of the red channel, 0..1; nothing to say about a dark picture."""

    name = "redness"
    every_s = 0.5

    def measure(self, frame: Frame) -> float:
        return float(frame.image[:, :, 2].mean()) / 255 if frame.grey.mean() > 10 else nan


@pytest.fixture
def with_redness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("pipeline.analysis.analyse"), "DETECTORS", (*DETECTORS, Redness))


@pytest.mark.usefixtures("with_redness")
def test_a_series_stands_in_the_analysis_without_what_says_nothing(judged):
    red, black = np.zeros((64, 96, 3), np.uint8), np.zeros((64, 96, 3), np.uint8)
    red[:, :, 2] = 204
    series = judged([red] * 30 + [black] * 30).measurements["redness"]
    assert [at for at, _ in series] == pytest.approx([0, 0.5], abs=0.1)
    assert [value for _, value in series] == pytest.approx([0.8, 0.8], abs=0.05)


@pytest.mark.usefixtures("with_redness")
def test_an_added_series_and_its_version_change_the_key_of_an_analysis(monkeypatch):
    first = analysis_key(builders.clip())
    monkeypatch.setattr(Redness, "version", 2)
    second = analysis_key(builders.clip())
    monkeypatch.undo()
    assert len({first, second, analysis_key(builders.clip())}) == 3


def test_an_analysis_of_an_earlier_release_still_opens(judged):
    analysis = judged([np.full((64, 96, 3), 90, np.uint8)] * 10)
    earlier = json.loads(analysis.model_dump_json())
    assert earlier.pop("measurements") == {}
    assert Analysis.from_json(json.dumps(earlier)) == analysis


def test_every_detector_has_a_name_of_its_own():
    assert len({kind.name for kind in DETECTORS}) == len(DETECTORS)

"""One continuous shot, split into chunks: nobody sees where, because the frames beside a join are as good as those in the middle."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.render.plan import PRESETS
from pipeline.store import Store

GEESE = "geese_lake_phone_720p.mp4"

SIZE = (480, 270)
FRAMES = 100
A_STEP = 0.01
"""Of structural similarity, under the poorest frames of the middle. From one frame to the next it changes by 0.015 within a chunk, as
x264 spends less on frames that no other refers to."""
LIGHT = 1.0
"""Levels of 255 by which the whole picture may become lighter or darker across a join: the least that a screen shows."""


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Mean structural similarity of two luma pictures (Wang, Bovik, Sheikh, Simoncelli 2004), a bell of 1.5 pixels as weights."""
    a, b = one.astype(np.float64), other.astype(np.float64)

    def mean(picture: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(picture, (11, 11), 1.5)

    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b, both = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2, mean(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(((2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean())


@pytest.mark.system
@pytest.mark.parametrize("name", [GEESE, "pub_review_woman_AI_portrait.mp4"])
def test_the_frames_at_a_join_are_as_good_as_those_in_the_middle(footage, look_at, planned, frames_of, tmp_path: Path, name: str):
    clip = look_at(footage / "clips" / name)
    size = SIZE if clip.width > clip.height else SIZE[::-1]
    exact = frames_of(planned([(clip, 0.1, FRAMES)], size=size, preset=("ultrafast", 1), longest_s=60), Store(tmp_path / "exact"))
    plan = planned([(clip, 0.1, FRAMES)], size=size, preset=PRESETS["standard"], longest_s=0.9)
    shown = frames_of(plan, Store(tmp_path / "shown"))
    alike = np.array([similarity(one, other) for one, other in zip(exact, shown, strict=True)])
    joins = [chunk.start_frame for chunk in plan.chunks[1:]]
    assert len(joins) == 3
    middle = np.concatenate([alike[(chunk.start_frame + 5) : (chunk.start_frame + chunk.frames - 5)] for chunk in plan.chunks])
    least = float(np.percentile(middle, 5)) - A_STEP
    lighter = np.array([float(other.mean()) - float(one.mean()) for one, other in zip(exact, shown, strict=True)])
    for join in joins:
        assert min(alike[join - 1], alike[join]) > least, join
        assert abs(lighter[join] - lighter[join - 1]) < LIGHT, join
    assert alike.min() > 0.92

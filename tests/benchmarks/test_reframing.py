"""The benchmark of reframing tells a window that holds its subject from one that loses it; a small part of it holds what is promised."""

import numpy as np
import pytest

from benchmarks.quality.moving_scenes import MOVES, MovingScene, scenes
from benchmarks.quality.reframing import CENTRE_INSIDE, SECONDS, WHOLE_INSIDE, Tally, clip_of, film_faces, held, reframe, watched
from benchmarks.quality.reframing import _cut as cut_of
from pipeline.documents.edit import CropKey, CropPath

PORTRAIT = 9 / 16 / (16 / 9)
STILL = CropPath(width=PORTRAIT, height=1.0, keys=(CropKey(frame=0, x=0.5, y=0.5),))


def scene(move: str, camera: str = "hand", seed: int = 4107, *, tall: bool = False) -> MovingScene:
    return MovingScene(seed, camera, move, tall, 0.22, PORTRAIT, drawn=True)


def test_a_window_that_stands_in_the_middle_loses_who_crosses() -> None:
    lost, kept = held(scene("across"), STILL, "interest"), held(scene("sway"), STILL.model_copy(update={"width": 1.0}), "interest")
    assert lost.centre < 0.6
    assert lost.speed == 0
    assert (kept.centre, kept.whole, kept.turns) == (1.0, 1.0, 0)


def test_a_sway_stays_within_half_a_window_and_every_subject_in_the_picture() -> None:
    for one in scenes([1, 2], drawn=False, tall=True, window=PORTRAIT):
        way = np.array([one.place(at)[1] for at in np.arange(0, SECONDS, 0.02)])
        assert 0 < way.min() < way.max() < 1
        assert one.move != "sway" or np.ptp(way) < 0.5 * one.window


def test_true_ways_of_faces_are_kept_in_the_window() -> None:
    tallies: dict[str, Tally] = film_faces(1, as_seen=False)
    followed = [one for move in ("across", "to and fro", "sway") for one in tallies[move].held]
    assert {one.reason for one in followed} == {"face"}
    assert np.mean([one.centre for one in followed]) >= CENTRE_INSIDE
    assert np.mean([one.whole for one in followed]) >= WHOLE_INSIDE
    assert not any(one.turns for one in tallies["sway"].held)
    assert set(tallies) == set(MOVES)


@pytest.mark.system
@pytest.mark.parametrize(("move", "reason", "tall"), [("across", "moving", True), ("to and fro", "moving", False), ("dash", "fast", False)])
def test_a_walker_whom_no_detector_knows_is_held(move: str, reason: str, tall: bool) -> None:
    clip, walks = clip_of(tall), scene(move, tall=tall)
    path, why = reframe(clip, cut_of(clip), watched(walks, clip), 16 / 9 if tall else 9 / 16, 30)
    found = held(walks, path, why)
    assert why == reason
    assert found.centre >= CENTRE_INSIDE
    assert found.whole is None or found.whole >= WHOLE_INSIDE

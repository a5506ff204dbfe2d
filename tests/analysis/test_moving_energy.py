"""What moves before the camera is found wherever the camera goes, and nothing is where only the camera moves."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest

from pipeline.analysis.frame import EarlierFrame, Frame
from pipeline.analysis.movements import best_way, movements_of
from pipeline.analysis.moving_energy import MovingEnergy
from pipeline.documents.analysis import Movement
from tests import builders

WIDE, HIGH, RATE, SECONDS = 480, 270, 15, 4
CAMERAS: dict[str, Callable[[float], tuple[float, float]]] = {
    "on a tripod": lambda _: (0.0, 0.0),
    "in a hand": lambda t: (0.006 * np.sin(3.1 * t), 0.005 * np.cos(2.3 * t)),
    "that pans": lambda t: (0.08 * (t - 2), 0.0),
}
WALKS: dict[str, Callable[[float], float]] = {
    "across": lambda t: 0.15 + 0.7 * t / SECONDS,
    "to and fro": lambda t: 0.5 + 0.3 * np.sin(2 * np.pi * t / SECONDS),
}


@pytest.fixture
def movements(view: np.ndarray, filmed) -> Callable[..., list[Movement]]:
    """What is found in four seconds of a view with a box that walks by itself, in fractions of the picture; no box for None."""

    def find(camera, walk=None, *, upright: bool = False) -> list[Movement]:
        times = np.arange(0, SECONDS, 1 / RATE)
        pictures = filmed(view, *zip(*map(camera, times), strict=True))
        detector, before = MovingEnergy(builders.clip()), None
        for at, picture in zip(times, pictures, strict=True):
            if walk is not None:
                left, top = int(walk(at) * WIDE) - 22, HIGH // 2 - 30
                cv2.rectangle(picture, (left, top), (left + 44, top + 60), (30, 60, 220), -1)
                cv2.circle(picture, (left + 22, top + 14), 10, (240, 240, 240), -1)
            turned = np.ascontiguousarray(np.rot90(picture)) if upright else picture
            frame = Frame(float(at), turned, before)
            before = EarlierFrame(float(at), frame.tiny)
            detector.feed(frame)
        return list(movements_of(detector.result()))

    return find


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("walk", WALKS)
def test_a_subject_without_a_face_is_found_at_nearly_every_look(movements, camera, walk):
    found = movements(CAMERAS[camera], WALKS[walk])
    apart = np.array([abs(move.x - WALKS[walk](move.at_s)) for move in found])
    assert len(found) >= 7 * (SECONDS - 1)
    assert np.percentile(apart, 95) < 0.06
    assert np.percentile([move.energy for move in found], 95) > 4
    assert np.median([move.reach_x for move in found]) < 0.15


@pytest.mark.parametrize("camera", CAMERAS)
def test_a_camera_that_moves_moves_nothing(movements, camera):
    assert movements(CAMERAS[camera]) == []


def test_in_a_tall_picture_the_way_goes_up_and_down(movements):
    found = movements(CAMERAS["in a hand"], WALKS["across"], upright=True)
    apart = [abs(move.y - (1 - WALKS["across"](move.at_s))) for move in found]
    assert np.percentile(apart, 95) < 0.06
    assert np.percentile([abs(move.x - 0.5) for move in found], 95) < 0.1


def test_the_way_does_not_jump_to_what_flickers_once():
    maxima = np.zeros((20, 32), np.float32)
    maxima[:, 8] = 10
    maxima[9, 28] = 14
    assert set(best_way(maxima, np.full(20, 10.0))) == {8}


def shots() -> Iterator[tuple[float, np.ndarray]]:
    for look in range(40):
        cells = np.zeros((18, 32), np.float32)
        cells[9, 4 if look < 20 else 28] = 12 if look < 30 else 0
        yield look / 10, cells


def test_the_way_begins_anew_where_the_picture_is_another():
    found = list(movements_of(list(shots()), [2.0]))
    assert [round(move.x, 1) for move in found] == [0.1] * 20 + [0.9] * 20


def test_a_shot_in_which_nothing_moves_says_nothing():
    quiet = [(look / 10, np.full((18, 32), 0.5, np.float32)) for look in range(30)]
    assert list(movements_of(quiet)) == []


@pytest.mark.system
def test_an_analysed_clip_says_where_something_moves_and_a_still_one_nothing(judged, view, filmed):
    still = filmed(view, *zip(*(CAMERAS["in a hand"](n / 30) for n in range(90)), strict=True))
    moved = [picture.copy() for picture in still]
    for number, picture in enumerate(moved):
        left = int((0.2 + 0.6 * number / 90) * WIDE) - 22
        cv2.rectangle(picture, (left, 100), (left + 44, 170), (30, 60, 220), -1)
    found = judged(moved).movements
    assert np.percentile([abs(move.x - (0.2 + 0.2 * move.at_s)) for move in found], 90) < 0.06
    assert judged(still).movements == ()

"""The window of another shape: in the picture, still where it can be, smooth where it must move."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.documents.analysis import Movement, Subject
from pipeline.documents.edit import CropPath, Cut, FramingReason, HandFraming
from pipeline.documents.message import M
from pipeline.edit.crop import reframe
from pipeline.edit.steady_path import MOST_ACCEL, MOST_SPEED
from pipeline.render.plan import crop_centre
from tests import builders

FPS = 30
FRAMES = 240
LOOKS = np.arange(0, 8, 0.4)


def face(at: float, x: float, y: float = 0.4, width: float = 0.1, weight: float = 0.08) -> Subject:
    return Subject(at_s=round(at, 3), x=x, y=y, width=width, height=width * 1.8, kind="face", weight=weight)


def interest(at: float, x: float) -> Subject:
    return Subject(at_s=round(at, 3), x=x, y=0.5, width=0.5, height=0.5, kind="interest", weight=0.4)


def moving(at: float, x: float, y: float = 0.5, reach: float = 0.1, energy: float = 12.0) -> Movement:
    return Movement(at_s=round(at, 3), x=x, y=y, reach_x=reach, reach_y=reach, energy=energy)


@pytest.fixture
def framed() -> Callable[..., tuple[CropPath, FramingReason]]:
    """The path of an eight-second cut from a 1920x1080 clip (or another size) for a shape of picture, and why it is so."""

    def frame(subjects=(), movements=(), *, aspect=9 / 16, size=(1920, 1080), frames=FRAMES, **cut) -> tuple[CropPath, FramingReason]:
        clip = builders.clip(width=size[0], height=size[1])
        analysis = builders.analysis(clip.id, subjects=tuple(subjects), movements=tuple(movements))
        shot = Cut.model_validate({"clip_id": clip.id, "source_start_s": 0, "frames": frames, "role": "talk", "reason": M("x"), **cut})
        return reframe(clip, shot, analysis, aspect, FPS)

    return frame


@pytest.fixture
def path_of(framed) -> Callable[..., CropPath]:
    return lambda subjects=(), movements=(), **facts: framed(subjects, movements, **facts)[0]


def way(path: CropPath, frames: int = FRAMES) -> np.ndarray:
    return np.array([crop_centre(path, frame).x for frame in range(frames)])


def assert_bearable(xs: np.ndarray, window: float) -> None:
    """Key points are a tenth of a second apart at the nearest, so speed and its change are taken over that time."""
    speed = (xs[3:] - xs[:-3]) * FPS / 3 / window
    assert np.abs(speed).max() <= MOST_SPEED * 1.02
    assert np.abs(speed[3:] - speed[:-3]).max() * FPS / 3 <= MOST_ACCEL * 1.2


WALKS = {
    "slow": lambda t: 0.2 + 0.6 * t / 8,
    "fast": lambda t: 0.1 + 0.8 * min(1.0, t / 3),
    "back and forth": lambda t: 0.5 + 0.25 * np.sin(0.8 * t),
    "to another place": lambda t: 0.3 + 0.4 * min(max(0.0, (t - 3.5) / 0.8), 1.0),
    "out of the picture": lambda t: 0.5 + 0.08 * t,
}


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("shake", [0.0, 0.01])
def test_a_walking_face_is_followed_smoothly_and_kept_in_the_window(path_of, walk, shake):
    rng = np.random.default_rng(3)
    subjects = [face(t, float(WALKS[walk](t)) + rng.normal(0, shake)) for t in LOOKS]
    path = path_of(subjects)
    xs = way(path)
    face_x = np.clip([WALKS[walk](frame / FPS) for frame in range(FRAMES)], path.width / 2, 1 - path.width / 2)
    inside = np.abs(xs - face_x) < path.width / 2
    assert inside.mean() >= 0.99
    assert path.height == 1
    assert_bearable(xs, path.width)


def test_a_steady_walk_is_one_move_and_not_many(path_of):
    xs = way(path_of([face(t, 0.15 + 0.7 * t / 8) for t in LOOKS]))
    assert (np.diff(xs) >= -1e-6).all()
    middle = np.diff(xs)[60:180] * FPS
    assert middle.min() > 0.5 * middle.max()


@pytest.mark.parametrize(
    "subjects",
    [
        [face(t, 0.6 + 0.005 * np.sin(7 * t)) for t in LOOKS],
        [face(t, 0.6 + (0.15 if 3 < t < 3.5 else 0)) for t in LOOKS],
        [face(t, 0.5 + 0.05 * (-1) ** n) for n, t in enumerate(LOOKS)],
        [face(t, 0.3) for t in LOOKS if t < 3 or t > 5],
        [interest(t, 0.2 + 0.6 * (n % 2)) for n, t in enumerate(LOOKS)],
    ],
    ids=["rests", "nods once", "sways", "is missed for a while", "only interest that flickers"],
)
def test_the_window_stands_still_for_a_subject_that_rests(path_of, subjects):
    assert len(path_of(subjects).keys) == 1


def test_of_two_faces_one_is_shown_and_the_window_stays(path_of):
    subjects = [face(t, x, weight=0.08 + 0.012 * ((n + place) % 2)) for n, t in enumerate(LOOKS) for place, x in enumerate((0.25, 0.75))]
    path = path_of(subjects)
    assert len(path.keys) == 1
    assert path.keys[0].x == pytest.approx(0.25, abs=0.01) or path.keys[0].x == pytest.approx(0.75, abs=0.01)


def test_a_face_counts_more_than_what_stands_out(path_of):
    path = path_of([*(face(t, 0.75) for t in LOOKS), *(interest(t, 0.3) for t in LOOKS)])
    assert path.keys[0].x == pytest.approx(0.75, abs=0.01)


def test_without_a_subject_the_window_stands_in_the_middle(path_of):
    assert [(key.x, key.y) for key in path_of([]).keys] == [(0.5, 0.5)]


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 480), (1080, 1080), (568, 320)])
@pytest.mark.parametrize("aspect", [9 / 16, 1.0, 16 / 9])
def test_the_window_has_the_shape_asked_for_and_never_leaves_the_picture(path_of, size, aspect):
    rng = np.random.default_rng(8)
    subjects = [face(t, float(rng.uniform(-0.1, 1.1)), float(rng.uniform(-0.1, 1.1))) for t in LOOKS]
    path = path_of(subjects, aspect=aspect, size=size)
    assert path.width * size[0] / (path.height * size[1]) == pytest.approx(aspect, rel=1e-6)
    assert min(path.width, path.height) <= 1.0001
    half_x, half_y = min(1, path.width) / 2, min(1, path.height) / 2
    for frame in range(FRAMES):
        centre = crop_centre(path, frame)
        assert half_x - 1e-4 <= centre.x <= 1 - half_x + 1e-4
        assert half_y - 1e-4 <= centre.y <= 1 - half_y + 1e-4


def test_a_face_stands_a_little_above_the_middle_of_a_window_cut_from_a_tall_picture(path_of):
    path = path_of([face(t, 0.5, y=0.5) for t in LOOKS], aspect=1.0, size=(1080, 1920))
    above = 0.5 - (path.keys[0].y - path.height / 2)
    assert above / path.height == pytest.approx(0.42, abs=0.01)


@pytest.mark.parametrize("frames", [1, 2, 12, 30])
def test_the_shortest_cut_has_a_path(path_of, frames):
    path = path_of([face(t, 0.2 + 0.1 * t) for t in LOOKS], frames=frames)
    assert path.keys[0].frame == 0
    assert all(0 <= key.frame < frames for key in path.keys)


CROSSING = np.arange(0, 8, 0.13)


@pytest.mark.parametrize(
    ("way", "size", "aspect"),
    [
        (lambda t: 0.1 + 0.1 * t, (1920, 1080), 9 / 16),
        (lambda t: 0.5 + 0.38 * np.sin(2 * np.pi * t / 4), (1920, 1080), 9 / 16),
        (lambda t: 0.5 + 0.38 * np.sin(2 * np.pi * t / 4), (1440, 1080), 9 / 16),
        (lambda t: 0.12 + 0.76 * min(1.0, t / 2), (1920, 1080), 1.0),
    ],
    ids=["across", "to and fro", "to and fro in an old camera's shape", "across in two seconds to a square"],
)
def test_what_moves_without_a_face_is_followed(framed, way, size, aspect):
    movements = [moving(t, float(way(t))) for t in CROSSING]
    path, why = framed([interest(t, 0.5) for t in LOOKS], movements, size=size, aspect=aspect)
    subject = np.clip([way(frame / FPS) for frame in range(FRAMES)], path.width / 2, 1 - path.width / 2)
    xs = np.array([crop_centre(path, frame).x for frame in range(FRAMES)])
    assert why == "moving"
    assert not path.on_ground
    assert (np.abs(xs - subject) < path.width / 2).mean() >= 0.99
    assert_bearable(xs, path.width)


def test_what_moves_up_and_down_a_tall_picture_is_followed_in_a_wide_one(framed):
    movements = [moving(t, 0.5, y=0.2 + 0.07 * t) for t in CROSSING]
    path, why = framed(movements=movements, size=(1080, 1920), aspect=16 / 9)
    ys = np.array([crop_centre(path, frame).y for frame in range(FRAMES)])
    assert why == "moving"
    assert (np.abs(ys - (0.2 + 0.07 * np.arange(FRAMES) / FPS)) < path.height / 2).all()


@pytest.mark.parametrize("kind", ["face", "moving"])
@pytest.mark.parametrize("period_s", [0.9, 2.0, 4.0])
def test_the_window_stands_in_the_middle_of_what_sways_within_half_of_it(path_of, kind, period_s):
    at = LOOKS if kind == "face" else CROSSING
    xs = [0.4 + 0.078 * np.sin(2 * np.pi * t / period_s) for t in at]
    sways = [face(t, x) for t, x in zip(at, xs, strict=True)], [moving(t, x) for t, x in zip(at, xs, strict=True)]
    path = path_of(sways[0]) if kind == "face" else path_of((), sways[1])
    assert len(path.keys) == 1
    assert path.keys[0].x == pytest.approx((max(xs) + min(xs)) / 2, abs=0.02)


def test_a_dash_is_shown_in_a_wider_window_that_a_viewer_can_bear(framed):
    def dash(t: float) -> float:
        return float(np.clip(0.05 + 0.9 * (t - 3) / 0.6, 0.05, 0.95))

    path, why = framed(movements=[moving(t, dash(t)) for t in CROSSING])
    assert why == "fast"
    assert path.on_ground
    assert path.width < 1
    xs = np.array([crop_centre(path, frame).x for frame in range(FRAMES)])
    subject = np.clip([dash(frame / FPS) for frame in range(FRAMES)], path.width / 2, 1 - path.width / 2)
    assert (np.abs(xs - subject) < path.width / 2).mean() >= 0.99
    assert_bearable(xs, path.width)


def test_what_moves_everywhere_is_followed_nowhere_and_shown_wider(framed):
    rng = np.random.default_rng(5)
    leaves = [moving(t, float(rng.uniform(0.1, 0.9)), reach=0.42) for t in CROSSING]
    path, why = framed([interest(t, 0.6) for t in LOOKS], leaves)
    assert why == "unsure"
    assert path.on_ground
    assert len(path.keys) == 1
    assert path.keys[0].x == pytest.approx(0.6)


def test_two_that_move_apart_are_both_in_a_wider_window(framed):
    path, why = framed(movements=[moving(t, 0.5, reach=0.25) for t in CROSSING])
    assert why == "unsure"
    assert path.width / 2 >= 0.25


@pytest.mark.parametrize("energy", [0.0, 1.5, 3.5])
def test_a_flicker_moves_no_window_and_asks_for_no_wider_one(framed, energy):
    path, why = framed([interest(t, 0.7) for t in LOOKS], [moving(t, 0.1 + 0.1 * t, reach=0.14, energy=energy) for t in CROSSING])
    assert why == "interest"
    assert [(key.x, path.height) for key in path.keys] == [(pytest.approx(0.7), 1.0)]


def test_a_faint_mover_counts_where_nothing_else_moves(framed):
    small = [moving(t, 0.15 + 0.09 * t, reach=0.05, energy=2.6) for t in CROSSING]
    assert framed(movements=small)[1] == "moving"


def test_a_face_leads_what_moves_beside_it(framed):
    path, why = framed([face(t, 0.3) for t in LOOKS], [moving(t, 0.9) for t in CROSSING])
    assert why == "face"
    assert path.keys[0].x == pytest.approx(0.3, abs=0.01)


def test_a_picture_that_is_hardly_cropped_is_left_alone(framed):
    path, why = framed(movements=[moving(t, 0.1 + 0.1 * t) for t in CROSSING], size=(1080, 1900))
    assert why == "whole"
    assert len(path.keys) == 1


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1440, 1080), (1000, 1000)])
@pytest.mark.parametrize("aspect", [9 / 16, 1.0, 16 / 9])
def test_what_a_person_set_wins(framed, size, aspect):
    seen = [face(t, 0.3) for t in LOOKS], [moving(t, 0.1 + 0.1 * t) for t in CROSSING]
    whole, why = framed(*seen, size=size, aspect=aspect, framing=HandFraming(show="whole"))
    assert why == "hand"
    assert min(whole.width, whole.height) == pytest.approx(1)
    assert whole.width * size[0] / (whole.height * size[1]) == pytest.approx(aspect)
    place, _ = framed(*seen, size=size, aspect=aspect, framing=HandFraming(show="place", x=0.8, y=0.9))
    assert len(place.keys) == 1
    assert place.keys[0].x == pytest.approx(min(0.8, 1 - place.width / 2), abs=1e-4)
    assert place.keys[0].y == pytest.approx(min(0.9, 1 - place.height / 2), abs=1e-4)


def test_a_person_may_have_followed_what_the_program_is_not_sure_of(framed):
    unsure = [moving(t, 0.1 + 0.1 * t, reach=0.4) for t in CROSSING]
    path, _ = framed((), unsure, framing=HandFraming(show="follow"))
    assert not path.on_ground
    assert crop_centre(path, FRAMES - 1).x > crop_centre(path, 0).x + 0.4

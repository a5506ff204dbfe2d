"""The window of another shape: in the picture, still where it can be, smooth where it must move."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.documents.analysis import Subject
from pipeline.documents.edit import CropPath, Cut
from pipeline.documents.message import M
from pipeline.edit.crop import MAX_ACCEL, crop_path
from pipeline.render.plan import crop_centre

FPS = 30
FRAMES = 240
LOOKS = np.arange(0, 8, 0.4)


def face(at: float, x: float, y: float = 0.4, width: float = 0.1, weight: float = 0.08) -> Subject:
    return Subject(at_s=round(at, 3), x=x, y=y, width=width, height=width * 1.8, kind="face", weight=weight)


def interest(at: float, x: float) -> Subject:
    return Subject(at_s=round(at, 3), x=x, y=0.5, width=0.5, height=0.5, kind="interest", weight=0.4)


@pytest.fixture
def path_of(story) -> Callable[..., CropPath]:
    """The path of an eight-second cut from a 1920x1080 clip (or another size) for a shape of picture."""

    def path(subjects, *, aspect: float = 9 / 16, size: tuple[int, int] = (1920, 1080), frames: int = FRAMES) -> CropPath:
        story.add("a.mp4", 20.0)
        clip = story.clips[-1].model_copy(update={"width": size[0], "height": size[1]})
        cut = Cut(clip_id=clip.id, source_start_s=0, frames=frames, role="talk", reason=M("x"))
        return crop_path(clip, cut, subjects, aspect, FPS)

    return path


def way(path: CropPath, frames: int = FRAMES) -> np.ndarray:
    return np.array([crop_centre(path, frame).x for frame in range(frames)])


WALKS = {
    "slow": lambda t: 0.2 + 0.6 * t / 8,
    "fast": lambda t: 0.1 + 0.8 * min(1.0, t / 3),
    "back and forth": lambda t: 0.5 + 0.25 * np.sin(0.8 * t),
    "to another place": lambda t: 0.3 if t < 4 else 0.7,
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
    assert inside.mean() > 0.95
    speed = np.convolve(np.diff(xs) * FPS, np.ones(9) / 9, "valid")
    assert np.abs(np.diff(speed) * FPS).max() <= MAX_ACCEL * 1.1
    assert np.abs(np.diff(xs)).max() < 0.02


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
    assert max(path.width, path.height) == pytest.approx(1.0)
    for frame in range(FRAMES):
        centre = crop_centre(path, frame)
        assert path.width / 2 - 1e-4 <= centre.x <= 1 - path.width / 2 + 1e-4
        assert path.height / 2 - 1e-4 <= centre.y <= 1 - path.height / 2 + 1e-4


def test_a_face_stands_a_little_above_the_middle_of_a_window_cut_from_a_tall_picture(path_of):
    path = path_of([face(t, 0.5, y=0.5) for t in LOOKS], aspect=1.0, size=(1080, 1920))
    above = 0.5 - (path.keys[0].y - path.height / 2)
    assert above / path.height == pytest.approx(0.42, abs=0.01)


@pytest.mark.parametrize("frames", [1, 2, 12, 30])
def test_the_shortest_cut_has_a_path(path_of, frames):
    path = path_of([face(t, 0.2 + 0.1 * t) for t in LOOKS], frames=frames)
    assert path.keys[0].frame == 0
    assert all(0 <= key.frame < frames for key in path.keys)

"""Faces of the clips stand on the picture where the crop window shows them, at the frames at which their seconds are shown."""

import pytest

from pipeline.documents.analysis import Analysis, Shot, Subject
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing
from pipeline.documents.message import M
from pipeline.documents.on_screen import FaceOnScreen
from pipeline.edit import faces_on_screen

FPS = 30
WHOLE = CropPath(width=1.0, height=1.0, keys=(CropKey(frame=0, x=0.5, y=0.5),))


def sighting(at_s: float, x: float = 0.5, y: float = 0.4, side: float = 0.2) -> Subject:
    return Subject(at_s=at_s, x=x, y=y, width=side, height=side, kind="face", weight=1.0)


def shot(start_s: float, end_s: float) -> Shot:
    return Shot(start_s=start_s, end_s=end_s, sharpness=1, brightness=100, contrast=50, motion=0, shake=0, faces=1)


def cut(clip_id: str, start_s: float, frames: int, *, speed: float = 1.0, dissolve: int = 0) -> Cut:
    return Cut(clip_id=clip_id, source_start_s=start_s, frames=frames, role="talk", reason=M("A test."), speed=speed, dissolve=dissolve)


def seen(cuts: list[Cut], paths: list[CropPath | None], faces: list[Subject], shots: tuple[Shot, ...] = ()) -> tuple[FaceOnScreen, ...]:
    edit = Edit(fps=FPS, cuts=tuple(cuts), heard=(), decisions=(), led_by="talk")
    analysis = Analysis(clip_id="a", samples=(), shots=shots, subjects=tuple(faces), sound=None)
    return faces_on_screen(edit, Framing(aspect="9:16", paths=tuple(paths)), {"a": analysis})


def frames_of(faces: tuple[FaceOnScreen, ...]) -> set[int]:
    return {frame for face in faces for frame in range(face.first_frame, face.end_frame)}


def test_a_face_in_the_whole_picture_stands_where_it_was_seen() -> None:
    found = seen([cut("b", 0, 30), cut("a", 2, 60)], [WHOLE, WHOLE], [sighting(2 + at / 10) for at in range(0, 20, 4)])
    assert frames_of(found) == set(range(30, 90))
    assert {(face.x, face.y, face.width, face.height) for face in found} == {(0.4, 0.3, 0.2, 0.2)}


def test_a_narrow_window_shows_a_face_larger_and_shifted() -> None:
    narrow = CropPath(width=0.4, height=1.0, keys=(CropKey(frame=0, x=0.6, y=0.5),))
    (face, *_) = seen([cut("a", 0, 30)], [narrow], [sighting(0.2), sighting(0.6)])
    assert (face.x, face.width) == (pytest.approx(0.0), pytest.approx(0.5))
    outside = seen([cut("a", 0, 30)], [narrow], [sighting(0.2, x=0.1), sighting(0.6, x=0.1)])
    assert outside == ()


def test_a_face_of_a_picture_on_a_ground_stands_where_the_picture_does() -> None:
    whole = CropPath(width=1.0, height=4.0, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    (face, *_) = seen([cut("a", 0, 30)], [whole], [sighting(0.2, x=0.7, y=0.4), sighting(0.6, x=0.7, y=0.4)])
    left, top, wide, high = whole.picture_box(1000, 2000)
    assert (left, top, wide, high) == (0, 750, 1000, 500)
    assert face.x * 1000 == pytest.approx(left + 0.6 * wide)
    assert face.y * 2000 == pytest.approx(top + 0.3 * high)
    assert face.height * 2000 == pytest.approx(0.2 * high)


def test_a_window_that_pans_moves_a_face_that_rests() -> None:
    panning = CropPath(width=0.5, height=1.0, keys=(CropKey(frame=0, x=0.4, y=0.5), CropKey(frame=60, x=0.6, y=0.5)))
    found = seen([cut("a", 0, 60)], [panning], [sighting(at / 10, side=0.1) for at in range(0, 21, 4)])
    assert max(face.x for face in found) - min(face.x for face in found) == pytest.approx(0.4, abs=0.03)
    assert all(one.x >= other.x for one in found for other in found if one.first_frame < other.first_frame)


def test_between_two_looks_a_face_is_on_its_way() -> None:
    found = seen([cut("a", 0, 13)], [WHOLE], [sighting(0, x=0.4), sighting(0.4, x=0.5)])
    middle = [face.x + face.width / 2 for face in found if face.first_frame == 6]
    assert middle[0] == pytest.approx(0.46, abs=0.01)


@pytest.mark.parametrize(
    ("looks", "shots", "spans"),
    [
        ([1.0, 1.4, 2.2], (), [(6, 90)]),
        ([1.0, 3.0], (), [(6, 54), (66, 90)]),
        ([1.0, 1.4], (shot(0, 1.5), shot(1.5, 3)), [(6, 45)]),
        ([1.6, 2.0], (shot(0, 1.5), shot(1.5, 3)), [(45, 84)]),
    ],
    ids=["missed once", "gone between", "until the camera's cut", "from the camera's cut"],
)
def test_a_face_is_there_as_long_as_the_detector_may_have_missed_it(
    looks: list[float], shots: tuple[Shot, ...], spans: list[tuple[int, int]]
) -> None:
    found = frames_of(seen([cut("a", 0, 90)], [WHOLE], [sighting(at) for at in looks], shots))
    expected = {frame for start, end in spans for frame in range(start, end)}
    step = 3
    edges = {edge + off for span in spans for edge in span for off in range(-step, step + 1)}
    assert found ^ expected <= edges


def test_a_clip_at_twice_its_speed_shows_its_faces_in_half_the_frames() -> None:
    found = seen([cut("a", 0, 60, speed=2.0)], [WHOLE], [sighting(2 + at / 10) for at in range(0, 21, 4)])
    assert frames_of(found) <= set(range(18, 60))
    assert {30, 45, 59} <= frames_of(found)


def test_a_face_beneath_a_dissolve_is_still_seen() -> None:
    found = seen([cut("a", 0, 30), cut("b", 0, 30, dissolve=9)], [WHOLE, WHOLE], [sighting(at / 10) for at in range(0, 21, 4)])
    assert max(frames_of(found)) == 38


def test_two_people_are_two_faces() -> None:
    both = [sighting(at / 10, x=x) for at in range(0, 11, 4) for x in (0.2, 0.8)]
    found = seen([cut("a", 0, 30)], [WHOLE], both)
    assert {round(face.x, 1) for face in found} == {0.1, 0.7}


def test_a_face_that_walks_came_from_where_it_was_walking_although_the_first_look_missed_it() -> None:
    walking = [sighting(at, x=0.2 + 0.2 * at, side=0.1) for at in (0.8, 1.2, 1.6)]
    found = [face for face in seen([cut("a", 0, 60)], [WHOLE], walking) if face.first_frame == 3]
    assert any(face.x + face.width / 2 == pytest.approx(0.23, abs=0.02) for face in found)

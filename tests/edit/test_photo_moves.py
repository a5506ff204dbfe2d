"""The window moves slowly over a photo, stays inside it and ends at what it shows."""

import pytest

from pipeline.documents.analysis import Analysis, Subject
from pipeline.documents.edit import Cut
from pipeline.documents.message import M
from pipeline.edit.crop import crop_path
from tests import builders


def seen(x: float, y: float) -> Analysis:
    subjects = (Subject(at_s=at, x=x, y=y, width=0.1, height=0.1, kind="interest", weight=1) for at in (0.0, 0.4, 0.8))
    return builders.analysis("a", subjects=tuple(subjects))


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (1188, 2112), (2000, 2000)])
@pytest.mark.parametrize("at", [(0.1, 0.2), (0.5, 0.5), (0.95, 0.7)])
@pytest.mark.parametrize("frames", [30, 90, 170])
def test_the_window_moves_inside_the_photo_towards_its_subject(size, at, frames):
    photo = builders.clip("a", width=size[0], height=size[1], photo="/nowhere/a.jpg")
    cut = Cut(clip_id=photo.id, source_start_s=0, frames=frames, role="scenic", reason=M("x"))
    path = crop_path(photo, cut, seen(*at), 9 / 16, 30)
    first, last = path.keys
    assert path.width * size[0] / (path.height * size[1]) == pytest.approx(9 / 16)
    for key in path.keys:
        assert path.width / 2 - 1e-5 <= key.x <= 1 - path.width / 2 + 1e-5
        assert path.height / 2 - 1e-5 <= key.y <= 1 - path.height / 2 + 1e-5
    moved = max(abs(last.x - first.x) / path.width, abs(last.y - first.y) / path.height)
    assert 0.02 < moved <= 0.05 * frames / 30 + 1e-3
    if size == (4000, 3000):
        half = path.width / 2
        assert last.x == pytest.approx(min(max(at[0], half), 1 - half), abs=1e-4)


def test_a_clip_that_was_no_photo_is_not_moved_over():
    still = builders.clip("a", width=4000, height=3000)
    cut = Cut(clip_id=still.id, source_start_s=0, frames=90, role="scenic", reason=M("x"))
    assert len(crop_path(still, cut, seen(0.5, 0.5), 9 / 16, 30).keys) == 1

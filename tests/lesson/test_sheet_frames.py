"""The contact sheet's frames, taken from a decode that goes on anyway, are those that a seek finds."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.documents.rendition import Rendition
from pipeline.lesson.frame_extraction import extraction_command
from pipeline.lesson.pictures import lacking
from pipeline.lesson.sheet_frames import SheetFrames, sheet_frame, sheet_times
from pipeline.media import run_media
from pipeline.store import Store
from tests.lesson.conftest import QUICK, film

LENGTH_S = 5.1


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished video whose every frame looks different."""
    path = tmp_path_factory.mktemp("film") / "video.mp4"
    return film(path, "-f", "lavfi", "-i", f"testsrc2=size=270x480:rate=30:duration={LENGTH_S}", *QUICK, "-colorspace", "bt709")


def test_they_are_the_frames_that_a_seek_finds(video: Path, tmp_path: Path) -> None:
    size = {"width": 270, "height": 480, "fps": 30, "frames": 153}
    rendition = Rendition(file=str(video), sha256="sha", destination="shelf", **size, loudness_lufs=None, true_peak_dbtp=None)
    requests = [sheet_frame(video, rendition, at_s) for at_s in sheet_times(LENGTH_S)]
    store = Store(tmp_path / "store")
    assert lacking(requests, store) == requests
    sheet = SheetFrames(rendition, store)
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            sheet.see(float(frame.time or 0), frame)
    assert lacking(requests, store) == []
    for request, kept in zip(requests, sorted((tmp_path / "store").rglob("*.jpg"), key=lambda path: path.stat().st_mtime_ns), strict=True):
        sought = tmp_path / "sought.jpg"
        run_media(extraction_command({request: sought}), name="frame")
        assert difference(kept.read_bytes(), sought.read_bytes()) < 4


def difference(first: bytes, second: bytes) -> float:
    """Mean difference in levels; 5.5 and more from one frame of the test picture to the next."""
    one, other = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int16) for data in (first, second))
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize(("length_s", "first", "count"), [(0.5, 0.25, 1), (5.1, 1.0, 3), (6.0, 1.0, 3), (120.0, 2.0, 30)])
def test_they_are_spread_over_the_video(length_s: float, first: float, count: int) -> None:
    times = sheet_times(length_s)
    assert (times[0], len(times)) == (first, count)
    assert times[-1] < length_s

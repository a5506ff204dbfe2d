"""A drawn view and clips filmed of it by a hand that can be told how to move."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.analysis import analyse
from pipeline.documents.analysis import Analysis
from pipeline.media import FFMPEG

WIDE, HIGH, RATE = 480, 270, 30
Pictures = Sequence[np.ndarray]


def draw_view(seed: int) -> np.ndarray:
    """A landscape of hard-edged shapes, fine texture and soft sky, larger than the frame so that a camera can move in it."""
    rng = np.random.default_rng(seed)
    high, wide = 420, 760
    view = np.zeros((high, wide, 3), np.uint8)
    view[:] = np.linspace(225, 130, high)[:, None, None].astype(np.uint8)
    for _ in range(70):
        at = (int(rng.integers(0, wide)), int(rng.integers(high // 4, high)))
        colour = tuple(int(value) for value in rng.integers(20, 235, 3))
        if rng.random() < 0.5:
            cv2.circle(view, at, int(rng.integers(6, 42)), colour, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(view, at, (at[0] + int(rng.integers(8, 90)), at[1] + int(rng.integers(8, 60))), colour, -1)
    for _ in range(240):
        at = (int(rng.integers(0, wide)), int(rng.integers(high // 3, high)))
        tip = (at[0] + int(rng.integers(-12, 12)), at[1] + int(rng.integers(-18, 18)))
        cv2.line(view, at, tip, tuple(int(value) for value in rng.integers(0, 255, 3)), 1, cv2.LINE_AA)
    return view


@pytest.fixture(scope="session")
def view() -> np.ndarray:
    return draw_view(5)


@pytest.fixture(scope="session")
def other_view() -> np.ndarray:
    return cv2.bitwise_not(draw_view(9))


@pytest.fixture(scope="session")
def filmed() -> Callable[..., list[np.ndarray]]:
    """Pictures of a view from a camera at (x, y), in picture widths from its middle, one a frame."""

    def film(view: np.ndarray, xs: Sequence[float], ys: Sequence[float]) -> list[np.ndarray]:
        high, wide = view.shape[:2]
        middles = [(wide / 2 + x * WIDE, high / 2 + y * WIDE) for x, y in zip(xs, ys, strict=True)]
        return [cv2.getRectSubPix(view, (WIDE, HIGH), middle) for middle in middles]

    return film


@pytest.fixture
def judged(tmp_path: Path, look_at) -> Callable[..., Analysis]:
    """The analysis of pictures, as a phone would store them at `rate` frames a second."""

    def judge(pictures: Pictures, rate: float = RATE) -> Analysis:
        path = tmp_path / "clip.mp4"
        high, wide = pictures[0].shape[:2]
        layout = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{wide}x{high}", "-r", str(rate), "-i", "pipe:0"]
        coded = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", str(path)]
        raw = b"".join(np.ascontiguousarray(picture).tobytes() for picture in pictures)
        subprocess.run([FFMPEG, "-y", "-loglevel", "error", *layout, *coded], input=raw, check=True)
        return analyse(look_at(path))

    return judge

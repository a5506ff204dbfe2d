"""Scenes of chance in which a subject without a face moves by itself before a camera that may move too; where it is, is known exactly.

Two sets of subjects and backgrounds: cut-outs of the packaged photo before drawn hills, and drawn walkers before walls and crates. Leaves
wave in both. A folder of pictures may take the place of the backgrounds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.resources import ASSETS

RATE = 15.0
SECONDS = 5.0
LONG, SHORT = 640, 360
CAMERAS = ("tripod", "hand", "pan", "zoom")
MOVES = ("across", "to and fro", "dash", "sway")
Image = NDArray[np.uint8]


@dataclass(frozen=True)
class MovingScene:
    """One scene. tall: whether the picture stands upright and the subject moves up and down. size: the subject's height in picture heights.

    window: share of the picture's longer side that the video's window has; a sway stays within half of it.
    """

    seed: int
    camera: str
    move: str
    tall: bool
    size: float
    window: float
    drawn: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return (LONG, SHORT) if self.tall else (SHORT, LONG)

    def place(self, seconds: float) -> tuple[float, float]:
        """Where the subject's middle is, in fractions of the picture."""
        chance = np.random.default_rng(self.seed + 7)
        other, phase = chance.uniform(0.42, 0.6), chance.uniform(0, 2 * np.pi)
        first, last = (0.12, 0.88) if chance.random() < 0.5 else (0.88, 0.12)
        along = {
            "across": lambda: first + (last - first) * np.clip((seconds - 0.4) / 4, 0, 1),
            "to and fro": lambda: 0.5 + 0.38 * np.sin(2 * np.pi * seconds / 4 + phase),
            "dash": lambda: first + (last - first) * np.clip((seconds - 2) / 0.8, 0, 1),
            "sway": lambda: 0.3 + 0.4 * chance.random() + 0.22 * self.window * np.sin(2 * np.pi * seconds / 1.6 + phase),
        }[self.move]()
        bob = other + 0.012 * np.sin(2 * np.pi * seconds / 0.7)
        return (float(bob), float(along)) if self.tall else (float(along), float(bob))

    def extent(self) -> tuple[float, float]:
        """Width and height of the subject in fractions of the picture."""
        high, wide = self.shape
        pixels = self.size * SHORT
        return pixels * (0.5 if self.drawn else 1.0) / wide, pixels / high

    def pictures(self, backgrounds: Sequence[Path] = ()) -> Iterator[tuple[float, Image]]:
        """Yield (seconds, BGR), with noise and the traces of compression."""
        chance = np.random.default_rng(self.seed)
        ground = _background(chance, self.shape, backgrounds, drawn=self.drawn)
        figure = _walker(chance, round(self.size * SHORT)) if self.drawn else _cut_out(round(self.size * SHORT))
        leaves = [(int(chance.integers(0, ground.shape[1] - 60)), int(chance.integers(0, ground.shape[0] - 40))) for _ in range(6)]
        for frame in range(round(RATE * SECONDS)):
            at = frame / RATE
            waved = ground.copy()
            for number, (left, top) in enumerate(leaves):
                off = round(2.0 * np.sin(2.5 * at + number))
                waved[top : top + 40, left + 2 : left + 58] = ground[top : top + 40, left + 2 + off : left + 58 + off]
            picture = _filmed(waved, self.camera, at, self.shape)
            _lay(picture, figure, self.place(at), swing=at)
            noisy = np.clip(picture + chance.normal(0, 2.0, picture.shape), 0, 255).astype(np.uint8)
            coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 78])[1]
            yield at, np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)


def scenes(seeds: Sequence[int], *, drawn: bool, tall: bool, window: float) -> Iterator[MovingScene]:
    """Yield every camera with every move, once for each seed."""
    for seed in seeds:
        for number, (camera, move) in enumerate((camera, move) for camera in CAMERAS for move in MOVES):
            own = seed * 100 + number
            yield MovingScene(own, camera, move, tall, float(np.random.default_rng(own).uniform(0.14, 0.3)), window, drawn)


def _background(chance: np.random.Generator, shape: tuple[int, int], files: Sequence[Path], *, drawn: bool) -> Image:
    """A picture a third larger than the frame."""
    high, wide = (round(side * 4 / 3) for side in shape)
    if files:
        picture = cv2.imread(str(files[int(chance.integers(len(files)))]))
        if picture is not None:
            return np.asarray(cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    rows = np.linspace(0, 1, high)[:, None, None]
    sky, earth = chance.integers(120, 230, 3), chance.integers(40, 150, 3)
    view = (sky * (1 - rows) + earth * rows) * np.ones((high, wide, 1))
    view = view.astype(np.uint8)
    colour: Callable[[], tuple[int, ...]] = lambda: tuple(int(value) for value in chance.integers(30, 220, 3))  # noqa: E731
    for _ in range(70 if drawn else 40):
        x, y = int(chance.integers(wide)), int(chance.integers(high // 5, high))
        if drawn:
            cv2.rectangle(view, (x, y), (x + int(chance.integers(15, 90)), y + int(chance.integers(15, 60))), colour(), -1)
        else:
            cv2.ellipse(view, (x, y), (int(chance.integers(20, 110)), int(chance.integers(8, 50))), 0, 0, 360, colour(), -1, cv2.LINE_AA)
    for _ in range(260):
        x, y = int(chance.integers(wide)), int(chance.integers(high))
        cv2.line(view, (x, y), (x + int(chance.integers(-14, 14)), y + int(chance.integers(-14, 14))), colour(), 1, cv2.LINE_AA)
    return cv2.GaussianBlur(view, (0, 0), 0.8).astype(np.uint8)


def _filmed(view: Image, camera: str, at: float, shape: tuple[int, int]) -> Image:
    """The part of a background that a camera shows."""
    high, wide = shape
    x, y, scale = view.shape[1] / 2, view.shape[0] / 2, 1.0
    if camera == "hand":
        x, y = x + 0.006 * wide * np.sin(4.1 * at) + 0.004 * wide * np.sin(9.7 * at), y + 0.006 * wide * np.cos(3.3 * at)
    elif camera == "pan":
        x += wide * 0.05 * (at - SECONDS / 2)
    elif camera == "zoom":
        scale = 1 + 0.04 * at
    matrix = np.array([[scale, 0, wide / 2 - scale * x], [0, scale, high / 2 - scale * y]])
    return cv2.warpAffine(view, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT).astype(np.uint8)


def _cut_out(pixels: int) -> NDArray[np.float32]:
    """The packaged photo, round, with a soft edge: BGRA."""
    photo = cv2.imread(str(ASSETS / "demo" / "apple.jpg"))
    assert photo is not None
    side = min(photo.shape[:2])
    top, left = (photo.shape[0] - side) // 2, (photo.shape[1] - side) // 2
    small = cv2.resize(photo[top : top + side, left : left + side], (pixels, pixels), interpolation=cv2.INTER_AREA).astype(np.float32)
    mask = np.zeros((pixels, pixels), np.float32)
    cv2.circle(mask, (pixels // 2, pixels // 2), pixels // 2 - 2, 1.0, -1)
    return np.dstack([small, cv2.GaussianBlur(mask, (0, 0), 1)]).astype(np.float32)


def _walker(chance: np.random.Generator, pixels: int) -> NDArray[np.float32]:
    """Somebody seen from behind, half as wide as high: BGRA."""
    wide = pixels // 2
    figure, mask = np.zeros((pixels, wide, 3), np.uint8), np.zeros((pixels, wide), np.uint8)
    coat, legs, hat = (tuple(int(value) for value in chance.integers(20, 235, 3)) for _ in range(3))
    middle = wide // 2
    for canvas, colours in ((figure, (coat, legs, hat)), (mask, (255, 255, 255))):
        cv2.rectangle(canvas, (middle - wide // 4, pixels * 6 // 10), (middle + wide // 4, pixels - 2), colours[1], -1)
        cv2.ellipse(canvas, (middle, pixels * 45 // 100), (wide * 4 // 10, pixels * 22 // 100), 0, 0, 360, colours[0], -1)
        cv2.circle(canvas, (middle, pixels * 14 // 100), max(2, pixels * 12 // 100), colours[2], -1)
    return np.dstack([figure, cv2.GaussianBlur(mask, (0, 0), 0.7) / 255]).astype(np.float32)


def _lay(picture: Image, figure: NDArray[np.float32], place: tuple[float, float], *, swing: float) -> None:
    """Lay a figure, a little turned as it moves, on a picture."""
    high, wide = figure.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), 6 * np.sin(6 * swing), 1.0)
    turned = cv2.warpAffine(figure, turn, (wide, high))
    left, top = round(place[0] * picture.shape[1] - wide / 2), round(place[1] * picture.shape[0] - high / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(picture.shape[1], left + wide), min(picture.shape[0], top + high)
    if x0 < x1 and y0 < y1:
        part = turned[y0 - top : y1 - top, x0 - left : x1 - left]
        alpha = part[..., 3:]
        picture[y0:y1, x0:x1] = (picture[y0:y1, x0:x1] * (1 - alpha) + part[..., :3] * alpha).astype(np.uint8)

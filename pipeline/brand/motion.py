"""Animates layers: their parts enter, rest and leave. A layer is frames with alpha, made once and kept under the hash of its pixels."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.brand.end_picture import LivingPicture
from pipeline.brand.layout import Canvas
from pipeline.brand.paint import lay
from pipeline.documents.look import Box, Layer
from pipeline.store import Store, content_key

VERSION = 1
"""Increased when the same parts would give other frames."""

Move = Literal["rise", "fade", "wipe", "unroll", "unfold", "still"]
KEYFRAME_INTERVAL = 60
"""Frames between key frames, so that a reader that starts late need not decode everything."""


@dataclass(frozen=True)
class LayerPart:
    """A part of a layer: its picture, where it rests on the output picture, and how and when it enters."""

    image: Image.Image
    x: int
    y: int
    move: Move = "fade"
    delay_s: float = 0.0


@dataclass(frozen=True)
class Drawing:
    """A drawn layer: its parts, lowest first, and the positions of its texts and QR code in pixels of the output picture."""

    parts: tuple[LayerPart, ...]
    texts: tuple[str, ...] = ()
    text_boxes: tuple[Box, ...] = ()
    qr_link: str = ""
    qr_box: Box | None = None
    backdrop: Image.Image | None = None
    """The whole picture under the layer, where there is no footage."""
    living: LivingPicture | None = None
    """What of that picture moves while the layer stands."""
    panel: Box | None = None
    """The plate that its words stand on, without its shadow."""
    panel_rises: bool = False
    """The plate itself rises to its place when the layer enters."""

    @property
    def plate(self) -> Box:
        """What it covers of the footage: its panel, or all its parts where it has none."""
        if self.panel is not None:
            return self.panel
        left, top = min(part.x for part in self.parts), min(part.y for part in self.parts)
        right = max(part.x + part.image.width for part in self.parts)
        bottom = max(part.y + part.image.height for part in self.parts)
        return Box(x=left, y=top, width=right - left, height=bottom - top)

    def moved(self, x: int, y: int) -> "Drawing":
        """The same drawing so many pixels further right and down."""
        if not x and not y:
            return self
        return replace(
            self,
            parts=tuple(replace(part, x=part.x + x, y=part.y + y) for part in self.parts),
            text_boxes=tuple(_moved(box, x, y) for box in self.text_boxes),
            qr_box=_moved(self.qr_box, x, y) if self.qr_box else None,
            panel=_moved(self.panel, x, y) if self.panel else None,
        )


def _moved(box: Box, x: int, y: int) -> Box:
    return box.model_copy(update={"x": box.x + x, "y": box.y + y})


def make_layer(
    kind: str, drawing: Drawing, canvas: Canvas, *, start_frame: int, frames: int, fps: int, store: Store, leaves: bool = True
) -> Layer:
    """Make a layer's file in the store: a .png when nothing in it moves, else a .mov (qtrle, argb) of exactly `frames` frames.

    leaves: it fades out at its end. Entering and leaving take at most a quarter of the layer each.
    """
    travel = canvas.part(canvas.style.motion.rise)
    box = _box(drawing, travel, canvas)
    moving = any(part.move != "still" for part in drawing.parts)
    enter, leave = (_timing(canvas, drawing, frames, fps, leaves)) if moving else (0.0, 0.0)
    last_delay = max((part.delay_s for part in drawing.parts), default=0.0) if moving else 0.0
    shrink = enter / (canvas.style.motion.enter_s + last_delay) if moving and canvas.style.motion.enter_s + last_delay > 0 else 0.0
    animation = _Animation(drawing, box, travel, canvas.style.motion.enter_s * shrink, shrink, frames / fps, leave, 1 / fps)
    enter_frames, leave_frames = -int(-enter * fps // 1), -int(-leave * fps // 1)
    parts = [[hashlib.sha256(part.image.tobytes()).hexdigest(), part.image.size, part.x - box.x, part.y - box.y] for part in drawing.parts]
    still_key = content_key(step="layer still", version=VERSION, parts=parts, size=(box.width, box.height))
    still = store.make("overlays", still_key, ".png", lambda path: animation.rest().save(path, format="PNG", compress_level=3))
    layer = Layer(
        kind=kind,
        start_frame=start_frame,
        frames=frames,
        box=box,
        file=str(still),
        key=still_key,
        still=str(still),
        still_key=still_key,
        rest_start=0,
        rest_end=frames,
        texts=drawing.texts,
        text_boxes=drawing.text_boxes,
        qr_link=drawing.qr_link,
        qr_box=drawing.qr_box,
    )
    if not moving or enter_frames + leave_frames == 0 or enter_frames + leave_frames >= frames:
        return layer
    moves = [[part.move, part.delay_s] for part in drawing.parts]
    key = content_key(
        step="layer",
        version=VERSION,
        still=still_key,
        moves=moves,
        frames=frames,
        fps=fps,
        come=animation.enter_s,
        shrink=shrink,
        go=leave,
        travel=travel,
    )
    file = store.make(
        "overlays", key, ".mov", lambda path: _write_animation(path, animation, frames, fps, enter_frames, frames - leave_frames)
    )
    return layer.model_copy(update={"file": str(file), "key": key, "rest_start": enter_frames, "rest_end": frames - leave_frames})


def _timing(canvas: Canvas, drawing: Drawing, frames: int, fps: int, leaves: bool) -> tuple[float, float]:
    length = frames / fps
    enter = canvas.style.motion.enter_s + max((part.delay_s for part in drawing.parts), default=0.0)
    return min(enter, length / 4), min(canvas.style.motion.leave_s, length / 4) if leaves else 0.0


def _box(drawing: Drawing, travel: int, canvas: Canvas) -> Box:
    """The box that holds every part and its movement, on even pixels: chroma has half the picture's rows and columns."""
    left = min(part.x for part in drawing.parts)
    top = min(part.y for part in drawing.parts)
    right = max(part.x + part.image.width for part in drawing.parts)
    bottom = max(part.y + part.image.height + (travel if part.move == "rise" else 0) for part in drawing.parts)
    left, top = max(0, left - left % 2), max(0, top - top % 2)
    right, bottom = min(canvas.width, right + right % 2), min(canvas.height, bottom + bottom % 2)
    return Box(x=left, y=top, width=right - left, height=bottom - top)


@dataclass(frozen=True)
class _Animation:
    """The layer over time, in seconds from its start."""

    drawing: Drawing
    box: Box
    travel: int
    enter_s: float
    shrink: float
    length_s: float
    leave_s: float
    tick_s: float

    def rest(self) -> Image.Image:
        """The picture with all parts at rest."""
        return self._compose([(part, 0, 1.0, 1.0) for part in self.drawing.parts])

    def at(self, time_s: float) -> npt.NDArray[np.uint8]:
        """The frame that begins at a time: (rows, columns, 4), straight alpha. It is drawn as at the frame's end, so that none is empty."""
        states = [(part, *self._state(part, time_s + self.tick_s)) for part in self.drawing.parts]
        image = self._compose(states)
        if self.leave_s > 0 and time_s > self.length_s - self.leave_s:
            image = faded(image, (self.length_s - time_s) / self.leave_s)
        return np.asarray(image)

    def _state(self, part: LayerPart, time_s: float) -> tuple[int, float, float]:
        """Pixels below its resting position, opacity, and visible share of the width, or of the height."""
        if part.move == "still" or self.enter_s <= 0:
            return 0, 1.0, 1.0
        progress = min(1.0, max(0.0, (time_s - part.delay_s * self.shrink) / self.enter_s))
        eased = 1 - (1 - progress) ** 3
        if part.move in ("wipe", "unroll", "unfold"):
            return 0, 1.0, eased
        return (round(self.travel * (1 - eased)) if part.move == "rise" else 0), eased, 1.0

    def _compose(self, states: list[tuple[LayerPart, int, float, float]]) -> Image.Image:
        canvas = Image.new("RGBA", (self.box.width, self.box.height), (0, 0, 0, 0))
        for part, down, opacity, share in states:
            image = part.image
            left = 0
            if share < 1.0 and part.move == "unfold":
                image = image.crop((0, 0, image.width, round(image.height * share)))
            elif share < 1.0:
                left = round(image.width * (1 - share) / 2) if part.move == "unroll" else 0
                image = image.crop((left, 0, left + round(image.width * share), image.height))
            if opacity < 1.0:
                image = faded(image, opacity)
            lay(canvas, image, part.x - self.box.x + left, part.y - self.box.y + down)
        return canvas


def faded(image: Image.Image, opacity: float) -> Image.Image:
    """Multiply a picture's alpha."""
    result = image.copy()
    result.putalpha(image.getchannel("A").point([round(level * opacity) for level in range(256)]))
    return result


def _write_animation(path: Path, animation: _Animation, frames: int, fps: int, enter_frames: int, rest_end: int) -> None:
    """Write all frames, as MoviePy times them, as qtrle; at rest the one still picture is repeated."""
    from moviepy import VideoClip  # slow to load, and not every run needs it

    clip = VideoClip(frame_function=animation.at, duration=frames / fps)
    rest = _argb(np.asarray(animation.rest()))
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("qtrle", rate=fps)
        stream.width, stream.height, stream.pix_fmt = animation.box.width, animation.box.height, "argb"
        stream.codec_context.gop_size = KEYFRAME_INTERVAL
        for number in range(frames):
            frame = rest if enter_frames <= number < rest_end else _argb(clip.get_frame(number / fps))
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _argb(pixels: npt.NDArray[np.uint8]) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgba").reformat(format="argb")

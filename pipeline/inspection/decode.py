"""Decodes the finished picture, once for all checks."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace

Picture = npt.NDArray[np.uint8]

SMALL_LONG_SIDE = 128
"""Long side (pixels) of the small pictures for statistics: a hundredfold fewer pixels than 1080p, averaged over so many that film
grain and coding noise are gone."""


class DecodedFrame:
    """One decoded frame. `index` counts decoded frames, `at_s` is its time in the file, `number` the timeline frame of that time."""

    def __init__(self, index: int, at_s: float, frame: av.VideoFrame, fps: int, small: tuple[int, int]) -> None:
        self.index = index
        self.at_s = at_s
        self.number = round(at_s * fps)
        self.decoded = frame
        self._small = small

    @cached_property
    def small(self) -> Picture:
        """The luma, 0 black to 255 white, in the planned picture's shape, `SMALL_LONG_SIDE` on the long side."""
        frame = self.decoded if self.decoded.format.name in ("yuv420p", "yuvj420p") else self.decoded.reformat(format="yuv420p")
        plane = frame.planes[0]
        luma = np.frombuffer(memoryview(plane), np.uint8).reshape(frame.height, plane.line_size)[:, : frame.width]
        shrunk = cv2.resize(luma, self._small, interpolation=cv2.INTER_AREA)
        if int(frame.color_range) == ColorRange.JPEG:
            return np.asarray(shrunk, dtype=np.uint8)
        full_range: Picture = np.clip((shrunk.astype(np.float32) - 16) * (255 / 219), 0, 255).astype(np.uint8)
        return full_range

    @cached_property
    def full(self) -> Picture:
        """The whole picture in RGB (rows, columns, 3)."""
        converted = self.decoded.reformat(format="rgb24", src_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.JPEG)
        return np.asarray(converted.to_ndarray(), dtype=np.uint8)


def small_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of a picture's small version; both even."""
    shrink = SMALL_LONG_SIDE / max(width, height)
    return max(2, round(width * shrink / 2) * 2), max(2, round(height * shrink / 2) * 2)


class VideoDecoder:
    """Decodes a video frame by frame; `broken_at_s` is the time at which decoding first failed, None for a whole file."""

    def __init__(self, video: Path, fps: int, size: tuple[int, int]) -> None:
        self.video = video
        self.fps = fps
        self.small = small_size(*size)
        self.broken_at_s: float | None = None

    def frames(self) -> Iterator[DecodedFrame]:
        """Yield all frames in presentation order."""
        at_s = 0.0
        try:
            with av.open(str(self.video)) as container:
                picture = container.streams.video[0]
                picture.thread_type = "AUTO"
                for index, frame in enumerate(container.decode(picture)):
                    at_s = float(frame.time or 0.0)
                    if frame.is_corrupt and self.broken_at_s is None:
                        self.broken_at_s = at_s
                    yield DecodedFrame(index, at_s, frame, self.fps, self.small)
        except (av.FFmpegError, OSError):
            self.broken_at_s = at_s

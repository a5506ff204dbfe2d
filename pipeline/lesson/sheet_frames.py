"""The frames of the contact sheet: taken from the decode of the finished video where there is one, as for its inspection."""

from pathlib import Path

import av
from PIL import Image

from pipeline.documents.rendition import Rendition
from pipeline.lesson.frame_extraction import SHORT_SIDE, FrameRequest
from pipeline.lesson.pictures import keep_frame, lacking
from pipeline.store import Store

INTERVAL_S = 2.0
MOST_FRAMES = 30
ROUNDING_S = 1e-6


def sheet_times(length_s: float) -> list[float]:
    """Return the times of the sheet's frames in a video of that length, seconds."""
    step = max(INTERVAL_S, length_s / MOST_FRAMES)
    times = [min(step / 2, length_s / 2)]
    while times[-1] + step < length_s:
        times.append(times[-1] + step)
    return times


def sheet_frame(video: Path, rendition: Rendition, at_s: float) -> FrameRequest:
    """Request the sheet's frame at a time of the finished video."""
    return FrameRequest(str(video), rendition.sha256, round(at_s, 3))


class SheetFrames:
    """Keeps the sheet's frames while somebody else decodes the video: the report then need not seek for them."""

    def __init__(self, rendition: Rendition, store: Store) -> None:
        frames = [sheet_frame(Path(rendition.file), rendition, at_s) for at_s in sheet_times(rendition.length_s)]
        self.store = store
        self._due = lacking(frames, store)

    def see(self, at_s: float, frame: av.VideoFrame) -> None:
        """Take the next frame of the video, decoded for another purpose. at_s: its time in the file."""
        while self._due and at_s >= self._due[0].at_s - ROUNDING_S:
            keep_frame(self._due.pop(0), _small(frame), self.store)


def _small(frame: av.VideoFrame) -> Image.Image:
    """The frame as `extraction_command` makes it: luma and chroma as they are, in the full range of a JPEG."""
    shrink = SHORT_SIDE / min(frame.width, frame.height)
    width, height = (SHORT_SIDE if side * shrink == SHORT_SIDE else round(side * shrink / 2) * 2 for side in (frame.width, frame.height))
    planes = frame.reformat(width, height, "yuvj444p", interpolation="AREA", dst_color_range="JPEG").to_ndarray()
    return Image.merge("YCbCr", [Image.fromarray(plane) for plane in planes])

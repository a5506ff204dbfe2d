"""Draws the planned subtitles alone, by the same libass from the plan's own script, without footage under them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.documents.look import Box
from pipeline.documents.plan import Chunk, RenderPlan
from pipeline.documents.plan import Picture as PlannedPicture
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.inspection.decode import Picture
from pipeline.inspection.overlays import Overlay
from pipeline.media import FFMPEG, Child, ffmpeg_version, fonts_environment, quote_for_filter, run_side_by_side
from pipeline.store import Store, content_key, scratch_folder

KIND, SUFFIX = "expected", ".npz"
FRAMES_PER_PROCESS = 6
"""Frames drawn by one process: two full RGB pictures of each are in memory together."""
VERSION = 1


@dataclass(frozen=True)
class _Drawing:
    """Some frames of a chunk whose subtitles are drawn by one process."""

    chunk: Chunk
    numbers: tuple[int, ...]
    key: str


def draw_subtitle_overlays(plan: RenderPlan, subtitles: Subtitles, store: Store, name: str) -> dict[int, Overlay]:
    """Draw the plan's subtitles at the middle frame of every cue that is not held. Returns them by frame number.

    Those drawn before come from the store. name: the video's name, for the message when drawing fails. Cues without a visible letter
    are left out. Raises MediaFault.
    """
    middle_frames = sorted({middle_frame(cue) for cue in subtitles.cues if not cue.held})
    drawings = [
        _drawing(plan.picture, chunk, numbers[at : at + FRAMES_PER_PROCESS])
        for chunk in plan.chunks
        if chunk.ass and (numbers := [number for number in middle_frames if chunk.start_frame <= number < chunk.start_frame + chunk.frames])
        for at in range(0, len(numbers), FRAMES_PER_PROCESS)
    ]
    missing = {drawing.key: drawing for drawing in drawings if store.find(KIND, drawing.key, SUFFIX) is None}
    with scratch_folder() as scratch:
        children = [_child(plan.picture, drawing, store, scratch / drawing.key, name) for drawing in missing.values()]
        run_side_by_side(children, at_once=os.cpu_count() or 1)
    return {number: overlay for drawing in drawings for number, overlay in _stored_overlays(store, drawing.key)}


def _drawing(picture: PlannedPicture, chunk: Chunk, numbers: Sequence[int]) -> _Drawing:
    size = (picture.width, picture.height, picture.fps)
    key = content_key(step="cues alone", version=VERSION, tool=ffmpeg_version(), ass=chunk.ass, size=size, numbers=numbers)
    return _Drawing(chunk, tuple(numbers), key)


def _stored_overlays(store: Store, key: str) -> Iterator[tuple[int, Overlay]]:
    path = store.find(KIND, key, SUFFIX)
    assert path is not None
    with np.load(path) as arrays:
        for name in arrays.files:
            number, _, part = name.partition("-")
            if part == "box":
                x, y, width, height = (int(side) for side in arrays[name])
                box = Box(x=x, y=y, width=width, height=height)
                yield int(number), Overlay(box, arrays[f"{number}-black"], arrays[f"{number}-through"])


def middle_frame(cue: Cue) -> int:
    """The timeline frame in the middle of a cue."""
    return (cue.start_frame + cue.end_frame) // 2


def _child(picture: PlannedPicture, drawing: _Drawing, store: Store, base: Path, name: str) -> Child:
    """The process that draws every frame once over black and once over white, and puts the overlays into the store."""
    script, out = base.with_suffix(".ass"), base.with_suffix(".rgb")
    script.write_text(drawing.chunk.ass, encoding="utf-8")
    times = "0"
    for index, number in enumerate(drawing.numbers):
        times = f"if(eq(floor(N/2),{index}),{number},{times})"
    fonts, count = Path(picture.fonts), 2 * len(drawing.numbers)
    filters = "drawbox=t=fill:color=white:enable='mod(n,2)',"
    # libass may take a second frame of the same time for the first again, so the white one comes a millisecond later.
    filters += f"settb=1/{picture.fps * 1000},setpts='1000*{times}+{picture.fps}*mod(N,2)',"
    filters += f"subtitles=filename={quote_for_filter(script)}"
    source = f"color=black:s={picture.width}x{picture.height}:r={picture.fps},format=rgb24"
    args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-vf", filters]
    args += ["-fps_mode", "passthrough", "-frames:v", str(count), "-pix_fmt", "rgb24", "-f", "rawvideo", str(out)]

    def keep(_log: str) -> None:
        pictures = np.fromfile(out, dtype=np.uint8).reshape(count, picture.height, picture.width, 3)
        out.unlink()
        arrays: dict[str, Any] = {
            f"{number}-{part}": array
            for number, low, high in zip(drawing.numbers, pictures[::2], pictures[1::2], strict=True)
            for part, array in _cut_out_overlay(low, high).items()
        }
        store.make(KIND, drawing.key, SUFFIX, lambda part: np.savez(part, **arrays))

    return Child(args, name, env=fonts_environment(fonts, store.root / "fonts"), after=keep)


def _cut_out_overlay(over_black: Picture, over_white: Picture) -> dict[str, Any]:
    """The box of what is drawn, its colour over black, and its transparency, as arrays; empty when nothing is drawn.

    over_black, over_white: the two drawings; their difference is the transparency.
    """
    transparency = reduce(cv2.min, cv2.split(cv2.subtract(over_white, over_black)))
    rows, columns = np.nonzero(transparency < 128)
    if not rows.size:
        return {}
    top, bottom, left, right = int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
    inside = np.s_[top:bottom, left:right]
    return {"box": np.array([left, top, right - left, bottom - top]), "black": over_black[inside], "through": transparency[inside]}

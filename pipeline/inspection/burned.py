"""The subtitles alone, drawn by the same libass from the plan's own script, without any footage under them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.documents.look import Box
from pipeline.documents.plan import Chunk, RenderPlan
from pipeline.documents.plan import Picture as PlannedPicture
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.inspection.overlays import Overlay
from pipeline.inspection.reading import Picture
from pipeline.media import FFMPEG, Child, ffmpeg_version, fonts_environment, run_side_by_side
from pipeline.store import Store, content_key, scratch_folder

KIND, SUFFIX = "expected", ".npz"
AT_ONCE = 6
"""Frames drawn in one process: two full RGB pictures of each lie in memory together."""
VERSION = 1


@dataclass(frozen=True)
class _Drawing:
    """Some frames of a chunk whose subtitles are drawn by one process."""

    chunk: Chunk
    numbers: tuple[int, ...]
    key: str


def draw_cues(plan: RenderPlan, subtitles: Subtitles, store: Store, name: str) -> dict[int, Overlay]:
    """What the plan's subtitles look like at the middle frame of every cue that is not held, by frame number.

    What was drawn before comes from the store. name: the video, for the line a person reads when drawing fails. Cues for which nothing
    is drawn are left out.
    """
    middles = sorted({middle_of(cue) for cue in subtitles.cues if not cue.held})
    drawings = [
        _drawing(plan.picture, chunk, inside[at : at + AT_ONCE])
        for chunk in plan.chunks
        if chunk.ass and (inside := [number for number in middles if chunk.start_frame <= number < chunk.start_frame + chunk.frames])
        for at in range(0, len(inside), AT_ONCE)
    ]
    missing = {one.key: one for one in drawings if store.find(KIND, one.key, SUFFIX) is None}
    with scratch_folder() as scratch:
        children = [_child(plan.picture, one, store, scratch / one.key, name) for one in missing.values()]
        run_side_by_side(children, at_once=os.cpu_count() or 1)
    return {number: overlay for one in drawings for number, overlay in _kept(store, one.key)}


def _drawing(picture: PlannedPicture, chunk: Chunk, numbers: Sequence[int]) -> _Drawing:
    size = (picture.width, picture.height, picture.fps)
    key = content_key(step="cues alone", version=VERSION, tool=ffmpeg_version(), ass=chunk.ass, size=size, numbers=numbers)
    return _Drawing(chunk, tuple(numbers), key)


def _kept(store: Store, key: str) -> Iterator[tuple[int, Overlay]]:
    path = store.find(KIND, key, SUFFIX)
    assert path is not None
    with np.load(path) as kept:
        for name in kept.files:
            number, _, part = name.partition("-")
            if part == "box":
                x, y, width, height = (int(side) for side in kept[name])
                yield int(number), Overlay(Box(x=x, y=y, width=width, height=height), kept[f"{number}-black"], kept[f"{number}-through"])


def middle_of(cue: Cue) -> int:
    """The frame half way through a cue."""
    return (cue.start_frame + cue.end_frame) // 2


def _child(picture: PlannedPicture, drawing: _Drawing, store: Store, place: Path, name: str) -> Child:
    """The process that draws for every frame a picture over black and one over white, both at that frame's time, and keeps them."""
    script, out = place.with_suffix(".ass"), place.with_suffix(".rgb")
    script.write_text(drawing.chunk.ass, encoding="utf-8")
    times = "0"
    for at, number in enumerate(drawing.numbers):
        times = f"if(eq(floor(N/2),{at}),{number},{times})"
    fonts, count = Path(picture.fonts), 2 * len(drawing.numbers)
    chain = "drawbox=t=fill:color=white:enable='mod(n,2)',"
    # libass may take a second frame of the same time for the first again, so the white one comes a millisecond later.
    chain += f"settb=1/{picture.fps * 1000},setpts='1000*{times}+{picture.fps}*mod(N,2)',"
    chain += f"subtitles=filename={_quoted(script)}"
    source = f"color=black:s={picture.width}x{picture.height}:r={picture.fps},format=rgb24"
    args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-vf", chain]
    args += ["-fps_mode", "passthrough", "-frames:v", str(count), "-pix_fmt", "rgb24", "-f", "rawvideo", str(out)]

    def keep(_log: str) -> None:
        pictures = np.fromfile(out, dtype=np.uint8).reshape(count, picture.height, picture.width, 3)
        out.unlink()
        arrays: dict[str, Any] = {
            f"{number}-{part}": array
            for number, low, high in zip(drawing.numbers, pictures[::2], pictures[1::2], strict=True)
            for part, array in _cut_out(low, high).items()
        }
        store.make(KIND, drawing.key, SUFFIX, lambda part: np.savez(part, **arrays))

    return Child(args, name, env=fonts_environment(fonts, store.root / "fonts"), after=keep)


def _cut_out(low: Picture, high: Picture) -> dict[str, Any]:
    """The box of what is drawn, its colour over black, and how much of the footage comes through; empty when nothing is drawn.

    low, high: drawn over black and over white; the difference is how much of the footage comes through.
    """
    through = np.clip(high.astype(np.int16) - low, 0, 255).min(axis=2).astype(np.uint8)
    rows, columns = np.nonzero(through < 128)
    if not rows.size:
        return {}
    top, bottom, left, right = int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
    inside = np.s_[top:bottom, left:right]
    return {"box": np.array([left, top, right - left, bottom - top]), "black": low[inside], "through": through[inside]}


def _quoted(path: Path) -> str:
    """A path inside a filter's option: quoted for the option, then escaped for the graph around it."""
    option = str(path).replace("\\", "\\\\").replace(":", "\\:").replace("'", "\\'")
    return "".join("\\" + letter if letter in "\\'[],;" else letter for letter in option)

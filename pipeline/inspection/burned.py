"""The subtitles alone, drawn by the same libass from the plan's own script, without any footage under them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.documents.look import Box
from pipeline.documents.plan import Chunk, RenderPlan
from pipeline.documents.plan import Picture as PlannedPicture
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.inspection.overlays import Overlay
from pipeline.inspection.reading import Picture
from pipeline.media import FFMPEG, fonts_environment, run_media

AT_ONCE = 6
"""Frames drawn in one process: two full RGB pictures of each lie in memory together."""


def draw_cues(plan: RenderPlan, subtitles: Subtitles, scratch: Path, name: str) -> dict[int, Overlay]:
    """What the plan's subtitles look like at the middle frame of every cue that is not held, by frame number.

    name: the video, for the line a person reads when drawing fails. Cues for which nothing is drawn are left out.
    """
    drawn: dict[int, Overlay] = {}
    for chunk in plan.chunks:
        middles = {middle_of(cue) for cue in subtitles.cues if not cue.held}
        inside = sorted(number for number in middles if chunk.start_frame <= number < chunk.start_frame + chunk.frames)
        if inside and chunk.ass:
            drawn |= _draw_chunk(plan.picture, chunk, inside, scratch, name)
    return drawn


def middle_of(cue: Cue) -> int:
    """The frame half way through a cue."""
    return (cue.start_frame + cue.end_frame) // 2


def _draw_chunk(picture: PlannedPicture, chunk: Chunk, numbers: Sequence[int], scratch: Path, name: str) -> dict[int, Overlay]:
    """The chunk's subtitles at timeline frames, cut to what is drawn; frames on which nothing is drawn are left out.

    They are drawn over black and over white: the difference is how much of the footage comes through.
    """
    drawn: dict[int, Overlay] = {}
    for at in range(0, len(numbers), AT_ONCE):
        some = numbers[at : at + AT_ONCE]
        pictures = _draw(picture, chunk.ass, some, scratch, name)
        for number, low, high in zip(some, pictures[::2], pictures[1::2], strict=True):
            through = np.clip(high.astype(np.int16) - low, 0, 255).min(axis=2).astype(np.uint8)
            rows, columns = np.nonzero(through < 128)
            if not rows.size:
                continue
            top, bottom, left, right = int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
            inside = np.s_[top:bottom, left:right]
            drawn[number] = Overlay(Box(x=left, y=top, width=right - left, height=bottom - top), low[inside], through[inside])
    return drawn


def _draw(picture: PlannedPicture, ass: str, numbers: Sequence[int], scratch: Path, name: str) -> list[Picture]:
    """For every number a picture over black and one over white, both drawn at that frame's time."""
    script = scratch / "cues.ass"
    out = scratch / "cues.rgb"
    script.write_text(ass, encoding="utf-8")
    times = "0"
    for place, number in enumerate(numbers):
        times = f"if(eq(floor(N/2),{place}),{number},{times})"
    fonts = Path(picture.fonts)
    chain = "drawbox=t=fill:color=white:enable='mod(n,2)',"
    # libass may take a second frame of the same time for the first again, so the white one comes a millisecond later.
    chain += f"settb=1/{picture.fps * 1000},setpts='1000*{times}+{picture.fps}*mod(N,2)',"
    chain += f"subtitles=filename={_quoted(script)}:fontsdir={_quoted(fonts)}"
    source = f"color=black:s={picture.width}x{picture.height}:r={picture.fps},format=rgb24"
    args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-vf", chain]
    args += ["-fps_mode", "passthrough", "-frames:v", str(2 * len(numbers)), "-pix_fmt", "rgb24", "-f", "rawvideo", str(out)]
    try:
        run_media(args, name=name, env=fonts_environment(fonts, scratch))
        raw = np.fromfile(out, dtype=np.uint8).reshape(2 * len(numbers), picture.height, picture.width, 3)
    finally:
        out.unlink(missing_ok=True)
        script.unlink(missing_ok=True)
    return list(raw)


def _quoted(path: Path) -> str:
    """A path inside a filter's option: quoted for the option, then escaped for the graph around it."""
    option = str(path).replace("\\", "\\\\").replace(":", "\\:").replace("'", "\\'")
    return "".join("\\" + letter if letter in "\\'[],;" else letter for letter in option)

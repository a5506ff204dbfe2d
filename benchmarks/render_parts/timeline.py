"""A render plan without its chunks: whole shots, whole layers, one subtitle script, as somebody works who makes the video in one go."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pysubs2

from pipeline.documents.plan import LaidLayer, RenderPlan, SourcePiece

SAME_MOMENT_S = 0.002


@dataclass(frozen=True)
class Shot:
    """One cut: where it begins in the clip, how many output frames it lasts, and where the window's centre stands in each of them."""

    piece: SourcePiece
    start_frame: int
    frames: int
    centres: tuple[tuple[float, float], ...]
    """Fractions of the display picture, those of the tail included; empty for a picture that is shown whole."""
    dissolve: int = 0
    """Frames at its beginning through which the shot before still shows."""
    tail: int = 0
    """Frames for which its footage runs on under the next shot's dissolve."""

    def window(self, wide: int, high: int) -> tuple[int, int]:
        """Size of the crop window in a picture of wide × high pixels, even."""
        crop = self.piece.crop
        if crop is None:
            return wide, high
        return min(wide, _even(crop.width * wide)), min(high, _even(crop.height * high))

    def box(self, wide: int, high: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of what the footage fills in a video of wide × high pixels; a wider window lies on a ground."""
        return self.piece.crop.picture_box(wide, high) if self.piece.crop is not None else (0, 0, wide, high)

    def corners(self, wide: int, high: int) -> list[tuple[int, int]]:
        """Upper left corner of the window for every frame, in pixels."""
        across, down = self.window(wide, high)
        return [
            (min(max(0, round(x * wide - across / 2)), wide - across), min(max(0, round(y * high - down / 2)), high - down))
            for x, y in self.centres
        ]


@dataclass(frozen=True)
class Over:
    """One layer on the timeline."""

    file: str
    still: bool
    x: int
    y: int
    start_frame: int
    frames: int
    skip: int = 0
    """Frames of a moving layer that are not shown because it has come to rest before, or rests until it leaves."""


def shots(plan: RenderPlan) -> list[Shot]:
    """The cuts of a plan; what was split into chunks is whole again."""
    cuts: list[list[SourcePiece]] = []
    for piece in (piece for chunk in plan.chunks for piece in chunk.pieces):
        if cuts and not piece.dissolve and _goes_on(cuts[-1], piece, plan.picture.fps):
            cuts[-1].append(piece)
        else:
            cuts.append([piece])
    tails = [cut[0].dissolve for cut in cuts[1:]] + [0]
    found: list[Shot] = []
    at = 0
    for cut, tail in zip(cuts, tails, strict=True):
        frames = sum(piece.frames for piece in cut)
        longer = [*(piece.frames for piece in cut[:-1]), cut[-1].frames + tail]
        centres = tuple(spot for piece, length in zip(cut, longer, strict=True) for spot in _centres(piece, length))
        found.append(Shot(cut[0], at, frames, centres, cut[0].dissolve, tail))
        at += frames
    return found


def _goes_on(cut: list[SourcePiece], piece: SourcePiece, fps: int) -> bool:
    before = cut[-1]
    if (before.clip_sha256, before.video_stream, before.speed) != (piece.clip_sha256, piece.video_stream, piece.speed):
        return False
    if (before.crop is None) != (piece.crop is None):
        return False
    if before.crop and piece.crop and (before.crop.width, before.crop.height) != (piece.crop.width, piece.crop.height):
        return False
    return piece.still or abs(before.source_start_s + before.frames * before.speed / fps - piece.source_start_s) < SAME_MOMENT_S


def _centres(piece: SourcePiece, length: int) -> list[tuple[float, float]]:
    if piece.crop is None or (piece.crop.width >= 1 and piece.crop.height >= 1):
        return []
    keys, frames = piece.crop.keys, np.arange(length)
    places = [key.frame for key in keys]
    across = np.interp(frames, places, [key.x for key in keys])
    down = np.interp(frames, places, [key.y for key in keys])
    return list(zip(across.tolist(), down.tolist(), strict=True))


def layers(plan: RenderPlan) -> list[Over]:
    """The layers of a plan from the lowest up; what was split into chunks is whole again."""
    found: list[Over] = []
    for chunk in plan.chunks:
        for laid in chunk.laid:
            start = chunk.start_frame + laid.first
            place = next((place for place, known in enumerate(found) if _goes_on_in(known, laid, start)), None)
            if place is None:
                found.append(Over(laid.file, laid.still, laid.x, laid.y, start, laid.frames, laid.skip))
            else:
                found[place] = replace(found[place], frames=found[place].frames + laid.frames)
    return found


def _goes_on_in(known: Over, laid: LaidLayer, start: int) -> bool:
    """Whether a layer's stretch that begins at `start` is the next of one that is known."""
    same = (known.file, known.x, known.y) == (laid.file, laid.x, laid.y) and known.start_frame + known.frames == start
    return same and (known.still or laid.skip == known.skip + known.frames)


def script(plan: RenderPlan) -> str:
    """All subtitle events as one ASS script; empty when there are none."""
    parts = [pysubs2.SSAFile.from_string(chunk.ass, format_="ass") for chunk in plan.chunks if chunk.ass]
    if not parts:
        return ""
    whole = parts[0]
    seen = {(event.start, event.end, event.text): event for part in parts for event in part.events}
    whole.events = [seen[key] for key in sorted(seen)]
    return whole.to_string("ass")


def moved(corners: list[tuple[int, int]]) -> list[tuple[int, tuple[int, int]]]:
    """The frames at which a window is somewhere else than before, and where; only the first for one that stands."""
    return [(0, corners[0])] + [(frame, now) for frame, (before, now) in enumerate(pairwise(corners), 1) if now != before]


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)

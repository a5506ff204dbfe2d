"""Where a thing that a clip shows stands on the output picture, frame by frame, through the cuts and their crop windows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np

from pipeline.documents.analysis import PlaceInPicture, Shot
from pipeline.documents.edit import CropPath, Cut, Edit, Framing
from pipeline.documents.on_screen import OnScreen

STEP_S = 0.1
"""Seconds between two places of a thing: nobody walks a tenth of her face's width in that time."""
LEAST_VISIBLE = 0.1
"""Share of a thing under which it is outside the crop window, not on the picture."""

Thing = TypeVar("Thing", bound=OnScreen)


class Sighting(Protocol):
    """Where a thing is at a moment of its clip: centre and size in fractions of the display picture."""

    @property
    def at_s(self) -> float:
        """Seconds on the clip's clock."""

    @property
    def x(self) -> float:
        """Centre from the left."""

    @property
    def y(self) -> float:
        """Centre from the top."""

    @property
    def width(self) -> float:
        """Width."""

    @property
    def height(self) -> float:
        """Height."""


class PlaceSeen(PlaceInPicture):
    """A sighting of what has no document of its own. at_s: seconds on the clip's clock."""

    at_s: float


Track = Sequence[Sighting]
"""Sightings of one thing in order of time; between two of them it goes straight."""


def cut_between(shots: Sequence[Shot], before_s: float, at_s: float) -> bool:
    """Whether the camera cuts after one moment of a clip and not after the other: no track goes on across that."""
    return any(before_s < shot.start_s <= at_s for shot in shots)


def held_span(track: Track, shots: Sequence[Shot], hold_s: float) -> tuple[float, float]:
    """From when and until when a track's thing may be there: `hold_s` beyond both ends, within the shot. Seconds on the clip's clock."""
    first_s, last_s = track[0].at_s, track[-1].at_s
    start_s = max((shot.start_s for shot in shots if shot.start_s <= first_s), default=0.0)
    end_s = min((shot.end_s for shot in shots if shot.end_s >= last_s), default=last_s + hold_s)
    return max(start_s, first_s - hold_s), min(end_s, last_s + hold_s)


def tracks_on_screen(kind: type[Thing], edit: Edit, framing: Framing, tracks: Mapping[str, Sequence[Track]]) -> Iterator[Thing]:
    """Map the tracks of every shown clip onto the output picture, in the order of the cuts.

    framing: of the shape of that picture. tracks: by clip id. A cut that dissolves into the next one is seen beneath it and counts there
    as well.
    """
    tails = [*(min(cut.dissolve, cut.frames) for cut in edit.cuts[1:]), 0]
    for cut, path, start, tail in zip(edit.cuts, framing.paths, edit.starts(), tails, strict=True):
        for track in tracks.get(cut.clip_id, ()):
            if path is not None:
                yield from _on_screen(kind, cut, path, track, start, cut.frames + tail, edit.fps)


def _on_screen(kind: type[Thing], cut: Cut, path: CropPath, track: Track, start: int, frames: int, fps: int) -> Iterator[Thing]:
    """One thing in one cut, a few frames at a time; nothing while it is outside the window."""
    step = max(1, round(STEP_S * fps))
    at = np.arange(0, frames, step)
    seconds = cut.source_start_s + (np.minimum(at + step / 2, frames) * cut.speed) / fps
    there = (seconds >= track[0].at_s) & (seconds <= track[-1].at_s)
    if not there.any():
        return
    at, seconds, times = at[there], seconds[there], [seen.at_s for seen in track]
    keys = [key.frame for key in path.keys]
    boxes = []
    for centre, size, window, window_centre in (
        ("x", "width", path.width, [key.x for key in path.keys]),
        ("y", "height", path.height, [key.y for key in path.keys]),
    ):
        middle = np.interp(seconds, times, [getattr(seen, centre) for seen in track])
        extent = np.interp(seconds, times, [getattr(seen, size) for seen in track])
        corner = np.interp(at, keys, window_centre) - window / 2
        low, high = (middle - extent / 2 - corner) / window, (middle + extent / 2 - corner) / window
        shown_low, shown_high = np.clip(low, 0, 1), np.clip(high, 0, 1)
        boxes.append((shown_low, shown_high, (shown_high - shown_low) / np.maximum(high - low, 1e-6)))
    (left, right, wide), (top, bottom, high_share) = boxes
    for index, frame in enumerate(at):
        if wide[index] * high_share[index] >= LEAST_VISIBLE:
            yield kind(
                first_frame=start + int(frame),
                end_frame=start + min(int(frame) + step, frames),
                x=round(float(left[index]), 4),
                y=round(float(top[index]), 4),
                width=round(float(right[index] - left[index]), 4),
                height=round(float(bottom[index] - top[index]), 4),
            )

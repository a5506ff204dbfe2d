"""Reframing: where a window of another shape stands in a picture, steady as a tripod."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import hypot
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.analysis import Analysis, Subject
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing

DEAD_ZONE = 0.22
"""Share of the window's width that the subject may wander to either side before the window follows."""
MOST_ACCEL = 0.4
"""Limit on the window's acceleration, picture widths per second squared: an operator's pan, read as a camera move and not as a jump."""
LEAST_SMOOTH_S = 0.5
STEP_S = 0.1
AROUND_S = 0.5
"""What happens this long before and after a cut tells where it begins and ends."""
JUMP_COST = 6.0
"""What a jump across the whole picture costs, in looks at the most prominent face: two and a half seconds of them."""
STRAIGHT = 0.0008
"""Key points this near to the line between their neighbours (fractions of the picture; a pixel of 1280) say nothing."""
HEAD_ROOM = 0.42
"""Where a face stands in a window that is cut from a taller picture: a little above the middle."""


def frame_story(edit: Edit, clips: Clips, analyses: Mapping[str, Analysis], width: int, height: int) -> Framing:
    """One crop path for each cut, for a picture of width:height. It goes on beneath a dissolve into the next cut."""
    tails = [*(min(cut.dissolve, cut.frames) for cut in edit.cuts[1:]), 0]
    paths = tuple(
        crop_path(clips.by_id(cut.clip_id), cut, analyses[cut.clip_id].subjects, width / height, edit.fps, tail=tail)
        if cut.clip_id
        else None
        for cut, tail in zip(edit.cuts, tails, strict=True)
    )
    return Framing(aspect=f"{width}:{height}", paths=paths)


def crop_path(clip: Clip, cut: Cut, subjects: Sequence[Subject], aspect: float, fps: int, *, tail: int = 0) -> CropPath:
    """The largest window of that aspect in the clip's picture, and its steady way along the subject.

    subjects: of the whole clip, seconds on its clock. tail: frames after the cut that are still seen beneath the next one.
    Keys are frames of the cut, whatever its speed; one key when the window stands still.
    """
    shape = clip.width / clip.height
    width, height = (aspect / shape, 1.0) if shape > aspect else (1.0, shape / aspect)
    shown = cut.frames + tail
    start, end = cut.source_start_s, cut.source_start_s + shown * cut.speed / fps
    around = AROUND_S * cut.speed
    track = subject_track([s for s in subjects if start - around <= s.at_s <= end + around])
    if not track:
        return CropPath(width=width, height=height, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    lift = 0.5 - HEAD_ROOM if any(s.kind == "face" for s in track) else 0.0
    moments = [(s.at_s - start) / cut.speed for s in track]
    xs = _walk(moments, [s.x for s in track], width, shown / fps)
    ys = _walk(moments, [s.y + lift * height for s in track], height, shown / fps)
    last = {shown - 1} if len(xs) + len(ys) > 2 else set()
    frames = sorted({round(at * fps) for at, _ in (*xs, *ys) if 0 <= round(at * fps) < shown} | last | {0})
    keys = tuple(CropKey(frame=f, x=_inside(_at(xs, f / fps), width), y=_inside(_at(ys, f / fps), height)) for f in frames)
    return CropPath(width=width, height=height, keys=keys)


def subject_track(subjects: Sequence[Subject]) -> list[Subject]:
    """One subject a moment: the most prominent face where there are faces, the place of interest elsewhere.

    Of two people the one is followed whom the window need not leave: their faces grow and shrink from look to look.

    When faces show in at least a third of the moments they lead throughout, so that a blink of the detector does not
    throw the window across the picture.
    """
    faces = [s for s in subjects if s.kind == "face"]
    others = [s for s in subjects if s.kind == "interest"]
    moments = {s.at_s for s in subjects}
    seen = {s.at_s for s in faces}
    if faces and len(seen) * 3 >= len(moments):
        return _one_person([[s for s in faces if s.at_s == at] for at in sorted(seen)])
    if not others:
        return []
    # interest flickers from frame to frame: its median over the whole cut is the tripod
    middle_x, middle_y = median(s.x for s in others), median(s.y for s in others)
    return [s.model_copy(update={"x": middle_x, "y": middle_y}) for s in others]


def _one_person(looks: Sequence[Sequence[Subject]]) -> list[Subject]:
    """One face a look: the way through all looks with the most prominent faces and the least jumping (Viterbi)."""
    largest = max(face.weight for look in looks for face in look)
    worth = [face.weight / largest for face in looks[0]]
    came: list[list[int]] = []
    for before, look in pairwise(looks):
        ways = [
            [value - JUMP_COST * hypot(face.x - last.x, face.y - last.y) for value, last in zip(worth, before, strict=True)]
            for face in look
        ]
        came.append([way.index(max(way)) for way in ways])
        worth = [max(way) + face.weight / largest for way, face in zip(ways, look, strict=True)]
    place = worth.index(max(worth))
    chosen = [looks[-1][place]]
    for look, back in zip(reversed(looks[:-1]), reversed(came), strict=True):
        place = back[place]
        chosen.append(look[place])
    return chosen[::-1]


def _walk(moments: Sequence[float], places: Sequence[float], window: float, length_s: float) -> list[tuple[float, float]]:
    """(seconds, place) key points: one when the subject rests, else a smooth way that stays near it.

    The whole way is known beforehand, so the window neither lags nor stops and starts: a lazy follower from the beginning and
    one from the end, which move only when the subject pulls them along, are averaged and smoothed.
    """
    calm = [median(places[max(0, i - 2) : i + 3]) for i in range(len(places))]  # a gesture is not a walk
    slack, rest = DEAD_ZONE * window, median(calm)
    if all(abs(place - rest) <= slack for place in calm):
        return [(0.0, rest)]
    times = np.arange(0.0, length_s + STEP_S, STEP_S)
    track = np.interp(times, moments, calm)
    lazy = (_pulled(track, slack) + _pulled(track[::-1], slack)[::-1]) / 2
    # a step of d, smoothed by a bell of s seconds, is accelerated by up to 0.242 d / s²
    sigma_s = max(LEAST_SMOOTH_S, (0.242 * float(np.ptp(lazy)) / MOST_ACCEL) ** 0.5)
    reach = round(3 * sigma_s / STEP_S)
    bell = np.exp(-((np.arange(-reach, reach + 1) * STEP_S / sigma_s) ** 2) / 2)
    smooth = np.convolve(np.pad(lazy, reach, mode="edge"), bell / bell.sum(), "valid")
    return _telling([(float(at), float(place)) for at, place in zip(times, smooth, strict=True)])


def _pulled(track: NDArray[np.float64], slack: float) -> NDArray[np.float64]:
    """The way of a follower on a rope of length `slack`."""
    way = np.empty_like(track)
    at = track[0]
    for place, target in enumerate(track):
        at = min(max(at, target - slack), target + slack)
        way[place] = at
    return way


def _telling(keys: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same way with the fewest of its points (Ramer, Douglas and Peucker)."""
    (t0, p0), (t1, p1) = keys[0], keys[-1]
    off = [abs(p - (p0 + (p1 - p0) * (t - t0) / (t1 - t0))) if t1 > t0 else 0.0 for t, p in keys]
    worst = max(range(len(keys)), key=lambda place: off[place])
    if off[worst] <= STRAIGHT:
        return [keys[0], keys[-1]]
    return [*_telling(keys[: worst + 1])[:-1], *_telling(keys[worst:])]


def _at(keys: Sequence[tuple[float, float]], at: float) -> float:
    before = [key for key in keys if key[0] <= at] or [keys[0]]
    after = [key for key in keys if key[0] > at]
    (t0, p0), (t1, p1) = before[-1], after[0] if after else before[-1]
    return p0 if t1 <= t0 else p0 + (p1 - p0) * (at - t0) / (t1 - t0)


def _inside(centre: float, window: float) -> float:
    """Clamp a window's centre so that the window lies in the picture."""
    half = min(1.0, window) / 2
    return round(min(max(centre, half), 1 - half), 5)

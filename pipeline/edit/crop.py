"""Reframing: crop paths that follow the subject in a window of another shape, steady as a tripod."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import hypot
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.analysis import Analysis, Subject
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing
from pipeline.edit.photo_moves import photo_path

DEAD_ZONE = 0.22
"""Share of the window's width that the subject may wander to either side before the window follows."""
MAX_ACCEL = 0.4
"""Limit on the window's acceleration, picture widths per second squared: an operator's pan, read as a camera move and not as a jump."""
MIN_SMOOTH_S = 0.5
STEP_S = 0.1
CONTEXT_S = 0.5
"""Seconds before and after a cut whose subjects count for where its path begins and ends."""
JUMP_COST = 6.0
"""Cost of a jump across the whole picture, in analysed frames of the most prominent face: two and a half seconds of them."""
SIMPLIFY_TOLERANCE = 0.0008
"""Key points this close to the line between their neighbours are left out: fractions of the picture, a pixel of 1280."""
FACE_HEIGHT = 0.42
"""Height at which a face stands in a window, in fractions from its top: a little above the middle."""


def frame_story(edit: Edit, clips: Clips, analyses: Mapping[str, Analysis], width: int, height: int) -> Framing:
    """Make one crop path for each cut, for a picture of width:height. A path continues beneath a dissolve into the next cut."""
    tails = [*(min(cut.dissolve, cut.frames) for cut in edit.cuts[1:]), 0]
    paths = tuple(
        crop_path(clips.by_id(cut.clip_id), cut, analyses[cut.clip_id].subjects, width / height, edit.fps, tail=tail)
        if cut.clip_id
        else None
        for cut, tail in zip(edit.cuts, tails, strict=True)
    )
    return Framing(aspect=f"{width}:{height}", paths=paths)


def crop_path(clip: Clip, cut: Cut, subjects: Sequence[Subject], aspect: float, fps: int, *, tail: int = 0) -> CropPath:
    """The largest window of that aspect (width / height) in the clip's picture, or one as much nearer as the cut says, and its steady
    path along the subject.

    subjects: of the whole clip, seconds on its clock. tail: frames after the cut that are still seen beneath the next one.
    Keys are frames of the cut, whatever its speed; one key when the window stands still.
    """
    shape = clip.width / clip.height
    width, height = (aspect / shape, 1.0) if shape > aspect else (1.0, shape / aspect)
    width, height = width / cut.zoom, height / cut.zoom
    visible_frames = cut.frames + tail
    start, end = cut.source_start_s, cut.source_start_s + visible_frames * cut.speed / fps
    around = CONTEXT_S * cut.speed
    track = subject_track([s for s in subjects if start - around <= s.at_s <= end + around])
    if clip.photo:
        return photo_path(track, (width, height), visible_frames, fps)
    if not track:
        return CropPath(width=width, height=height, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    lift = 0.5 - FACE_HEIGHT if any(s.kind == "face" for s in track) else 0.0
    moments = [(s.at_s - start) / cut.speed for s in track]
    xs = _window_path(moments, [s.x for s in track], width, visible_frames / fps)
    ys = _window_path(moments, [s.y + lift * height for s in track], height, visible_frames / fps)
    last = {visible_frames - 1} if len(xs) + len(ys) > 2 else set()
    frames = sorted({round(at * fps) for at, _ in (*xs, *ys) if 0 <= round(at * fps) < visible_frames} | last | {0})
    keys = tuple(
        CropKey(frame=f, x=_clamped_centre(_interpolated(xs, f / fps), width), y=_clamped_centre(_interpolated(ys, f / fps), height))
        for f in frames
    )
    return CropPath(width=width, height=height, keys=keys)


def subject_track(subjects: Sequence[Subject]) -> list[Subject]:
    """One subject for each moment: the most prominent face where there are faces, else the point of interest.

    Of two people one is followed throughout, although their faces grow and shrink from frame to frame.

    When faces show in at least a third of the moments they lead throughout, so that a missed face does not throw the
    window across the picture.
    """
    faces = [s for s in subjects if s.kind == "face"]
    others = [s for s in subjects if s.kind == "interest"]
    moments = {s.at_s for s in subjects}
    face_moments = {s.at_s for s in faces}
    if faces and len(face_moments) * 3 >= len(moments):
        return _one_person([[s for s in faces if s.at_s == at] for at in sorted(face_moments)])
    if not others:
        return []
    # interest flickers from frame to frame: its median over the whole cut is the tripod
    middle_x, middle_y = median(s.x for s in others), median(s.y for s in others)
    return [s.model_copy(update={"x": middle_x, "y": middle_y}) for s in others]


def _one_person(faces_by_frame: Sequence[Sequence[Subject]]) -> list[Subject]:
    """One face for each frame: the sequence of the most prominent faces with the least jumping (Viterbi)."""
    largest = max(face.weight for faces in faces_by_frame for face in faces)
    scores = [face.weight / largest for face in faces_by_frame[0]]
    best_before: list[list[int]] = []
    for before, faces in pairwise(faces_by_frame):
        transitions = [
            [value - JUMP_COST * hypot(face.x - last.x, face.y - last.y) for value, last in zip(scores, before, strict=True)]
            for face in faces
        ]
        best_before.append([path_scores.index(max(path_scores)) for path_scores in transitions])
        scores = [max(path_scores) + face.weight / largest for path_scores, face in zip(transitions, faces, strict=True)]
    index = scores.index(max(scores))
    chosen = [faces_by_frame[-1][index]]
    for faces, previous in zip(reversed(faces_by_frame[:-1]), reversed(best_before), strict=True):
        index = previous[index]
        chosen.append(faces[index])
    return chosen[::-1]


def _window_path(moments: Sequence[float], positions: Sequence[float], window: float, length_s: float) -> list[tuple[float, float]]:
    """Key points (seconds, position): one when the subject rests, else a smooth path that stays near it.

    positions: of the subject, in fractions of the picture, at `moments`; window: the window's size in the same direction. The whole
    path is known beforehand, so the window neither lags nor stops and starts: two followers, one from the start and one from the end,
    which move only when the subject leaves their dead zone, are averaged and smoothed.
    """
    smoothed = [median(positions[max(0, i - 2) : i + 3]) for i in range(len(positions))]  # a gesture is not a walk
    dead_zone, middle = DEAD_ZONE * window, median(smoothed)
    if all(abs(position - middle) <= dead_zone for position in smoothed):
        return [(0.0, middle)]
    times = np.arange(0.0, length_s + STEP_S, STEP_S)
    track = np.interp(times, moments, smoothed)
    lagged = (_lazy_follow(track, dead_zone) + _lazy_follow(track[::-1], dead_zone)[::-1]) / 2
    # a step of d, smoothed by a bell of s seconds, is accelerated by up to 0.242 d / s²
    sigma_s = max(MIN_SMOOTH_S, (0.242 * float(np.ptp(lagged)) / MAX_ACCEL) ** 0.5)
    radius = round(3 * sigma_s / STEP_S)
    kernel = np.exp(-((np.arange(-radius, radius + 1) * STEP_S / sigma_s) ** 2) / 2)
    smooth = np.convolve(np.pad(lagged, radius, mode="edge"), kernel / kernel.sum(), "valid")
    return _simplified([(float(at), float(position)) for at, position in zip(times, smooth, strict=True)])


def _lazy_follow(track: NDArray[np.float64], dead_zone: float) -> NDArray[np.float64]:
    """The path of a follower that moves only when the track is farther away than `dead_zone`."""
    path = np.empty_like(track)
    position = track[0]
    for index, target in enumerate(track):
        position = min(max(position, target - dead_zone), target + dead_zone)
        path[index] = position
    return path


def _simplified(keys: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same path with as few of its points as possible (Ramer–Douglas–Peucker)."""
    (t0, p0), (t1, p1) = keys[0], keys[-1]
    deviations = [abs(p - (p0 + (p1 - p0) * (t - t0) / (t1 - t0))) if t1 > t0 else 0.0 for t, p in keys]
    worst = max(range(len(keys)), key=lambda index: deviations[index])
    if deviations[worst] <= SIMPLIFY_TOLERANCE:
        return [keys[0], keys[-1]]
    return [*_simplified(keys[: worst + 1])[:-1], *_simplified(keys[worst:])]


def _interpolated(keys: Sequence[tuple[float, float]], at: float) -> float:
    before = [key for key in keys if key[0] <= at] or [keys[0]]
    after = [key for key in keys if key[0] > at]
    (t0, p0), (t1, p1) = before[-1], after[0] if after else before[-1]
    return p0 if t1 <= t0 else p0 + (p1 - p0) * (at - t0) / (t1 - t0)


def _clamped_centre(centre: float, window: float) -> float:
    """A window's centre, clamped so that the window lies in the picture."""
    half = min(1.0, window) / 2
    return round(min(max(centre, half), 1 - half), 5)

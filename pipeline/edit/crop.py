"""Reframing: where a window of another shape stands in a picture, steady as a tripod."""

from collections.abc import Mapping, Sequence
from statistics import median

from pipeline.documents.analysis import Analysis, Subject
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing

DEAD_ZONE = 0.22
"""Share of the window's width that the subject may wander before the window follows."""
GLIDE_S = 1.4
"""A follow takes this long: slower than an operator's pan, so that it reads as a camera move and not as a jump."""
STAYS_S = 0.8
"""The subject must stay away from the middle this long before the window follows: a gesture is not a walk."""
STEPS = 10
HEAD_ROOM = 0.42
"""Where a face stands in a window that is cut from a taller picture: a little above the middle."""


def frame_story(edit: Edit, clips: Clips, analyses: Mapping[str, Analysis], width: int, height: int) -> Framing:
    """One crop path for each cut, for a picture of width:height."""
    paths = tuple(
        crop_path(clips.by_id(cut.clip_id), cut, analyses[cut.clip_id].subjects, width / height, edit.fps) if cut.clip_id else None
        for cut in edit.cuts
    )
    return Framing(aspect=f"{width}:{height}", paths=paths)


def crop_path(clip: Clip, cut: Cut, subjects: Sequence[Subject], aspect: float, fps: int) -> CropPath:
    """The largest window of that aspect in the clip's picture, and its steady way along the subject.

    subjects: of the whole clip, seconds on its clock. Keys are frames of the cut; one key when the window stands still.
    """
    shape = clip.width / clip.height
    width, height = (aspect / shape, 1.0) if shape > aspect else (1.0, shape / aspect)
    start, end = cut.source_start_s, cut.source_start_s + cut.frames / fps
    track = subject_track([s for s in subjects if start - 0.5 <= s.at_s <= end + 0.5])
    if not track:
        return CropPath(width=width, height=height, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    lift = 0.5 - HEAD_ROOM if any(s.kind == "face" for s in track) else 0.0
    moments = [s.at_s - start for s in track]
    xs = _walk(moments, [s.x for s in track], width, cut.frames / fps)
    ys = _walk(moments, [s.y + lift * height for s in track], height, cut.frames / fps)
    frames = sorted({round(at * fps) for at, _ in (*xs, *ys) if 0 <= at * fps < cut.frames} | {0})
    keys = tuple(CropKey(frame=f, x=_inside(_at(xs, f / fps), width), y=_inside(_at(ys, f / fps), height)) for f in frames)
    return CropPath(width=width, height=height, keys=keys)


def subject_track(subjects: Sequence[Subject]) -> list[Subject]:
    """One subject a moment: the most prominent face where there are faces, the place of interest elsewhere.

    When faces show in at least a third of the moments they lead throughout, so that a blink of the detector does not
    throw the window across the picture.
    """
    faces = [s for s in subjects if s.kind == "face"]
    others = [s for s in subjects if s.kind == "interest"]
    moments = {s.at_s for s in subjects}
    seen = {s.at_s for s in faces}
    if faces and len(seen) * 3 >= len(moments):
        return [max((s for s in faces if s.at_s == at), key=lambda s: s.weight) for at in sorted(seen)]
    if not others:
        return []
    # interest flickers from frame to frame: its median over the whole cut is the tripod
    middle_x, middle_y = median(s.x for s in others), median(s.y for s in others)
    return [s.model_copy(update={"x": middle_x, "y": middle_y}) for s in others]


def _walk(moments: Sequence[float], places: Sequence[float], window: float, length_s: float) -> list[tuple[float, float]]:
    """(seconds, place) key points: rest, and glide after the subject once it has stayed out of the dead zone."""
    smooth = [median(places[max(0, i - 2) : i + 3]) for i in range(len(places))]
    opening = [place for at, place in zip(moments, smooth, strict=True) if at <= STAYS_S] or smooth[:1]
    rest = median(opening)
    keys = [(0.0, rest)]
    away_since: float | None = None
    for at, place in zip(moments, smooth, strict=True):
        if abs(place - rest) <= DEAD_ZONE * window:
            away_since = None
            continue
        away_since = at if away_since is None else away_since
        if at - away_since < STAYS_S or at < keys[-1][0] or away_since > length_s:
            continue
        settled = median([p for when, p in zip(moments, smooth, strict=True) if away_since <= when <= at + STAYS_S])
        begins = max(away_since, keys[-1][0])
        keys.extend((begins + GLIDE_S * step / STEPS, rest + (settled - rest) * _ease(step / STEPS)) for step in range(STEPS + 1))
        rest, away_since = settled, None
    return keys


def _ease(part: float) -> float:
    """Smoothstep: no jump in speed at either end."""
    return part * part * (3 - 2 * part)


def _at(keys: Sequence[tuple[float, float]], at: float) -> float:
    before = [key for key in keys if key[0] <= at] or [keys[0]]
    after = [key for key in keys if key[0] > at]
    (t0, p0), (t1, p1) = before[-1], after[0] if after else before[-1]
    return p0 if t1 <= t0 else p0 + (p1 - p0) * (at - t0) / (t1 - t0)


def _inside(centre: float, window: float) -> float:
    """Clamp a window's centre so that the window lies in the picture."""
    half = min(1.0, window) / 2
    return round(min(max(centre, half), 1 - half), 5)

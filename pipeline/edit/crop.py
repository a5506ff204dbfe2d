"""Reframing: a window of another shape that holds who or what matters, steady as an operator's hand, and wider where that cannot be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing, FramingReason, HandFraming
from pipeline.edit.photo_moves import photo_path
from pipeline.edit.steady_path import STEP_S, WindowPath, steady_path
from pipeline.edit.subject_track import SubjectTrack, face_track, interest_track, moving_track

CONTEXT_S = 0.5
"""Seconds before and after a cut whose subjects count for where its path begins and ends."""
SIMPLIFY_TOLERANCE = 0.0008
"""Key points this close to the line between their neighbours are left out: fractions of the picture, a pixel of 1280."""
HARDLY_CROPPED = 0.9
"""Share of the picture's width and height from which a window leaves nothing out that matters."""
WIDER = (4 / 3, 16 / 9)
"""Sizes of a wider window, in sizes of the largest one that the picture fills: of a landscape picture in a portrait video it shows three by
four, then a square. After them comes the whole picture."""
NEARLY_WHOLE = 0.9
"""A wider window that shows this much of the whole picture shows all of it."""
MIDDLE = SubjectTrack("interest", (0.0,), (0.5,), (0.5,))


def frame_story(edit: Edit, clips: Clips, analyses: Mapping[str, Analysis], width: int, height: int) -> Framing:
    """Make one crop path for each cut, for a picture of width:height. A path continues beneath a dissolve into the next cut."""
    tails = [*(min(cut.dissolve, cut.frames) for cut in edit.cuts[1:]), 0]
    framed = [
        reframe(clips.by_id(cut.clip_id), cut, analyses[cut.clip_id], width / height, edit.fps, tail=tail) if cut.clip_id else (None, None)
        for cut, tail in zip(edit.cuts, tails, strict=True)
    ]
    return Framing(aspect=f"{width}:{height}", paths=tuple(path for path, _ in framed), reasons=tuple(reason for _, reason in framed))


def reframe(clip: Clip, cut: Cut, analysis: Analysis, aspect: float, fps: int, *, tail: int = 0) -> tuple[CropPath, FramingReason]:
    """Return the path of a cut's window of that aspect (width / height), and why it is so.

    The window is the largest that the clip's picture fills, or one as much nearer as the cut says; a wider one, on a ground, where its path
    would be too fast for a viewer or where it is not certain what it should hold. What a person set wins. tail: frames after the cut that
    are still seen beneath the next one. Keys are frames of the cut, whatever its speed; one key when the window stands still.
    """
    shot = _Shot(clip, cut, aspect, fps, cut.frames + tail)
    start, end = cut.source_start_s, cut.source_start_s + shot.frames * cut.speed / fps
    around = CONTEXT_S * cut.speed
    subjects = [s for s in analysis.subjects if start - around <= s.at_s <= end + around]
    movements = [m for m in analysis.movements if start - around <= m.at_s <= end + around]
    face, eye_catcher = face_track(subjects), interest_track(subjects)
    interest = eye_catcher or MIDDLE
    if cut.framing is not None:
        return shot.set_by_hand(cut.framing, face or moving_track(movements) or interest), "hand"
    if clip.photo:
        return photo_path(face or eye_catcher, shot.window(1 / cut.zoom), shot.frames, fps), "interest" if face is None else "face"
    if face is None and min(1.0, *shot.window(1.0)) >= HARDLY_CROPPED:
        return shot.path(interest, 1 / cut.zoom)[0], "whole"
    if face is not None:
        return shot.held(face)
    moving = moving_track(movements)
    if moving is None:
        return shot.path(interest, 1 / cut.zoom)[0], "interest"
    sure = next((size for size in shot.sizes()[:-1] if moving.is_sure(*shot.window(size))), None)
    if sure is None:
        return shot.path(interest, shot.widest_crop)[0], "unsure"
    path, reason = shot.held(moving, sure)
    return path, "unsure" if reason == "moving" and sure > 1 else reason


def crop_path(clip: Clip, cut: Cut, analysis: Analysis, aspect: float, fps: int, *, tail: int = 0) -> CropPath:
    """Return the path alone; see `reframe`."""
    return reframe(clip, cut, analysis, aspect, fps, tail=tail)[0]


@dataclass(frozen=True)
class _Shot:
    """One cut and the shape it is shown in. frames: that are seen. A size of 1 is the largest window that the picture fills."""

    clip: Clip
    cut: Cut
    aspect: float
    fps: int
    frames: int

    def window(self, size: float) -> tuple[float, float]:
        """Width and height of a window in fractions of the picture."""
        shape = self.clip.width / self.clip.height
        width, height = (self.aspect / shape, 1.0) if shape > self.aspect else (1.0, shape / self.aspect)
        return width * size, height * size

    @property
    def whole(self) -> float:
        """The size of the window that holds the whole picture."""
        return 1 / min(self.window(1.0))

    def sizes(self) -> list[float]:
        """The sizes that may be tried, from the nearest to the whole picture."""
        wanted = [1 / self.cut.zoom, 1.0, *(size for size in WIDER if size < NEARLY_WHOLE * self.whole), self.whole]
        return sorted(set(wanted))

    @property
    def widest_crop(self) -> float:
        """The widest size that still crops, or the whole picture where there is none between."""
        between = [size for size in self.sizes() if 1 < size < self.whole]
        return between[-1] if between else self.whole

    def held(self, track: SubjectTrack, least: float = 0.0) -> tuple[CropPath, FramingReason]:
        """The nearest window, of at least that size, whose path along the subject a viewer can bear."""
        sizes = [size for size in self.sizes() if size >= least]
        for size in sizes:
            path, bearable = self.path(track, size)
            if bearable:
                break
        usual: FramingReason = "face" if track.kind == "face" else "moving"
        return path, "fast" if size > max(1.0, sizes[0]) else usual

    def path(self, track: SubjectTrack, size: float) -> tuple[CropPath, bool]:
        """The path of a window of that size along a subject, and whether a viewer can bear it."""
        width, height = self.window(size)
        moments = [(at - self.cut.source_start_s) / self.cut.speed for at in track.at_s]
        lift = track.below_centre(height)
        length_s = self.frames / self.fps
        xs = steady_path(moments, track.x, width, track.width, length_s)
        ys = steady_path(moments, [y + lift for y in track.y], height, track.height, length_s)
        return CropPath(width=width, height=height, keys=self._keys(xs, ys, width, height)), xs.within_limits and ys.within_limits

    def set_by_hand(self, framing: HandFraming, track: SubjectTrack) -> CropPath:
        """The path that a person asked for. track: what is followed where she asks for that."""
        if framing.show == "follow":
            return self.path(track, 1 / self.cut.zoom)[0]
        if framing.show == "whole":
            return self.path(MIDDLE, self.whole)[0]
        place = (0.5 if framing.x is None else framing.x,), (0.5 if framing.y is None else framing.y,)
        return self.path(SubjectTrack("interest", (0.0,), *place), 1 / self.cut.zoom)[0]

    def _keys(self, xs: WindowPath, ys: WindowPath, width: float, height: float) -> tuple[CropKey, ...]:
        """As few key points as the path needs."""
        steps = max(len(xs.positions), len(ys.positions))
        points = [(step * STEP_S, xs.at(step * STEP_S), ys.at(step * STEP_S)) for step in range(steps)]
        kept = [at for at, _, _ in _simplified(points)] if steps > 1 else [0.0]
        last = {self.frames - 1} if steps > 1 else set()
        frames = sorted({round(at * self.fps) for at in kept if round(at * self.fps) < self.frames} | last | {0})
        return tuple(
            CropKey(
                frame=frame,
                x=_clamped_centre(xs.at(frame / self.fps), width),
                y=_clamped_centre(ys.at(frame / self.fps), height),
            )
            for frame in frames
        )


def _simplified(keys: Sequence[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """The same path with as few of its points as possible (Ramer–Douglas–Peucker)."""
    (t0, *first), (t1, *last) = keys[0], keys[-1]
    deviations = [
        max(abs(p - (p0 + (p1 - p0) * (t - t0) / (t1 - t0))) if t1 > t0 else 0.0 for p, p0, p1 in zip(at, first, last, strict=True))
        for t, *at in keys
    ]
    worst = max(range(len(keys)), key=lambda index: deviations[index])
    if deviations[worst] <= SIMPLIFY_TOLERANCE:
        return [keys[0], keys[-1]]
    return [*_simplified(keys[: worst + 1])[:-1], *_simplified(keys[worst:])]


def _clamped_centre(centre: float, window: float) -> float:
    """A window's centre, clamped so that the window lies in the picture, or the picture in the middle of a larger window."""
    half = min(1.0, window) / 2
    return round(min(max(centre, half), 1 - half), 5)

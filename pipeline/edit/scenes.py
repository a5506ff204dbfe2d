"""Scenes: the stretches of picture that may be shown, scored, and the calm windows in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from pipeline.documents.analysis import Analysis, Sample, Shot
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Decision
from pipeline.documents.message import M, Message
from pipeline.edit.copies import Copy, shown_elsewhere
from pipeline.media.perceptual_hash import differing_bits

MIN_SCENE_S = 0.8
"""Seconds. Nothing shorter is worth a cut."""
MARGIN_S = 0.15
"""Seconds left off both ends of a shot, where the finger is on the button; less where the shot is short."""
SWING_MOTION = 0.4
"""Picture widths a second. A useful pan takes three seconds or more for one width; faster camera motion only smears the picture."""
SWING_MARGIN_S = 0.15
LOOKS_ALIKE_BITS = 6
"""Of 64 bits: fingerprints that differ in no more are the same picture, sent twice."""
PHOTO_DISCOUNT = 2.0
"""A photo is sharp and steady without merit: what moves goes before it."""
WIDE_NAMES = ("远景", "全景", "风景", "wide", "landscape")


@dataclass(frozen=True)
class Scene:
    """A stretch of a clip without a defect, trimmed at its ends. Seconds on the clip's clock."""

    clip: Clip
    shot: Shot
    start_s: float
    end_s: float
    score: float
    samples: tuple[Sample, ...] = ()

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return self.end_s - self.start_s

    @cached_property
    def usual_detail(self) -> float:
        """The median of its sharpness."""
        return median(sample.sharpness for sample in self.samples) if self.samples else 0.0

    @property
    def wide_by_name(self) -> bool:
        """Whether the clip's file name calls it a wide shot."""
        return any(word in self.clip.name.lower() for word in WIDE_NAMES)


def usable_scenes(clips: Clips, analyses: Mapping[str, Analysis], copies: Sequence[Copy] = ()) -> tuple[list[Scene], list[Decision]]:
    """Every usable scene in capture order, and for each shot that is not usable a decision with reason and advice.

    copies: stretches that another clip shows as well, and better.
    """
    scenes: list[Scene] = []
    refused: list[Decision] = []
    for clip in clips.clips:
        for shot in analyses[clip.id].shots:
            if shot.defects:
                defect = shot.defects[0]
                refused.append(_refusal(clip, shot, defect.reason).model_copy(update={"advice": defect.advice}))
                continue
            margin = min(MARGIN_S, max(0.0, (shot.length_s - MIN_SCENE_S) / 2))
            first, last = shot.start_s + margin, shot.end_s - margin
            repeated = shown_elsewhere(clip, shot, copies)
            first, last = _beside(repeated, first, last)
            if repeated and last - first < MIN_SCENE_S:
                refused.append(_refusal(clip, shot, M("the same recording as {name}, which is better", name=repeated[0].of.name)))
                continue
            first, last = _calm_run(analyses[clip.id].samples, first, last)
            samples = tuple(sample for sample in analyses[clip.id].samples if first <= sample.at_s <= last)
            scene = Scene(clip, shot, first, last, _score(clip, shot), samples)
            if scene.length_s < MIN_SCENE_S:
                refused.append(_refusal(clip, shot, M("too short to show: {seconds} s", seconds=round(shot.length_s, 1))))
            else:
                scenes.append(scene)
    return _without_lookalikes(scenes, refused)


def _beside(copies: Sequence[Copy], first_s: float, last_s: float) -> tuple[float, float]:
    """The longest stretch (seconds) of first_s..last_s that no copy covers; an empty one where they cover all."""
    for copy in copies:
        before, after = (first_s, min(last_s, copy.start_s)), (max(first_s, copy.end_s), last_s)
        first_s, last_s = max(before, after, key=lambda part: part[1] - part[0])
    return first_s, last_s


def _calm_run(samples: Sequence[Sample], first_s: float, last_s: float) -> tuple[float, float]:
    """The longest stretch (seconds) without a fast pan to something else; the whole stretch when that leaves too little."""
    swings = [sample.at_s for sample in samples if first_s <= sample.at_s <= last_s and sample.motion > SWING_MOTION]
    edges = [first_s, *(at + side * SWING_MARGIN_S for at in swings for side in (-1, 1)), last_s]
    gaps = [(before, after) for before, after in pairwise(edges) if not any(before < at < after for at in swings)]
    start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    return (start, end) if end - start >= MIN_SCENE_S else (first_s, last_s)


def _score(clip: Clip, shot: Shot) -> float:
    """The score of a shot: sharp, steady, well lit and large is better; each of these counts at most 1, faces 0.3."""
    light = 1 - abs(shot.brightness - 125) / 125
    steady = max(0.0, 1 - shot.shake / 0.4)
    sharp = min(1.0, shot.sharpness)
    large = min(1.0, min(clip.width, clip.height) / 1080)
    return round(sharp + steady + light + large + 0.3 * shot.faces - (PHOTO_DISCOUNT if clip.photo else 0.0), 3)


def _without_lookalikes(scenes: Sequence[Scene], refused: list[Decision]) -> tuple[list[Scene], list[Decision]]:
    distinct: list[Scene] = []
    for scene in sorted(scenes, key=lambda scene: -scene.score):
        lookalike = next((other for other in distinct if other.clip.id != scene.clip.id and _look_alike(other.shot, scene.shot)), None)
        if lookalike is None:
            distinct.append(scene)
        else:
            refused.append(_refusal(scene.clip, scene.shot, M("looks the same as {name}, which is better", name=lookalike.clip.name)))
    in_capture_order = [scene for scene in scenes if scene in distinct]
    return in_capture_order, refused


def _look_alike(first: Shot, second: Shot) -> bool:
    if not first.fingerprint or not second.fingerprint or abs(first.length_s - second.length_s) > 0.5:
        return False
    return differing_bits(first.fingerprint, second.fingerprint) <= LOOKS_ALIKE_BITS


def _refusal(clip: Clip, shot: Shot, reason: Message) -> Decision:
    return Decision(clip_id=clip.id, start_s=shot.start_s, end_s=shot.end_s, kept=False, reason=reason)


def calm_windows(scene: Scene, length_s: float, count: int) -> list[tuple[float, float]]:
    """Up to `count` calm windows (start, end) of about `length_s`, one in each equal part of a scene; seconds on the clip's clock."""
    count_that_fits = max(1, min(count, int(scene.length_s // length_s)))
    part = scene.length_s / count_that_fits
    parts = [(scene.start_s + index * part, scene.start_s + (index + 1) * part) for index in range(count_that_fits)]
    return [calmest_window(scene, first, last, length_s) for first, last in parts]


def calmest_window(scene: Scene, first_s: float, last_s: float, length_s: float) -> tuple[float, float]:
    """The window (start, end) of `length_s` between two times in which the camera is stillest and the picture sharpest and fullest.

    What has less detail than the scene mostly has is its empty part: the table before something is put on it. Most phone clips contain a
    sudden pan to something else; the shot is what comes before or after it.
    """
    spare = last_s - first_s - length_s
    if spare <= 0:
        return first_s, last_s
    starts = [first_s + spare * step / 10 for step in range(11)]

    def unrest(start: float) -> float:
        inside = [sample for sample in scene.samples if start <= sample.at_s <= start + length_s]
        if not inside:
            return 0.0
        moved = sum(sample.motion + 2 * sample.jerk for sample in inside) / len(inside)
        worst = max(sample.motion for sample in inside)
        soft = sum(max(0.0, 0.8 - sample.sharpness) for sample in inside) / len(inside)
        return (
            moved + worst + soft + emptiness(scene, start, start + length_s) + 0.02 * abs(start - first_s - spare / 2)
        )  # of equal windows the middle one

    start = min(starts, key=unrest)
    return start, start + length_s


def emptiness(scene: Scene, start_s: float, end_s: float) -> float:
    """How much less detail a stretch of a scene has than the scene mostly has."""
    inside = [sample.sharpness for sample in scene.samples if start_s <= sample.at_s <= end_s]
    return max(0.0, scene.usual_detail - sum(inside) / len(inside)) if inside else 0.0


def sorted_by_score(scenes: Iterable[Scene]) -> list[Scene]:
    """Scenes by falling score; shots named as wide ones come first."""
    return sorted(scenes, key=lambda scene: (not scene.wide_by_name, -scene.score))

"""Which stretches of picture may be shown, best first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.documents.analysis import Analysis, Sample, Shot
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Decision
from pipeline.documents.message import M, Message

SHORTEST_S = 0.8
"""Nothing shorter is worth a cut."""
MARGIN_S = 0.15
"""Left off both ends of a clip, where the finger is on the button; less where the shot is short."""
SWINGS_ABOVE = 0.4
"""Picture widths a second. A pan that shows something takes three seconds for a width or more; a swing only smears it."""
SWING_MARGIN_S = 0.15
LOOKS_ALIKE_BITS = 6
"""Of 64: fingerprints this near are the same picture, sent again."""
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
        """Seconds."""
        return self.end_s - self.start_s

    @property
    def wide_by_name(self) -> bool:
        """The volunteer called it a wide shot."""
        return any(word in self.clip.name.lower() for word in WIDE_NAMES)


def usable_scenes(clips: Clips, analyses: Mapping[str, Analysis]) -> tuple[list[Scene], list[Decision]]:
    """Every usable stretch in capture order, and a decision with reason and advice for each that is not."""
    scenes: list[Scene] = []
    refused: list[Decision] = []
    for clip in clips.clips:
        for shot in analyses[clip.id].shots:
            if shot.defects:
                defect = shot.defects[0]
                refused.append(_refuse(clip, shot, defect.reason).model_copy(update={"advice": defect.advice}))
                continue
            margin = min(MARGIN_S, max(0.0, (shot.length_s - SHORTEST_S) / 2))
            first, last = shot.start_s + margin, shot.end_s - margin
            first, last = _calm_run(analyses[clip.id].samples, first, last)
            samples = tuple(sample for sample in analyses[clip.id].samples if first <= sample.at_s <= last)
            scene = Scene(clip, shot, first, last, _score(clip, shot), samples)
            if scene.length_s < SHORTEST_S:
                refused.append(_refuse(clip, shot, M("too short to show: {seconds} s", seconds=round(shot.length_s, 1))))
            else:
                scenes.append(scene)
    return _without_lookalikes(scenes, refused)


def _calm_run(samples: Sequence[Sample], first_s: float, last_s: float) -> tuple[float, float]:
    """The longest stretch in which the camera does not swing to something else; all of it when that leaves too little."""
    swings = [sample.at_s for sample in samples if first_s <= sample.at_s <= last_s and sample.motion > SWINGS_ABOVE]
    edges = [first_s, *(at + side * SWING_MARGIN_S for at in swings for side in (-1, 1)), last_s]
    gaps = [(before, after) for before, after in pairwise(edges) if not any(before < at < after for at in swings)]
    start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    return (start, end) if end - start >= SHORTEST_S else (first_s, last_s)


def _score(clip: Clip, shot: Shot) -> float:
    """Sharp, steady, well lit and large is better; each part is worth at most one."""
    light = 1 - abs(shot.brightness - 125) / 125
    steady = max(0.0, 1 - shot.shake / 0.4)
    sharp = min(1.0, shot.sharpness)
    large = min(1.0, min(clip.width, clip.height) / 1080)
    return round(sharp + steady + light + large + 0.3 * shot.faces, 3)


def _without_lookalikes(scenes: Sequence[Scene], refused: list[Decision]) -> tuple[list[Scene], list[Decision]]:
    kept: list[Scene] = []
    for scene in sorted(scenes, key=lambda scene: -scene.score):
        twin = next((other for other in kept if other.clip.id != scene.clip.id and _alike(other.shot, scene.shot)), None)
        if twin is None:
            kept.append(scene)
        else:
            refused.append(_refuse(scene.clip, scene.shot, M("looks the same as {name}, which is better", name=twin.clip.name)))
    order = [scene for scene in scenes if scene in kept]
    return order, refused


def _alike(one: Shot, other: Shot) -> bool:
    if not one.fingerprint or not other.fingerprint or abs(one.length_s - other.length_s) > 0.5:
        return False
    return (int(one.fingerprint, 16) ^ int(other.fingerprint, 16)).bit_count() <= LOOKS_ALIKE_BITS


def _refuse(clip: Clip, shot: Shot, reason: Message) -> Decision:
    return Decision(clip_id=clip.id, start_s=shot.start_s, end_s=shot.end_s, kept=False, reason=reason)


def windows(scene: Scene, length_s: float, count: int) -> list[tuple[float, float]]:
    """Up to `count` calm stretches of about `length_s`, one in each equal part of a scene, seconds on the clip's clock."""
    fits = max(1, min(count, int(scene.length_s // length_s)))
    part = scene.length_s / fits
    lots = [(scene.start_s + place * part, scene.start_s + (place + 1) * part) for place in range(fits)]
    return [calmest(scene, first, last, length_s) for first, last in lots]


def calmest(scene: Scene, first_s: float, last_s: float, length_s: float) -> tuple[float, float]:
    """The stretch of `length_s` between two times in which the camera is stillest and the picture sharpest.

    A sudden pan to something else belongs to most phone clips; what comes before or after it is the shot.
    """
    spare = last_s - first_s - length_s
    if spare <= 0:
        return first_s, last_s
    starts = [first_s + spare * step / 10 for step in range(11)]

    def unrest(start: float) -> float:
        held = [sample for sample in scene.samples if start <= sample.at_s <= start + length_s]
        if not held:
            return 0.0
        moved = sum(sample.motion + 2 * sample.jerk for sample in held) / len(held)
        worst = max(sample.motion for sample in held)
        soft = sum(max(0.0, 0.8 - sample.sharpness) for sample in held) / len(held)
        return moved + worst + soft + 0.02 * abs(start - first_s - spare / 2)  # of equals the middle one

    start = min(starts, key=unrest)
    return start, start + length_s


def best_first(scenes: Iterable[Scene]) -> list[Scene]:
    """By score; a shot that the volunteer named a wide one leads."""
    return sorted(scenes, key=lambda scene: (not scene.wide_by_name, -scene.score))

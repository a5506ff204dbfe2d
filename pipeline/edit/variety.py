"""Variety of silent pictures: what looks alike stands apart, a pan is one shot, and no clip takes more than its share."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.edit.scenes import LOOKS_ALIKE_BITS, Scene
from pipeline.media.perceptual_hash import differing_bits

APART_S = 15.0
"""Seconds between two views that look alike: by then a viewer takes the second for a return and not for a mistake."""
TURNED_WIDTHS = 0.5
"""Picture widths that the camera must have moved between two windows of one scene for them to show something else."""
PAN_MOTION = 0.05
"""Picture widths a second from which on a camera movement is meant; a hand that only holds still stays under half of it."""
PAN_SHARE = 0.6
"""Share of a scene's frames that move steadily in a pan."""
LARGEST_SHARE = 0.25
"""Share of a video that one clip may take where at least four are good."""
ENOUGH_CLIPS = 4


@dataclass(frozen=True)
class SceneWindow:
    """A stretch of a scene that may be shown. Seconds on the clip's clock. turn: which of the scene's windows it is, from 1."""

    scene: Scene
    start_s: float
    end_s: float
    turn: int = 1

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return self.end_s - self.start_s


def is_pan(scene: Scene) -> bool:
    """Whether the camera moves on purpose for most of a scene: steadily, and faster than a hand that holds still."""
    steady = [sample for sample in scene.samples if sample.motion >= PAN_MOTION and sample.jerk <= sample.motion]
    return bool(scene.samples) and len(steady) >= PAN_SHARE * len(scene.samples)


def look_alike(first: SceneWindow, second: SceneWindow) -> bool:
    """Whether two windows show the same: of one scene between which the camera hardly moved, or of two clips with the same fingerprint."""
    if first.scene == second.scene:
        return _travelled_widths(first, second) < TURNED_WIDTHS
    if first.scene.clip.id == second.scene.clip.id:
        return False  # the camera was stopped between them, or turned to something else
    prints = first.scene.shot.fingerprint, second.scene.shot.fingerprint
    return all(prints) and differing_bits(*prints) <= LOOKS_ALIKE_BITS


def _travelled_widths(first: SceneWindow, second: SceneWindow) -> float:
    """How far the camera moved between the middles of two windows of one scene, in picture widths."""
    middles = sorted((window.start_s + window.end_s) / 2 for window in (first, second))
    inside = [sample for sample in first.scene.samples if middles[0] <= sample.at_s <= middles[1]]
    return sum(after.motion * (after.at_s - before.at_s) for before, after in pairwise(inside))


def spread_out(windows: Sequence[SceneWindow], least_s: float) -> list[SceneWindow]:
    """The windows in an order as near to the given one in which none follows its like within APART_S; those without a place are left out.

    least_s: seconds that must be filled, with what looks alike if need be.
    """
    waiting, shown, at_s = list(windows), list[tuple[float, SceneWindow]](), 0.0

    def stands_apart(window: SceneWindow) -> bool:
        return not any(at_s - end_s < APART_S and look_alike(window, other) for end_s, other in shown)

    while waiting:
        following = next(filter(stands_apart, waiting), waiting[0] if at_s < least_s else None)
        if following is None:
            break
        waiting.remove(following)
        at_s += following.length_s
        shown.append((at_s, following))
    return [window for _, window in shown]


def share_fairly(windows: Sequence[SceneWindow], least_s: float, shortest_s: float) -> list[SceneWindow]:
    """The windows without the last ones of clips that take more than LARGEST_SHARE, a clip's only one shortened, where enough are good.

    least_s: seconds that must remain. shortest_s: no window is made shorter.
    """
    kept = list(windows)
    while len({window.scene.clip.id for window in kept}) >= ENOUGH_CLIPS:
        total_s = sum(window.length_s for window in kept)
        shown_s: dict[str, float] = defaultdict(float)
        for window in kept:
            shown_s[window.scene.clip.id] += window.length_s
        clip_id, most_s = max(shown_s.items(), key=lambda item: item[1])
        own = [window for window in kept if window.scene.clip.id == clip_id]
        last = max(own, key=lambda window: window.turn)
        fair_s = (total_s - most_s) * LARGEST_SHARE / (1 - LARGEST_SHARE)
        length_s = 0.0 if len(own) > 1 else max(fair_s, shortest_s)
        if most_s <= fair_s + 0.01 or length_s >= last.length_s - 0.01 or total_s - last.length_s + length_s < least_s:
            break
        if len(own) > 1:
            kept.remove(last)
        else:
            middle_s = (last.start_s + last.end_s) / 2
            kept[kept.index(last)] = replace(last, start_s=middle_s - length_s / 2, end_s=middle_s + length_s / 2)
    return kept

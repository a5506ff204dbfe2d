"""The edit of a story without talk, led by music: an unhurried sequence of the good shots, as long as the footage allows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut, Decision, Heard, Role
from pipeline.documents.message import M
from pipeline.edit.scenes import Scene, calm_windows, calmest_window, emptiness, sorted_by_score
from pipeline.edit.talk import ambient_sound, kept_decision
from pipeline.edit.variety import SceneWindow, is_pan, share_fairly, spread_out

MAX_WINDOWS = 6
"""Windows taken of one scene at most: more of the same view shows nothing new."""
EMPTY = 0.12
"""Less detail than the scene mostly has, from which on a window shows its empty part."""
UNHURRIED_S = 14.0
"""Seconds that scenes must fill for those under the style's shortest shot to be left out: rather a shorter video than a hasty one."""
ENOUGH_S = 10.0
"""Seconds that are filled before anything is left out because it looks like something else."""


def assemble(
    scenes: Sequence[Scene],
    analyses: Mapping[str, Analysis],
    *,
    fps: int,
    seconds: float,
    lengths_s: Sequence[float],
    beat_s: float = 0.0,
    first_beat_s: float = 0.0,
    shortest_s: float = 0.0,
    least_s: float = 0.0,
    longest_s: float = 0.0,
) -> tuple[list[Cut], list[Heard], list[Decision]]:
    """Cuts, ambient sound and decisions for at most `seconds`; the scenes take the `lengths_s` in turn.

    beat_s: lengths are whole beats of so many seconds, the first of which comes at `first_beat_s`; 0 for any length. shortest_s: scenes
    that cannot be shown for so long are left out, the shortest first, where the others are enough.

    The best view opens, the rest keeps the order in which it was filmed. Every scene gets one window before any gets a second; when there
    is more than fits, the weakest scenes are left out, and so is what looks like what was just seen. A pan is one shot of at most
    `longest_s`. Where all that is less than `least_s`, which title and card need, every scene is shown for longer, in full if need be.
    """
    ranked = _without_glimpses(sorted_by_score(scenes), shortest_s, median(lengths_s), min(seconds, max(least_s, UNHURRIED_S)))
    least_shot_s = max(1.0, shortest_s) if all(scene.length_s >= shortest_s for scene in ranked) else 1.0
    chosen: list[SceneWindow] = []
    left = seconds
    for turn in range(1, MAX_WINDOWS + 1):
        for scene in ranked:
            shot_s = lengths_s[len(chosen) % len(lengths_s)]
            if is_pan(scene):
                candidates = calm_windows(scene, _on_beat(max(longest_s, shot_s), beat_s), 1)
            else:
                candidates = calm_windows(scene, _on_beat(shot_s, beat_s), MAX_WINDOWS)
            for start, end in _middle_out(candidates, scene)[turn - 1 : turn]:
                length = _on_beat(min(end - start, left), beat_s, up=False)
                if length >= min(least_shot_s, scene.length_s):
                    chosen.append(SceneWindow(scene, start, start + length, turn))
                    left -= length
    first = chosen[:1]
    rest = sorted(chosen[1:], key=lambda window: (window.turn, scenes.index(window.scene), window.start_s))
    filled_s, enough_s = min(seconds, least_s), min(seconds, max(least_s, ENOUGH_S))
    fair = share_fairly(spread_out([*first, *rest], filled_s), enough_s, max(least_shot_s, min(lengths_s)))
    order = [_in_whole_beats(window, beat_s) for window in spread_out(fair, filled_s)]
    total_s = sum(window.length_s for window in order)
    if total_s < least_s:
        longer = _longer(ranked, min(least_s, seconds))
        order = sorted(longer, key=lambda window: (window.scene is not ranked[0], scenes.index(window.scene)))
    elif total_s < min(seconds, ENOUGH_S) and len(order) < len(chosen):
        order = [_held_longer(window, min(seconds, ENOUGH_S) / total_s, longest_s, beat_s) for window in order]
    if order and beat_s > 0:
        order[0] = _up_to_first_beat(order[0], beat_s, first_beat_s % beat_s)
    cuts: list[Cut] = []
    heard: list[Heard] = []
    decisions: list[Decision] = []
    start_frame, passed_s = 0, 0.0
    for index, window in enumerate(order):
        scene, start, end = window.scene, window.start_s, window.end_s
        frames = int((end - start) * fps)
        if beat_s > 0:  # a beat is no whole number of frames: what is lost in one shot is made good in the next
            on_beat = int((passed_s + end - start) * fps) - start_frame
            frames = on_beat if start + on_beat / fps <= scene.end_s else frames
        passed_s += end - start
        role: Role = "opening" if index == 0 else "scenic"
        why = M("opens the video: the best view without talk") if index == 0 else M("a good shot: sharp, steady and well lit")
        cuts.append(Cut(clip_id=scene.clip.id, source_start_s=round(start, 4), frames=frames, role=role, reason=why))
        heard.extend(ambient_sound(scene, analyses, start, start_frame, frames))
        decisions.append(kept_decision(scene, start, frames / fps, why))
        start_frame += frames
    used = {window.scene for window in order}
    for scene in scenes:
        if scene not in used:
            why = M("left out so that the video stays under its length; other shots are better")
            if any(window.scene is scene for window in chosen):
                why = M("left out: it looks like what is shown just before")
            elif scene not in ranked:
                why = M("left out: too short for the pace of this style, and other shots are enough")
            decisions.append(Decision(clip_id=scene.clip.id, start_s=scene.start_s, end_s=scene.end_s, kept=False, reason=why))
    return cuts, heard, decisions


def _without_glimpses(scenes: Sequence[Scene], shortest_s: float, most_s: float, enough_s: float) -> list[Scene]:
    """The scenes without those under `shortest_s`, the shortest gone first, as long as the rest fills `enough_s` with `most_s` of each."""
    kept = list(scenes)
    for scene in sorted(scenes, key=lambda scene: scene.length_s):
        filled_s = sum(min(other.length_s, most_s) for other in kept if other is not scene)
        if scene.length_s >= shortest_s or filled_s < enough_s:
            break
        kept.remove(scene)
    return kept


def _on_beat(length_s: float, beat_s: float, *, up: bool = True) -> float:
    """The nearest length in whole beats, at least one; not longer than given unless `up`. As it is without a beat, or under one."""
    if beat_s <= 0 or length_s < beat_s:
        return length_s
    beats = length_s / beat_s
    return beat_s * (max(1, round(beats)) if up else int(beats + 1e-6))


def _longer(scenes: Sequence[Scene], seconds: float) -> list[SceneWindow]:
    """One window a scene, each as large a share of its scene, `seconds` together or all there is."""
    share = min(1.0, seconds / sum(scene.length_s for scene in scenes))
    return [SceneWindow(scene, *calmest_window(scene, scene.start_s, scene.end_s, scene.length_s * share)) for scene in scenes]


def _held_longer(window: SceneWindow, times: float, longest_s: float, beat_s: float) -> SceneWindow:
    """A window of so many times the length, as far as its scene and the longest shot allow."""
    length_s = _on_beat(min(window.length_s * times, max(longest_s, window.length_s), window.scene.length_s), beat_s, up=False)
    if length_s <= window.length_s:
        return window
    start_s, end_s = calmest_window(window.scene, window.scene.start_s, window.scene.end_s, length_s)
    return SceneWindow(window.scene, start_s, end_s, window.turn)


def _up_to_first_beat(window: SceneWindow, beat_s: float, first_beat_s: float) -> SceneWindow:
    """The opening window, longer by the music before its first beat, or shorter by what is left of that beat."""
    longer = window.start_s + window.length_s + first_beat_s <= window.scene.end_s
    return replace(window, end_s=window.end_s + (first_beat_s if longer or not first_beat_s else first_beat_s - beat_s))


def _in_whole_beats(window: SceneWindow, beat_s: float) -> SceneWindow:
    return replace(window, end_s=window.start_s + _on_beat(window.length_s, beat_s, up=False))


def _middle_out(candidates: list[tuple[float, float]], scene: Scene) -> list[tuple[float, float]]:
    """The windows from the middle outward, so that the first few of a long scene lie well apart; the empty ones last."""
    middle = (len(candidates) - 1) / 2

    def place(window: tuple[float, float]) -> tuple[bool, float]:
        return emptiness(scene, *window) > EMPTY, abs(candidates.index(window) - middle)

    return sorted(candidates, key=place)

"""The edit of a story without talk, led by music: an unhurried sequence of the good shots, as long as the footage allows."""

from collections.abc import Mapping, Sequence

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut, Decision, Heard, Role
from pipeline.documents.message import M
from pipeline.edit.scenes import Scene, calm_windows, calmest_window, sorted_by_score
from pipeline.edit.talk import ambient_sound, kept_decision

MAX_WINDOWS = 6
"""Windows taken of one scene at most: more of the same view shows nothing new."""


def assemble(
    scenes: Sequence[Scene],
    analyses: Mapping[str, Analysis],
    *,
    fps: int,
    seconds: float,
    lengths_s: Sequence[float],
    beat_s: float = 0.0,
    shortest_s: float = 0.0,
    least_s: float = 0.0,
) -> tuple[list[Cut], list[Heard], list[Decision]]:
    """Cuts, ambient sound and decisions for at most `seconds`; the scenes take the `lengths_s` in turn.

    beat_s: lengths are whole beats of so many seconds; 0 for any length. shortest_s: scenes that cannot be shown for so long are left out
    where the others are enough.

    The best view opens, the rest keeps the order in which it was filmed. Every scene gets one window before any gets a
    second; when there is more than fits, the weakest scenes are left out. Where that is less than `least_s`, which title and card need,
    every scene is shown for longer, in full if need be.
    """
    ranked, least_shot_s = sorted_by_score(scenes), 1.0
    long_enough = [scene for scene in ranked if scene.length_s >= shortest_s]
    if shortest_s and sum(min(scene.length_s, max(lengths_s)) for scene in long_enough) >= seconds:
        ranked, least_shot_s = long_enough, max(1.0, shortest_s)
    chosen: list[tuple[Scene, float, float]] = []
    left = seconds
    for round_number in range(1, MAX_WINDOWS + 1):
        for scene in ranked:
            shot_s = lengths_s[len(chosen) % len(lengths_s)]
            candidates = calm_windows(scene, _on_beat(shot_s, beat_s), MAX_WINDOWS)
            picks = _middle_out(candidates)[round_number - 1 : round_number]
            for start, end in picks:
                length = _on_beat(min(end - start, left), beat_s, up=False)
                if length >= min(least_shot_s, scene.length_s):
                    chosen.append((scene, start, start + length))
                    left -= length
    if seconds - left < least_s:
        chosen = _longer(ranked, min(least_s, seconds))
    opener = ranked[0] if ranked else None
    order = sorted(chosen, key=lambda item: (item[0] is not opener or item[1] != chosen[0][1], scenes.index(item[0]), item[1]))
    cuts: list[Cut] = []
    heard: list[Heard] = []
    decisions: list[Decision] = []
    start_frame, passed_s = 0, 0.0
    for index, (scene, start, end) in enumerate(order):
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
    used = {scene for scene, _, _ in chosen}
    for scene in scenes:
        if scene not in used:
            why = M("left out so that the video stays under its length; other shots are better")
            if scene not in ranked:
                why = M("left out: too short for the pace of this style, and other shots are enough")
            decisions.append(Decision(clip_id=scene.clip.id, start_s=scene.start_s, end_s=scene.end_s, kept=False, reason=why))
    return cuts, heard, decisions


def _on_beat(length_s: float, beat_s: float, *, up: bool = True) -> float:
    """The nearest length in whole beats, at least one; not longer than given unless `up`. As it is without a beat, or under one."""
    if beat_s <= 0 or length_s < beat_s:
        return length_s
    beats = length_s / beat_s
    return beat_s * (max(1, round(beats)) if up else int(beats + 1e-6))


def _longer(scenes: Sequence[Scene], seconds: float) -> list[tuple[Scene, float, float]]:
    """One window a scene, each as large a share of its scene, `seconds` together or all there is."""
    share = min(1.0, seconds / sum(scene.length_s for scene in scenes))
    return [(scene, *calmest_window(scene, scene.start_s, scene.end_s, scene.length_s * share)) for scene in scenes]


def _middle_out(candidates: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The windows from the middle outward, so that the first few of a long scene lie well apart."""
    middle = (len(candidates) - 1) / 2
    return sorted(candidates, key=lambda window: abs(candidates.index(window) - middle))

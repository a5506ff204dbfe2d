"""The edit that music leads: an unhurried walk through the good shots, as long as the footage bears."""

from collections.abc import Mapping, Sequence

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut, Decision, Heard, Role
from pipeline.documents.message import M
from pipeline.edit.scenes import Scene, best_first, windows
from pipeline.edit.talk import kept, own_sound

MOST_WINDOWS = 6
"""Of one scene: more of the same view is not more to see."""


def assemble(
    scenes: Sequence[Scene], analyses: Mapping[str, Analysis], *, fps: int, seconds: float, shot_s: float
) -> tuple[list[Cut], list[Heard], list[Decision]]:
    """Cuts, own sound and decisions for at most `seconds`, about `shot_s` a shot.

    The best view opens, the rest keeps the order in which it was filmed. Every scene gives one window before any gives a
    second; when there is more than fits, the weakest scenes stay out.
    """
    ranked = best_first(scenes)
    chosen: list[tuple[Scene, float, float]] = []
    left = seconds
    for round_of in range(1, MOST_WINDOWS + 1):
        for scene in ranked:
            spots = windows(scene, shot_s, MOST_WINDOWS)
            picked = _spread(spots)[round_of - 1 : round_of]
            for start, end in picked:
                length = min(end - start, left)
                if length >= min(1.0, scene.length_s):
                    chosen.append((scene, start, start + length))
                    left -= length
    opener = ranked[0] if ranked else None
    order = sorted(chosen, key=lambda item: (item[0] is not opener or item[1] != chosen[0][1], scenes.index(item[0]), item[1]))
    cuts: list[Cut] = []
    heard: list[Heard] = []
    decisions: list[Decision] = []
    at = 0
    for place, (scene, start, end) in enumerate(order):
        frames = int((end - start) * fps)
        role: Role = "opening" if place == 0 else "scenic"
        why = M("opens the video: the best view without talk") if place == 0 else M("a good shot: sharp, steady and well lit")
        cuts.append(Cut(clip_id=scene.clip.id, source_start_s=round(start, 4), frames=frames, role=role, reason=why))
        heard.extend(own_sound(scene, analyses, start, at, frames))
        decisions.append(kept(scene, start, frames / fps, why))
        at += frames
    used = {scene for scene, _, _ in chosen}
    for scene in scenes:
        if scene not in used:
            why = M("left out so that the video stays under its length; other shots are better")
            decisions.append(Decision(clip_id=scene.clip.id, start_s=scene.start_s, end_s=scene.end_s, kept=False, reason=why))
    return cuts, heard, decisions


def _spread(spots: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The middle first, then outward, so that few windows of a long scene lie well apart."""
    middle = (len(spots) - 1) / 2
    return sorted(spots, key=lambda spot: abs(spots.index(spot) - middle))

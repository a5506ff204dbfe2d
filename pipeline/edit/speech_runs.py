"""Unbroken runs of speech: the kept phrases laid end to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from pipeline.documents.clip import Clips
from pipeline.edit.takes import Take, are_continuous

PAUSE_S = 0.3
"""Seconds to which pauses longer than MAX_PAUSE_S are shortened: a breath."""
MAX_PAUSE_S = 0.6
BEFORE_S = 0.12
AFTER_S = 0.18
"""Seconds kept before and after a phrase so that soft consonants at its edges are not clipped; together PAUSE_S."""


@dataclass(frozen=True)
class SpeechRun:
    """One unbroken run of speech of one clip, picture and sound. start_s: on the clip's clock. at, frames: on the timeline, from the
    start of the talk."""

    clip_id: str
    start_s: float
    at: int
    frames: int
    words: str

    @property
    def end(self) -> int:
        """First frame after it."""
        return self.at + self.frames


def speech_runs(takes: Sequence[Take], clips: Clips, fps: int) -> list[SpeechRun]:
    """Lay the kept phrases end to end. Neighbours of one clip closer than MAX_PAUSE_S stay one run, with the breath between them."""
    groups: list[list[Take]] = []
    before: Take | None = None
    for take in takes:
        if before is not None and are_continuous(before, take, MAX_PAUSE_S):
            groups[-1].append(take)
        elif take.stands:
            groups.append([take])
        before = take
    runs: list[SpeechRun] = []
    at = 0
    for group in groups:
        clip_id, first, last = group[0].clip_id, group[0].phrase, group[-1].phrase
        start_s, end_s = _silence_around(takes, group, clips.by_id(clip_id).duration_s)
        start_s = max(start_s, first.start_s - BEFORE_S)
        end_s = min(end_s, last.end_s + AFTER_S)
        frames = max(1, ceil((end_s - start_s) * fps))
        runs.append(SpeechRun(clip_id, start_s, at, frames, " ".join(take.phrase.text for take in group)))
        at += frames
    return runs


def _silence_around(takes: Sequence[Take], group: Sequence[Take], duration_s: float) -> tuple[float, float]:
    """From when to when (seconds) a run may reach into the silence around it: halfway to a neighbour that is left out."""
    same = [take for take in takes if take.clip_id == group[0].clip_id]
    before = [take.phrase.end_s for take in same if take.phrase.end_s <= group[0].phrase.start_s]
    after = [take.phrase.start_s for take in same if take.phrase.start_s >= group[-1].phrase.end_s]
    start_s = (max(before) + group[0].phrase.start_s) / 2 if before else 0.0
    end_s = (min(after) + group[-1].phrase.end_s) / 2 if after else duration_s
    return start_s, end_s

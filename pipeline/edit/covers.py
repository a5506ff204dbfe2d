"""Pictures over a talk: over faults of the speaker's own, over the joins of his sentences, and where he alone would be seen for long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Transcript
from pipeline.edit.scenes import Scene, calmest_window
from pipeline.edit.speaker_shots import SpeakerPace, SpeechBreak, best_break, speech_breaks
from pipeline.edit.speech_runs import SpeechRun

COVER_S = 2.4
MAX_COVER_S = 4.0
MIN_COVER_S = 1.0
MIN_SPEAKER_PIECE_S = 0.6
"""Seconds. A shorter piece of the speaker beside a cover is a flash, not a picture."""
COVERS_FAULT = M("covers the speaker: that picture cannot be used")
COVERS_JOIN = M("covers the join between two sentences")
COVERS_LONG = M("something else is seen: the speaker alone would be long")
MIN_SPEAKER_S = 1.2
"""Seconds that the speaker is seen at least between two covers: viewers trust a face."""


@dataclass(frozen=True)
class Cover:
    """A scenic stretch over the talk. at, frames: from the start of the talk; `at` is negative for the opening before it."""

    scene: Scene
    start_s: float
    at: int
    frames: int
    reason: Message
    role: Literal["cover", "opening"] = "cover"

    def cut(self, first: int, last: int, fps: int) -> Cut:
        """The frames [first, last) of the timeline, of which it shows all."""
        start_s = round(self.start_s + (first - self.at) / fps, 3)
        return Cut(clip_id=self.scene.clip.id, source_start_s=start_s, frames=last - first, role=self.role, reason=self.reason)

    @property
    def end(self) -> int:
        """First frame after it."""
        return self.at + self.frames


def place_covers(
    runs: Sequence[SpeechRun],
    free_scenes: Sequence[Scene],
    openings: Sequence[Cover],
    analyses: Mapping[str, Analysis],
    fps: int,
    cover_s: float,
) -> list[Cover]:
    """Covers where the speaker's own picture is unusable; where it never is, over the joins, each scene once.

    openings: what opened the video; their scenes are used again over faults when there is nothing else.
    """
    faults = [span for run in runs for span in _unusable_spans(run, analyses[run.clip_id], fps)]
    free_from = max((opening.end for opening in openings), default=0)
    if not faults:
        return _over_joins(runs, list(free_scenes), fps, cover_s, free_from)
    faults = [(max(first, free_from), last) for first, last in faults if last > free_from]
    return _over_faults(faults, free_scenes or [opening.scene for opening in openings], fps)


def _over_faults(spans: Sequence[tuple[int, int]], scenes: Sequence[Scene], fps: int) -> list[Cover]:
    """Scenes in turn over every fault, starting over when there are too few: better a picture seen twice than an unusable one."""
    covers: list[Cover] = []
    sliver, longest = round(MIN_SPEAKER_PIECE_S * fps), round(MAX_COVER_S * fps)
    next_scene = 0
    for first, last in _merge_close(spans, sliver):
        at = first
        while scenes and last - at >= sliver:
            scene = scenes[next_scene % len(scenes)]
            next_scene += 1
            available = min(longest, int(scene.length_s * fps))
            frames = min(available, last - at)
            left = last - at - frames
            if 0 < left < sliver:
                frames -= sliver - left
            if frames < sliver:
                break
            covers.append(_cover(scene, at, frames, COVERS_FAULT, fps))
            at += frames
    return covers


def _merge_close(spans: Sequence[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Merge spans with less than `gap` frames between them."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _over_joins(runs: Sequence[SpeechRun], free_scenes: list[Scene], fps: int, cover_s: float, free_from: int) -> list[Cover]:
    """One cover a join, a third of it before the join, so that the speaker's picture jumps unseen.

    The speaker is seen for MIN_SPEAKER_S between two covers, and never for less than MIN_SPEAKER_PIECE_S beside one.
    """
    covers: list[Cover] = []
    min_speaker, sliver = round(MIN_SPEAKER_S * fps), round(MIN_SPEAKER_PIECE_S * fps)
    for before, after in pairwise(runs):
        if not free_scenes or before.clip_id != after.clip_id:
            continue
        earliest = covers[-1].end + min_speaker if covers else max(before.at, free_from + min_speaker if free_from else 0)
        at, frames = _over_join(before, after, round(min(free_scenes[0].length_s, cover_s) * fps), earliest, sliver)
        if at <= after.at < at + frames and frames >= round(MIN_COVER_S * fps):  # otherwise too late, or too short, to hide this join
            covers.append(_cover(free_scenes.pop(0), at, frames, COVERS_JOIN, fps))
    return covers


def _over_join(before: SpeechRun, after: SpeechRun, frames: int, earliest: int, sliver: int) -> tuple[int, int]:
    """Where a cover of `frames` over the join of two runs begins, and how many of its frames are shown; not before `earliest`."""
    at = max(earliest, after.at - frames // 3)
    if at - before.at < sliver and earliest <= before.at:
        at = before.at
    if after.end - (at + frames) < sliver:
        frames = after.end - at - (0 if after.end - at <= frames else sliver)
    return at, frames


def _cover(scene: Scene, at: int, frames: int, why: Message, fps: int) -> Cover:
    start_s, _ = calmest_window(scene, scene.start_s, scene.end_s, frames / fps)
    return Cover(scene, round(start_s, 3), at, frames, why)


def _unusable_spans(run: SpeechRun, analysis: Analysis, fps: int) -> list[tuple[int, int]]:
    """The spans (first frame, frame after the last) of the talk in which the speaker's own picture has a defect."""
    spans = []
    for shot in analysis.shots:
        start, end = max(shot.start_s, run.start_s), min(shot.end_s, run.start_s + run.frames / fps)
        if shot.defects and end > start:
            spans.append((run.at + round((start - run.start_s) * fps), run.at + round((end - run.start_s) * fps)))
    return spans


def unused_scenes(scenes: Sequence[Scene], covers: Sequence[Cover]) -> list[Scene]:
    """The scenes that no cover shows, in their order."""
    shown = {cover.scene for cover in covers}
    return [scene for scene in scenes if scene not in shown]


def over_long_views(
    runs: Sequence[SpeechRun],
    covers: Sequence[Cover],
    scenes: list[Scene],
    transcripts: Mapping[str, Transcript],
    pace: SpeakerPace,
    fps: int,
    cover_s: float,
) -> list[Cover]:
    """The covers, and one from `scenes` at a break of every stretch in which the speaker alone would be seen for longer than the pace."""
    result, waiting = list(covers), list(scenes)
    for run in runs:
        breaks = speech_breaks(transcripts.get(run.clip_id), run.start_s, run.start_s + run.frames / fps)
        at = run.at
        for cover in [*(cover for cover in covers if run.at < cover.end and cover.at < run.end), None]:
            end = max(at, min(cover.at, run.end)) if cover is not None else run.end
            while waiting and (end - at) / fps > pace.longest_s:
                placed = _within(run, at, end, waiting[0], breaks, pace, fps, cover_s)
                if placed is None:
                    break
                waiting.pop(0)
                result.append(placed)
                at = placed.end
            at = max(at, cover.end) if cover is not None else at
    return sorted(result, key=lambda cover: cover.at)


def _within(
    run: SpeechRun, at: int, end: int, scene: Scene, breaks: Sequence[SpeechBreak], pace: SpeakerPace, fps: int, cover_s: float
) -> Cover | None:
    """A cover between two frames of a run, at a break of the speech, with the speaker before and after it; None where there is no room."""
    seen, frames = round(MIN_SPEAKER_S * fps), round(min(cover_s, scene.length_s) * fps)
    latest = min(at + round(pace.longest_s * fps), end - seen - round(MIN_COVER_S * fps))
    wanted = at + (end - at - frames) // 2 if end - at < 2 * round(pace.longest_s * fps) else at + round(0.8 * pace.longest_s * fps)

    def second(frame: int) -> float:
        return run.start_s + (frame - run.at) / fps

    place_s = best_break(breaks, second(at + seen), second(latest), second(wanted), on_breath=pace.on_breath)
    if place_s is None:
        return None
    first = run.at + round((place_s - run.start_s) * fps)
    return _cover(scene, first, min(frames, end - seen - first), COVERS_LONG, fps)

"""Pictures over a talk: over faults of the speaker's own, over the joins of his sentences, and where he alone would be seen for long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Transcript
from pipeline.edit.cover_choice import TalkPictures
from pipeline.edit.cover_places import (
    MAX_COVER_S,
    MIN_COVER_S,
    MIN_SPEAKER_PIECE_S,
    MIN_SPEAKER_S,
    CoverSizes,
    OpeningPlace,
    PlacedView,
    choose_views,
    places_of,
)
from pipeline.edit.scenes import Scene, calmest_window
from pipeline.edit.speaker_shots import SpeakerPace, SpeechBreak, best_break, speech_breaks
from pipeline.edit.speech_runs import SpeechRun

COVER_S = 2.4
COVERS_FAULT = M("covers the speaker: that picture cannot be used")
COVERS_LONG = M("something else is seen: the speaker alone would be long")


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
    scenes: Sequence[Scene],
    analyses: Mapping[str, Analysis],
    pictures: TalkPictures,
    opening: OpeningPlace | None,
    cover_s: float,
) -> list[Cover]:
    """The opening and the covers, in order: where the speaker's own picture is unusable; where it never is, over joins and prices.

    Each scene is shown once; over faults the opening's is used again when there is nothing else.
    """
    fps = pictures.fps
    sizes = CoverSizes.of(fps, cover_s)
    faults = [span for run in runs for span in _unusable_spans(run, analyses[run.clip_id], fps)]
    places = [*([opening] if opening is not None else []), *([] if faults else places_of(runs, pictures.clauses))]
    laid = [_laid_cover(placed, fps) for placed in choose_views(places, scenes, pictures, sizes)]
    if not faults:
        return laid
    free_from = max((cover.end for cover in laid), default=0)
    spans = [(max(first, free_from), last) for first, last in faults if last > free_from]
    return [*laid, *_over_faults(spans, unused_scenes(scenes, laid) or [cover.scene for cover in laid], pictures)]


def _laid_cover(placed: PlacedView, fps: int) -> Cover:
    view = placed.view
    start_s, _ = calmest_window(view.scene, view.start_s, view.end_s, placed.frames / fps)
    role: Literal["cover", "opening"] = "opening" if isinstance(placed.place, OpeningPlace) else "cover"
    return Cover(view.scene, round(start_s, 3), placed.at, placed.frames, view.reason, role)


def _over_faults(spans: Sequence[tuple[int, int]], scenes: Sequence[Scene], pictures: TalkPictures) -> list[Cover]:
    """Scenes over every fault, of those shown least often the one that fits best: better a picture seen twice than an unusable one."""
    covers: list[Cover] = []
    fps = pictures.fps
    sliver, longest = round(MIN_SPEAKER_PIECE_S * fps), round(MAX_COVER_S * fps)
    shown = dict.fromkeys(range(len(scenes)), 0)
    for first, last in _merge_close(spans, sliver):
        at = first
        while scenes and last - at >= sliver:
            end = min(last, at + longest)
            number = min(shown, key=lambda number: (*_unfit(scenes[number], at, end, pictures, shown[number]), number))
            scene = scenes[number]
            shown[number] += 1
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


def _unfit(scene: Scene, first: int, end: int, pictures: TalkPictures, times_shown: int) -> tuple[bool, int, int]:
    """How badly a scene suits a fault, for comparing: not the product over its price, shown often, not what is asked."""
    view = pictures.view(scene, pictures.asked(first, end), first, end, COVERS_FAULT)
    asked_for = view is not None and view.reason != COVERS_FAULT
    return pictures.over_price(first, end) and not asked_for, times_shown, 0 if asked_for else 1 if view is not None else 2


def _merge_close(spans: Sequence[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Merge spans with less than `gap` frames between them."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


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
    scenes: Sequence[Scene],
    transcripts: Mapping[str, Transcript],
    pace: SpeakerPace,
    pictures: TalkPictures,
    cover_s: float,
) -> list[Cover]:
    """The covers, and one from `scenes` at a break of every stretch in which the speaker alone would be seen for longer than the pace."""
    result, waiting = list(covers), list(scenes)
    fps = pictures.fps
    for run in runs:
        breaks = speech_breaks(transcripts.get(run.clip_id), run.start_s, run.start_s + run.frames / fps)
        at = run.at
        for cover in [*(cover for cover in covers if run.at < cover.end and cover.at < run.end), None]:
            end = max(at, min(cover.at, run.end)) if cover is not None else run.end
            while waiting and (end - at) / fps > pace.longest_s:
                options = [_within(run, at, end, scene, breaks, pace, pictures, cover_s) for scene in waiting]
                fitting = [option for option in options if option is not None]
                _, placed = max(fitting, key=lambda option: option[0], default=(0.0, None))
                if placed is None:
                    break
                waiting.remove(placed.scene)
                result.append(placed)
                at = placed.end
            at = max(at, cover.end) if cover is not None else at
    return sorted(result, key=lambda cover: cover.at)


def _within(
    run: SpeechRun,
    at: int,
    end: int,
    scene: Scene,
    breaks: Sequence[SpeechBreak],
    pace: SpeakerPace,
    pictures: TalkPictures,
    cover_s: float,
) -> tuple[float, Cover] | None:
    """A cover between two frames of a run, at a break of the speech, with the speaker before and after it, and what it is worth.

    None where there is no room, or where the scene does not fit what is said.
    """
    fps = pictures.fps
    seen, frames = round(MIN_SPEAKER_S * fps), round(min(cover_s, scene.length_s) * fps)
    latest = min(at + round(pace.longest_s * fps), end - seen - round(MIN_COVER_S * fps))
    wanted = at + (end - at - frames) // 2 if end - at < 2 * round(pace.longest_s * fps) else at + round(0.8 * pace.longest_s * fps)

    def second(frame: int) -> float:
        return run.start_s + (frame - run.at) / fps

    place_s = best_break(breaks, second(at + seen), second(latest), second(wanted), on_breath=pace.on_breath)
    if place_s is None:
        return None
    first = run.at + round((place_s - run.start_s) * fps)
    frames = min(frames, end - seen - first)
    view = pictures.view(scene, pictures.asked(first, first + frames), first, first + frames, COVERS_LONG)
    frames = frames if view is None else min(frames, int(view.length_s * fps))
    if view is None or frames < round(MIN_COVER_S * fps):
        return None
    start_s, _ = calmest_window(scene, view.start_s, view.end_s, frames / fps)
    return view.worth, Cover(scene, round(start_s, 3), first, frames, view.reason)

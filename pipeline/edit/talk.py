"""The edit of a story led by talk: phrases end to end, with scenic shots before them and over their joins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from pipeline.documents.analysis import Analysis, SoundFacts
from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Decision, Heard
from pipeline.documents.message import M, Message
from pipeline.edit.scenes import Scene, calmest_window, sorted_by_score
from pipeline.edit.takes import Take, are_continuous

PAUSE_S = 0.3
"""Seconds to which pauses longer than MAX_PAUSE_S are shortened: a breath."""
MAX_PAUSE_S = 0.6
BEFORE_S = 0.12
AFTER_S = 0.18
"""Seconds kept before and after a phrase so that soft consonants at its edges are not clipped; together PAUSE_S."""
OPENING_S = 2.2
COVER_S = 2.4
MAX_COVER_S = 4.0
MIN_COVER_S = 1.0
MIN_SPEAKER_PIECE_S = 0.6
"""Seconds. A shorter piece of the speaker beside a cover is a flash, not a picture."""
SPEAKER_SEEN = M("the speaker is seen")
COVERS_FAULT = M("covers the speaker: that picture cannot be used")
COVERS_JOIN = M("covers the join between two sentences")
MIN_SPEAKER_S = 1.2
"""Seconds that the speaker is seen at least between two covers: viewers trust a face."""


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


def assemble(
    runs: Sequence[SpeechRun],
    scenes: Sequence[Scene],
    analyses: Mapping[str, Analysis],
    *,
    fps: int,
    spare_s: float,
    opening_s: float = OPENING_S,
    cover_s: float = COVER_S,
) -> tuple[list[Cut], list[Heard], list[Decision]]:
    """Cuts, sound and decisions of the talk, with an opening and covers from `scenes`.

    spare_s: seconds that an opening may take within the video's length. opening_s: length that it has, where there is time for it.
    cover_s: length of a picture that covers a join.
    """
    talk_clip_ids = {run.clip_id for run in runs}
    free_scenes = sorted_by_score(scene for scene in scenes if scene.clip.id not in talk_clip_ids)
    openings = [_opening(free_scenes.pop(0), min(spare_s, opening_s), fps)] if free_scenes and spare_s >= MIN_COVER_S else []
    lead_frames = sum(opening.frames for opening in openings)
    covers = _covers(runs, free_scenes, [opening.scene for opening in openings], analyses, fps, cover_s)
    cuts = _merge_continuous([*map(_opening_cut, openings), *(cut for run in runs for cut in _speaker_cuts(run, covers, fps))], fps)
    heard = [
        *(sound for opening in openings for sound in ambient_sound(opening.scene, analyses, opening.start_s, 0, opening.frames)),
        *(_speech(run, lead_frames) for run in runs),
        *(sound for cover in covers for sound in ambient_sound(cover.scene, analyses, cover.start_s, lead_frames + cover.at, cover.frames)),
    ]
    shown_covers = [*openings, *covers]
    decisions = [
        *(kept_decision(cover.scene, cover.start_s, cover.frames / fps, cover.reason) for cover in shown_covers),
        *_unused_scenes(scenes, {cover.scene for cover in shown_covers}, talk_clip_ids, cuts, fps),
    ]
    return cuts, heard, decisions


def _opening(scene: Scene, length_s: float, fps: int) -> "Cover":
    """A cover with the scene's calmest stretch, shown before the talk begins."""
    frames = int(min(scene.length_s, length_s) * fps)
    start_s, _ = calmest_window(scene, scene.start_s, scene.end_s, frames / fps)
    return Cover(scene, start_s, -frames, frames, M("opens the video: the best view without talk"))


def _opening_cut(opening: "Cover") -> Cut:
    start_s = round(opening.start_s, 3)
    return Cut(clip_id=opening.scene.clip.id, source_start_s=start_s, frames=opening.frames, role="opening", reason=opening.reason)


def _speech(run: SpeechRun, lead: int) -> Heard:
    """The run's sound on the timeline. lead: frames before the talk begins."""
    start_s = round(run.start_s, 4)
    return Heard(clip_id=run.clip_id, source_start_s=start_s, at_frame=lead + run.at, frames=run.frames, kind="speech", words=run.words)


def _unused_scenes(scenes: Sequence[Scene], used: set[Scene], talk_clip_ids: set[str], cuts: Sequence[Cut], fps: int) -> list[Decision]:
    """A decision for every scene that is not shown: those without talk first, then those of the speakers' clips."""
    silent = [scene for scene in scenes if scene not in used and scene.clip.id not in talk_clip_ids]
    unseen = [scene for scene in scenes if scene.clip.id in talk_clip_ids and not _is_shown(scene, cuts, fps)]
    not_needed, not_seen = M("not needed: the talk is covered"), M("nothing that is said here is seen in the video")
    return [
        Decision(clip_id=scene.clip.id, start_s=scene.start_s, end_s=scene.end_s, kept=False, reason=reason)
        for left, reason in ((silent, not_needed), (unseen, not_seen))
        for scene in left
    ]


def drop_unshowable(takes: Sequence[Take], scenes: Sequence[Scene], analyses: Mapping[str, Analysis]) -> list[Take]:
    """Drop takes whose picture cannot be used when no other clip has a scene to cover them."""
    standing = {take.clip_id for take in takes if take.stands}
    if any(scene.clip.id not in standing for scene in scenes):
        return list(takes)
    judged: list[Take] = []
    for take in takes:
        phrase = take.phrase
        bad_s = sum(
            max(0.0, min(shot.end_s, phrase.end_s) - max(shot.start_s, phrase.start_s))
            for shot in analyses[take.clip_id].shots
            if shot.defects
        )
        unseen = take.stands and bad_s > MIN_SPEAKER_PIECE_S
        judged.append(take.dropped(M("its picture cannot be used, and nothing is there to cover it")) if unseen else take)
    return judged


def _is_shown(scene: Scene, cuts: Sequence[Cut], fps: int) -> bool:
    """Whether the cuts show any part of a scene."""
    return any(
        cut.clip_id == scene.clip.id and cut.source_start_s < scene.end_s and cut.source_start_s + cut.frames / fps > scene.start_s
        for cut in cuts
    )


def ambient_sound(scene: Scene, analyses: Mapping[str, Analysis], start_s: float, at_frame: int, frames: int) -> list[Heard]:
    """The scene's own sound, or nothing when it is silent or somebody talks in it: two voices at once cannot be followed."""
    return clip_sound(scene.clip.id, analyses[scene.clip.id].sound, start_s, at_frame, frames)


def clip_sound(clip_id: str, facts: SoundFacts | None, start_s: float, at_frame: int, frames: int) -> list[Heard]:
    """A clip's own sound under its picture, or nothing when it is silent or somebody talks in it. facts: of its sound track."""
    if facts is None or facts.speech or facts.loudness_lufs is None:
        return []
    return [Heard(clip_id=clip_id, source_start_s=round(start_s, 4), at_frame=at_frame, frames=frames, kind="ambient")]


def _merge_continuous(cuts: Sequence[Cut], fps: int) -> list[Cut]:
    """Merge cuts that continue where the cut before them ended: a cover across two sentences is one picture."""
    joined: list[Cut] = []
    for cut in cuts:
        before = joined[-1] if joined else None
        if (
            before is not None
            and (before.clip_id, before.role) == (cut.clip_id, cut.role)
            and abs(before.source_start_s + before.frames / fps - cut.source_start_s) < 0.5 / fps
        ):
            joined[-1] = before.model_copy(update={"frames": before.frames + cut.frames})
        else:
            joined.append(cut)
    return joined


@dataclass(frozen=True)
class Cover:
    """A scenic stretch over the talk. at, frames: from the start of the talk; `at` is negative for the opening before it."""

    scene: Scene
    start_s: float
    at: int
    frames: int
    reason: Message

    @property
    def end(self) -> int:
        """First frame after it."""
        return self.at + self.frames


def _covers(
    runs: Sequence[SpeechRun],
    free_scenes: Sequence[Scene],
    opening_scenes: Sequence[Scene],
    analyses: Mapping[str, Analysis],
    fps: int,
    cover_s: float,
) -> list[Cover]:
    """Covers where the speaker's own picture is unusable; where it never is, over the joins, each scene once.

    opening_scenes: scenes that opened the video; they are used again over faults when there is nothing else.
    """
    faults = [span for run in runs for span in _unusable_spans(run, analyses[run.clip_id], fps)]
    return _over_faults(faults, free_scenes or opening_scenes, fps) if faults else _over_joins(runs, list(free_scenes), fps, cover_s)


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


def _over_joins(runs: Sequence[SpeechRun], free_scenes: list[Scene], fps: int, cover_s: float) -> list[Cover]:
    """One cover a join, a third of it before the join, so that the speaker's picture jumps unseen.

    The speaker is seen for MIN_SPEAKER_S between two covers, and never for less than MIN_SPEAKER_PIECE_S beside one.
    """
    covers: list[Cover] = []
    min_speaker, sliver = round(MIN_SPEAKER_S * fps), round(MIN_SPEAKER_PIECE_S * fps)
    for before, after in pairwise(runs):
        if not free_scenes or before.clip_id != after.clip_id:
            continue
        earliest = covers[-1].end + min_speaker if covers else before.at
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


def _speaker_cuts(run: SpeechRun, covers: Sequence[Cover], fps: int) -> list[Cut]:
    """A run's picture as cuts: the speaker, and the covers where they lie over the run."""
    cuts: list[Cut] = []
    at, end = run.at, run.at + run.frames
    for cover in covers:
        first, last = max(cover.at, run.at), min(cover.end, end)
        if first >= last:
            continue
        if first > at:
            cuts.append(_speaker_cut(run, at, first, fps, SPEAKER_SEEN))
        begin_s = cover.start_s + (first - cover.at) / fps
        clip_id, frames = cover.scene.clip.id, last - first
        cuts.append(Cut(clip_id=clip_id, source_start_s=round(begin_s, 3), frames=frames, role="cover", reason=cover.reason))
        at = last
    if at < end:
        cuts.append(_speaker_cut(run, at, end, fps, SPEAKER_SEEN))
    return cuts


def _speaker_cut(run: SpeechRun, first: int, last: int, fps: int, why: Message) -> Cut:
    start_s = run.start_s + (first - run.at) / fps
    return Cut(clip_id=run.clip_id, source_start_s=round(start_s, 4), frames=last - first, role="talk", reason=why)


def kept_decision(scene: Scene, start_s: float, length_s: float, why: Message) -> Decision:
    """The decision that a stretch of a scene is shown. Seconds on the clip's clock."""
    return Decision(clip_id=scene.clip.id, start_s=round(start_s, 3), end_s=round(start_s + length_s, 3), kept=True, reason=why)


def closed_pause(seconds: float) -> Message:
    """Why a stretch without speech between two sentences is not in the video."""
    return M("a pause of {seconds} s, closed", seconds=round(seconds, 1))


def take_decisions(takes: Sequence[Take]) -> list[Decision]:
    """One decision for each phrase, and one for every pause between two phrases that was closed."""
    decisions: list[Decision] = []
    for index, take in enumerate(takes):
        why = take.verdict or M("said clearly")
        phrase = take.phrase
        decisions.append(
            Decision(clip_id=take.clip_id, start_s=phrase.start_s, end_s=phrase.end_s, kept=take.stands, reason=why, words=phrase.text)
        )
        later = takes[index + 1] if index + 1 < len(takes) else None
        if later is not None and later.clip_id == take.clip_id:
            pause_s = later.phrase.start_s - phrase.end_s
            if pause_s > MAX_PAUSE_S:
                closed = closed_pause(pause_s)
                decisions.append(
                    Decision(clip_id=take.clip_id, start_s=phrase.end_s, end_s=later.phrase.start_s, kept=False, reason=closed)
                )
    return decisions

"""The edit that talk leads: phrases end to end, scenic shots before them and over their joins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Decision, Heard
from pipeline.documents.message import M, Message
from pipeline.edit.scenes import Scene, best_first, calmest
from pipeline.edit.takes import Take, together

PAUSE_S = 0.3
"""What a closed pause leaves: a breath. Longer pauses than LONGEST_PAUSE_S are closed to it."""
LONGEST_PAUSE_S = 0.6
BEFORE_S = 0.12
AFTER_S = 0.18
"""Kept around a phrase so that soft consonants at its edges are not clipped; together a closed pause."""
OPENING_S = 2.2
COVER_S = 2.4
LONGEST_COVER_S = 4.0
LEAST_COVER_S = 1.0
SLIVER_S = 0.6
"""A shorter piece of the speaker beside a cover is a flash, not a picture."""
FAULT = M("covers the speaker: that picture cannot be used")
JOIN = M("covers the join between two sentences")
LEAST_TALKER_S = 1.2
"""The speaker is seen at least this long between two covers: viewers trust a face."""


@dataclass(frozen=True)
class Spoken:
    """One unbroken run of a talk clip's sound and picture on the timeline, in frames from the start of the talk."""

    clip_id: str
    start_s: float
    at: int
    frames: int
    words: str

    @property
    def end(self) -> int:
        """First frame after it."""
        return self.at + self.frames


def spoken_runs(takes: Sequence[Take], clips: Clips, fps: int) -> list[Spoken]:
    """Lay the standing phrases end to end. Neighbours closer than LONGEST_PAUSE_S in one clip stay one run, breath and all."""
    groups: list[list[Take]] = []
    before: Take | None = None
    for take in takes:
        if before is not None and together(before, take, LONGEST_PAUSE_S):
            groups[-1].append(take)
        elif take.stands:
            groups.append([take])
        before = take
    runs: list[Spoken] = []
    at = 0
    for group in groups:
        clip_id, first, last = group[0].clip_id, group[0].phrase, group[-1].phrase
        start, end = _room(takes, group, clips.by_id(clip_id).duration_s)
        start = max(start, first.start_s - BEFORE_S)
        end = min(end, last.end_s + AFTER_S)
        frames = max(1, ceil((end - start) * fps))
        runs.append(Spoken(clip_id, start, at, frames, " ".join(take.phrase.text for take in group)))
        at += frames
    return runs


def _room(takes: Sequence[Take], group: Sequence[Take], duration_s: float) -> tuple[float, float]:
    """How far a run may reach into the silence around it: to the middle towards a neighbour that stays out."""
    same = [take for take in takes if take.clip_id == group[0].clip_id]
    before = [take.phrase.end_s for take in same if take.phrase.end_s <= group[0].phrase.start_s]
    after = [take.phrase.start_s for take in same if take.phrase.start_s >= group[-1].phrase.end_s]
    start = (max(before) + group[0].phrase.start_s) / 2 if before else 0.0
    end = (min(after) + group[-1].phrase.end_s) / 2 if after else duration_s
    return start, end


def assemble(
    runs: Sequence[Spoken], scenes: Sequence[Scene], analyses: Mapping[str, Analysis], *, fps: int, spare_s: float
) -> tuple[list[Cut], list[Heard], list[Decision]]:
    """Cuts, sound and decisions of the talk, with an opening and covers from `scenes`.

    spare_s: seconds that an opening may take without breaking the length limit.
    """
    talkers = {run.clip_id for run in runs}
    free = best_first(scene for scene in scenes if scene.clip.id not in talkers)
    openings = [_opening(free.pop(0), spare_s, fps)] if free and spare_s >= LEAST_COVER_S else []
    lead = sum(opening.frames for opening in openings)
    covers = _covers(runs, free, [opening.scene for opening in openings], analyses, fps)
    cuts = _run_on([*map(_opening_cut, openings), *(cut for run in runs for cut in _picture(run, covers, fps))], fps)
    heard = [
        *(sound for opening in openings for sound in own_sound(opening.scene, analyses, opening.start_s, 0, opening.frames)),
        *(_speech(run, lead) for run in runs),
        *(sound for cover in covers for sound in own_sound(cover.scene, analyses, cover.start_s, lead + cover.at, cover.frames)),
    ]
    shown = [*openings, *covers]
    decisions = [
        *(kept(cover.scene, cover.start_s, cover.frames / fps, cover.reason) for cover in shown),
        *_left_out(scenes, {cover.scene for cover in shown}, talkers, cuts, fps),
    ]
    return cuts, heard, decisions


def _opening(scene: Scene, spare_s: float, fps: int) -> "Cover":
    """The scene's calmest stretch, shown before the talk begins."""
    frames = int(min(OPENING_S, scene.length_s, spare_s) * fps)
    start_s, _ = calmest(scene, scene.start_s, scene.end_s, frames / fps)
    return Cover(scene, start_s, -frames, frames, M("opens the video: the best view without talk"))


def _opening_cut(opening: "Cover") -> Cut:
    start_s = round(opening.start_s, 3)
    return Cut(clip_id=opening.scene.clip.id, source_start_s=start_s, frames=opening.frames, role="opening", reason=opening.reason)


def _speech(run: Spoken, lead: int) -> Heard:
    """The run's sound on the timeline. lead: frames before the talk begins."""
    start_s = round(run.start_s, 4)
    return Heard(clip_id=run.clip_id, source_start_s=start_s, at_frame=lead + run.at, frames=run.frames, kind="speech", words=run.words)


def _left_out(scenes: Sequence[Scene], used: set[Scene], talkers: set[str], cuts: Sequence[Cut], fps: int) -> list[Decision]:
    """A decision for every scene that is not seen: those without talk first, then those of the speakers' clips."""
    silent = [scene for scene in scenes if scene not in used and scene.clip.id not in talkers]
    unseen = [scene for scene in scenes if scene.clip.id in talkers and not _seen(scene, cuts, fps)]
    not_needed, not_seen = M("not needed: the talk is covered"), M("nothing that is said here is seen in the video")
    return [
        Decision(clip_id=scene.clip.id, start_s=scene.start_s, end_s=scene.end_s, kept=False, reason=reason)
        for left, reason in ((silent, not_needed), (unseen, not_seen))
        for scene in left
    ]


def with_a_picture(takes: Sequence[Take], scenes: Sequence[Scene], analyses: Mapping[str, Analysis]) -> list[Take]:
    """Drop what is said under a picture that cannot be used when no other clip has a scene to cover it."""
    standing = {take.clip_id for take in takes if take.stands}
    if any(scene.clip.id not in standing for scene in scenes):
        return list(takes)
    seen: list[Take] = []
    for take in takes:
        phrase = take.phrase
        bad_s = sum(
            max(0.0, min(shot.end_s, phrase.end_s) - max(shot.start_s, phrase.start_s))
            for shot in analyses[take.clip_id].shots
            if shot.defects
        )
        unseen = take.stands and bad_s > SLIVER_S
        seen.append(take.dropped(M("its picture cannot be used, and nothing is there to cover it")) if unseen else take)
    return seen


def _seen(scene: Scene, cuts: Sequence[Cut], fps: int) -> bool:
    """Whether any of a scene is in the cuts."""
    return any(
        cut.clip_id == scene.clip.id and cut.source_start_s < scene.end_s and cut.source_start_s + cut.frames / fps > scene.start_s
        for cut in cuts
    )


def own_sound(scene: Scene, analyses: Mapping[str, Analysis], start_s: float, at_frame: int, frames: int) -> list[Heard]:
    """The scene's own sound, unless it has none or somebody talks in it: two voices at once cannot be followed."""
    facts = analyses[scene.clip.id].sound
    if facts is None or facts.speech or facts.loudness_lufs is None:
        return []
    return [Heard(clip_id=scene.clip.id, source_start_s=round(start_s, 4), at_frame=at_frame, frames=frames, kind="ambient")]


def _run_on(cuts: Sequence[Cut], fps: int) -> list[Cut]:
    """Join cuts that go on where the one before them ended: a cover across two sentences is one picture."""
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
    """A scenic stretch laid over the talk, in frames from the start of the talk; one that opens the video stands before it."""

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
    runs: Sequence[Spoken], free: Sequence[Scene], shown: Sequence[Scene], analyses: Mapping[str, Analysis], fps: int
) -> list[Cover]:
    """Covers where the speaker's own picture is unusable; where it never is, over the joins, each scene once.

    shown: scenes that opened the video; they cover a fault again when there is nothing else.
    """
    needed = [span for run in runs for span in _unusable(run, analyses[run.clip_id], fps)]
    return _over_faults(needed, free or shown, fps) if needed else _over_joins(runs, list(free), fps)


def _over_faults(spans: Sequence[tuple[int, int]], scenes: Sequence[Scene], fps: int) -> list[Cover]:
    """Scenes one after the other over every fault, and from the first again when there are too few: better seen twice than black."""
    covers: list[Cover] = []
    sliver, longest = round(SLIVER_S * fps), round(LONGEST_COVER_S * fps)
    turn = 0
    for first, last in _touching(spans, sliver):
        at = first
        while scenes and last - at >= sliver:
            scene = scenes[turn % len(scenes)]
            turn += 1
            most = min(longest, int(scene.length_s * fps))
            frames = min(most, last - at)
            left = last - at - frames
            if 0 < left < sliver:
                frames -= sliver - left
            if frames < sliver:
                break
            covers.append(_cover(scene, at, frames, FAULT, fps))
            at += frames
    return covers


def _touching(spans: Sequence[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Spans with less than `gap` frames between them become one."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _over_joins(runs: Sequence[Spoken], waiting: list[Scene], fps: int) -> list[Cover]:
    """One cover a join, a third of it before: the eye is elsewhere when the speaker's picture jumps.

    The speaker is seen long enough between two covers, and no sliver of the speaker is left beside one.
    """
    covers: list[Cover] = []
    rest, sliver = round(LEAST_TALKER_S * fps), round(SLIVER_S * fps)
    for before, after in pairwise(runs):
        if not waiting or before.clip_id != after.clip_id:
            continue
        earliest = covers[-1].end + rest if covers else before.at
        at, frames = _over_join(before, after, round(min(waiting[0].length_s, COVER_S) * fps), earliest, sliver)
        if at <= after.at < at + frames and frames >= round(LEAST_COVER_S * fps):  # else it is too late, or too short, to hide this join
            covers.append(_cover(waiting.pop(0), at, frames, JOIN, fps))
    return covers


def _over_join(before: Spoken, after: Spoken, frames: int, earliest: int, sliver: int) -> tuple[int, int]:
    """Where a cover of `frames` over the join of two runs begins, and how many of its frames are shown; not before `earliest`."""
    at = max(earliest, after.at - frames // 3)
    if at - before.at < sliver and earliest <= before.at:
        at = before.at
    if after.end - (at + frames) < sliver:
        frames = after.end - at - (0 if after.end - at <= frames else sliver)
    return at, frames


def _cover(scene: Scene, at: int, frames: int, why: Message, fps: int) -> Cover:
    start, _ = calmest(scene, scene.start_s, scene.end_s, frames / fps)
    return Cover(scene, round(start, 3), at, frames, why)


def _unusable(run: Spoken, analysis: Analysis, fps: int) -> list[tuple[int, int]]:
    """Frames of the talk under which the speaker's own picture has a defect."""
    spans = []
    for shot in analysis.shots:
        start, end = max(shot.start_s, run.start_s), min(shot.end_s, run.start_s + run.frames / fps)
        if shot.defects and end > start:
            spans.append((run.at + round((start - run.start_s) * fps), run.at + round((end - run.start_s) * fps)))
    return spans


def _picture(run: Spoken, covers: Sequence[Cover], fps: int) -> list[Cut]:
    """The speaker's picture with the covers laid over it, cut at their edges and at the run's."""
    cuts: list[Cut] = []
    at, end = run.at, run.at + run.frames
    talk = M("the speaker is seen")
    for cover in covers:
        first, last = max(cover.at, run.at), min(cover.end, end)
        if first >= last:
            continue
        if first > at:
            cuts.append(_talker(run, at, first, fps, talk))
        begins = cover.start_s + (first - cover.at) / fps
        shown, frames = cover.scene.clip.id, last - first
        cuts.append(Cut(clip_id=shown, source_start_s=round(begins, 3), frames=frames, role="cover", reason=cover.reason))
        at = last
    if at < end:
        cuts.append(_talker(run, at, end, fps, talk))
    return cuts


def _talker(run: Spoken, first: int, last: int, fps: int, why: Message) -> Cut:
    start = run.start_s + (first - run.at) / fps
    return Cut(clip_id=run.clip_id, source_start_s=round(start, 4), frames=last - first, role="talk", reason=why)


def kept(scene: Scene, start_s: float, length_s: float, why: Message) -> Decision:
    return Decision(clip_id=scene.clip.id, start_s=round(start_s, 3), end_s=round(start_s + length_s, 3), kept=True, reason=why)


def on_takes(takes: Sequence[Take]) -> list[Decision]:
    """One decision a phrase, and one for every pause that was closed between two of them."""
    decisions: list[Decision] = []
    for place, take in enumerate(takes):
        why = take.verdict or M("said clearly")
        phrase = take.phrase
        decisions.append(
            Decision(clip_id=take.clip_id, start_s=phrase.start_s, end_s=phrase.end_s, kept=take.stands, reason=why, words=phrase.text)
        )
        later = takes[place + 1] if place + 1 < len(takes) else None
        if later is not None and later.clip_id == take.clip_id:
            pause = later.phrase.start_s - phrase.end_s
            if pause > LONGEST_PAUSE_S:
                closed = M("a pause of {seconds} s, closed", seconds=round(pause, 1))
                decisions.append(
                    Decision(clip_id=take.clip_id, start_s=phrase.end_s, end_s=later.phrase.start_s, kept=False, reason=closed)
                )
    return decisions

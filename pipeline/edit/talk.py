"""The edit of a story led by talk: phrases end to end, with scenic shots before them and over their joins."""

from collections.abc import Mapping, Sequence

from pipeline.documents.analysis import Analysis, SoundFacts
from pipeline.documents.edit import Cut, Decision, Heard
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Transcript
from pipeline.edit.covers import COVER_S, MIN_SPEAKER_PIECE_S, Cover, over_long_views, place_covers, unused_scenes
from pipeline.edit.scenes import Scene, calmest_window, sorted_by_score
from pipeline.edit.speaker_shots import USUAL_PACE, SpeakerPace
from pipeline.edit.speech_runs import MAX_PAUSE_S, SpeechRun
from pipeline.edit.takes import Take

OPENING_S = 2.2
QUIET_S = 0.6
"""Seconds of the opening picture before the first word: a breath, no wait."""
SPEAKER_SEEN = M("the speaker is seen")


def assemble(
    runs: Sequence[SpeechRun],
    scenes: Sequence[Scene],
    analyses: Mapping[str, Analysis],
    *,
    fps: int,
    spare_s: float,
    opening_s: float = OPENING_S,
    quiet_s: float = QUIET_S,
    cover_s: float = COVER_S,
    transcripts: Mapping[str, Transcript] | None = None,
    pace: SpeakerPace = USUAL_PACE,
) -> tuple[list[Cut], list[Heard], list[Decision]]:
    """Cuts, sound and decisions of the talk, with an opening and covers from `scenes`.

    spare_s: seconds that an opening may take within the video's length. opening_s: length that it has; the voice begins beneath it after
    `quiet_s`. cover_s: length of a picture over the talk. transcripts: by clip id; a cover within a sentence comes at a breath. pace: how
    long the speaker alone may be seen.
    """
    talk_clip_ids = {run.clip_id for run in runs}
    free_scenes = sorted_by_score(scene for scene in scenes if scene.clip.id not in talk_clip_ids)
    lead_frames = min(round(quiet_s * fps), int(free_scenes[0].length_s * fps)) if free_scenes and spare_s >= quiet_s else 0
    openings = [_opening(free_scenes.pop(0), opening_s, lead_frames, runs[-1].end, fps)] if free_scenes and spare_s >= quiet_s else []
    covers = place_covers(runs, free_scenes, openings, analyses, fps, cover_s)
    covers = over_long_views(runs, [*openings, *covers], unused_scenes(free_scenes, covers), transcripts or {}, pace, fps, cover_s)
    covers = [cover for cover in covers if cover not in openings]
    quiet = [opening.cut(opening.at, 0, fps) for opening in openings if opening.at < 0]
    cuts = _merge_continuous([*quiet, *(cut for run in runs for cut in _speaker_cuts(run, [*openings, *covers], fps))], fps)
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


def _opening(scene: Scene, length_s: float, lead: int, talk_end: int, fps: int) -> Cover:
    """A cover with the scene's calmest stretch, `lead` frames of it before the talk begins; the speaker is seen before the talk ends."""
    longest = lead + max(0, talk_end - round(MIN_SPEAKER_PIECE_S * fps))
    frames = max(lead, min(int(min(scene.length_s, length_s) * fps), longest))
    start_s, _ = calmest_window(scene, scene.start_s, scene.end_s, frames / fps)
    return Cover(scene, round(start_s, 3), -lead, frames, M("opens the video: the best view without talk"), "opening")


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
        cuts.append(cover.cut(first, last, fps))
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

"""The edit of a story led by talk: phrases end to end, with scenic shots before them and over their joins."""

from collections.abc import Mapping, Sequence

from pipeline.documents.analysis import Analysis, SoundFacts
from pipeline.documents.edit import Cut, Decision, Heard
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.transcript import Transcript
from pipeline.edit.cover_choice import TalkPictures
from pipeline.edit.cover_places import MIN_SPEAKER_PIECE_S, OpeningPlace
from pipeline.edit.covers import COVER_S, Cover, over_long_views, place_covers, unused_scenes
from pipeline.edit.scenes import Scene, sorted_by_score
from pipeline.edit.shown_subjects import ShownSubjects, is_dark
from pipeline.edit.speaker_shots import SPEAKER_SEEN, USUAL_PACE, SpeakerPace
from pipeline.edit.speech_runs import MAX_PAUSE_S, SpeechRun
from pipeline.edit.spoken_clauses import spoken_clauses
from pipeline.edit.takes import Take

OPENING_S = 2.2
QUIET_S = 0.6
"""Seconds of the opening picture before the first word: a breath, no wait."""
OPENS = M("opens the video: the best view without talk")
NO_PHOTOS = ProductPhotos()


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
    offer: Offer | None = None,
    photos: ProductPhotos = NO_PHOTOS,
) -> tuple[list[Cut], list[Heard], list[Decision]]:
    """Cuts, sound and decisions of the talk, with an opening and covers from `scenes`.

    spare_s: seconds that an opening may take within the video's length. opening_s: length that it has; the voice begins beneath it after
    `quiet_s`. cover_s: length of a picture over the talk. transcripts: by clip id; a cover within a sentence comes at a breath. pace: how
    long the speaker alone may be seen. offer, photos: what is sold, and how it looks: views are held against what is said.
    """
    talk_clip_ids = {run.clip_id for run in runs}
    silent = sorted_by_score(scene for scene in scenes if scene.clip.id not in talk_clip_ids)
    views = [scene for scene in silent if not is_dark(scene)]
    pictures = TalkPictures(spoken_clauses(runs, transcripts or {}, offer, fps), ShownSubjects(analyses, photos), offer, fps)
    opening = _opening_place(views, opening_s, quiet_s, runs[-1].end, fps) if spare_s >= quiet_s else None
    covers = place_covers(runs, views, analyses, pictures, opening, cover_s)
    lead_frames = -covers[0].at if covers and covers[0].role == "opening" else 0
    shown_covers = over_long_views(runs, covers, unused_scenes(views, covers), transcripts or {}, pace, pictures, cover_s)
    stays = _speaker_stays(pictures, views, shown_covers)
    quiet = [cover.cut(cover.at, 0, fps) for cover in shown_covers if cover.at < 0]
    cuts = _merge_continuous([*quiet, *(cut for run in runs for cut in _speaker_cuts(run, shown_covers, stays, fps))], fps)
    heard = [
        *(sound for cover in shown_covers[:1] if cover.at <= 0 for sound in _sound_of(cover, analyses, lead_frames)),
        *(_speech(run, lead_frames) for run in runs),
        *(sound for cover in shown_covers if cover.at > 0 for sound in _sound_of(cover, analyses, lead_frames)),
    ]
    decisions = [
        *(kept_decision(cover.scene, cover.start_s, cover.frames / fps, cover.reason) for cover in shown_covers),
        *_unused_scenes(scenes, {cover.scene for cover in shown_covers}, talk_clip_ids, cuts, fps),
    ]
    return cuts, heard, decisions


def _opening_place(views: Sequence[Scene], length_s: float, quiet_s: float, talk_end: int, fps: int) -> OpeningPlace | None:
    """The place of an opening, so much of it before the talk begins; the speaker is seen before the talk ends. None without a view."""
    if not views:
        return None
    lead = min(round(quiet_s * fps), *(int(view.length_s * fps) for view in views))
    longest = lead + max(0, talk_end - round(MIN_SPEAKER_PIECE_S * fps))
    return OpeningPlace(lead, min(round(length_s * fps), longest), OPENS)


def _sound_of(cover: Cover, analyses: Mapping[str, Analysis], lead: int) -> list[Heard]:
    return ambient_sound(cover.scene, analyses, cover.start_s, lead + cover.at, cover.frames)


def _speech(run: SpeechRun, lead: int) -> Heard:
    """The run's sound on the timeline. lead: frames before the talk begins."""
    start_s = round(run.start_s, 4)
    return Heard(clip_id=run.clip_id, source_start_s=start_s, at_frame=lead + run.at, frames=run.frames, kind="speech", words=run.words)


def _unused_scenes(scenes: Sequence[Scene], used: set[Scene], talk_clip_ids: set[str], cuts: Sequence[Cut], fps: int) -> list[Decision]:
    """A decision for every scene that is not shown: those without talk first, then those of the speakers' clips."""
    silent = [scene for scene in scenes if scene not in used and scene.clip.id not in talk_clip_ids]
    unseen = [scene for scene in scenes if scene.clip.id in talk_clip_ids and not _is_shown(scene, cuts, fps)]
    not_needed, not_seen = M("not needed: the talk is covered"), M("nothing that is said here is seen in the video")
    too_dark = M("too dark to lie over the talk")
    reasons = [(scene, too_dark if is_dark(scene) else not_needed) for scene in silent] + [(scene, not_seen) for scene in unseen]
    return [
        Decision(clip_id=scene.clip.id, start_s=scene.start_s, end_s=scene.end_s, kept=False, reason=reason) for scene, reason in reasons
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


def _speaker_stays(pictures: TalkPictures, views: Sequence[Scene], covers: Sequence[Cover]) -> Mapping[tuple[int, int], Message]:
    """The sentences with a price that have no picture over them although there are views, by their frames, and why."""
    if not views or not pictures.shown.known:
        return {}
    uncovered = [
        (clause.at, clause.end)
        for clause in pictures.clauses
        if clause.money is not None and not any(clause.overlap(cover.at, cover.end) for cover in covers)
    ]
    if any(pictures.price_view(view) is not None for view in views):
        why = M("the speaker is seen: no view that shows the product could lie over the price")
    else:
        why = M("the speaker is seen: no view shows the product for certain, and nothing else lies over its price")
    return dict.fromkeys(uncovered, why)


def _speaker_cuts(run: SpeechRun, covers: Sequence[Cover], stays: Mapping[tuple[int, int], Message], fps: int) -> list[Cut]:
    """A run's picture as cuts: the speaker, and the covers where they lie over the run. stays: why no cover lies over some frames."""
    cuts: list[Cut] = []
    at, end = run.at, run.at + run.frames

    def seen(first: int, last: int) -> Cut:
        why = next((why for (start, until), why in stays.items() if first < until and start < last), SPEAKER_SEEN)
        return _speaker_cut(run, first, last, fps, why)

    for cover in covers:
        first, last = max(cover.at, run.at), min(cover.end, end)
        if first >= last:
            continue
        if first > at:
            cuts.append(seen(at, first))
        cuts.append(cover.cut(first, last, fps))
        at = last
    if at < end:
        cuts.append(seen(at, end))
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

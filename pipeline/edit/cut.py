"""The edit of a story: which talk and which shots are used, in which order, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from pipeline.chinese import spoken_words
from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Decision, Edit
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Brief, Offer
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.transcript import Transcript
from pipeline.edit import music, talk
from pipeline.edit.copies import copies_message, find_copies, without_copies
from pipeline.edit.covers import COVER_S
from pipeline.edit.dissolves import with_dissolves
from pipeline.edit.hesitations import cut_hesitations
from pipeline.edit.hook import with_hook_first
from pipeline.edit.phrase_selection import drop_room_talk, fit_to_length
from pipeline.edit.product_card import TITLE_S, product_frame
from pipeline.edit.scenes import Scene, usable_scenes
from pipeline.edit.slow_motion import with_slow_motion
from pipeline.edit.speaker_shots import USUAL_PACE, SpeakerPace, with_punch_ins
from pipeline.edit.speech_runs import MAX_PAUSE_S, PAUSE_S, SpeechRun, speech_runs
from pipeline.edit.spoken_clauses import spoken_clauses
from pipeline.edit.takes import MAX_PART_S, Take, judge_takes, split_long
from pipeline.edit.topics import drop_other_products, left_out_for_others
from pipeline.edit.unshowable import drop_unshowable
from pipeline.edit.voice_over_card import frames_under_card, with_voice_under_card
from pipeline.errors import PersonNeeded

VERSION = 6
MIN_TALK_S = 1.5
MIN_SYLLABLES = 5
"""With fewer syllables in all it is a call across the field, not talk that could lead a video."""
END_CARD_SHARE = 0.15
"""Share of the video that the end card may take beyond what it needs."""
MIN_STORY_S = 3.0
"""A shorter video is refused by most platforms and shows nothing."""


@dataclass(frozen=True)
class EditParameters:
    """What an edit is made for.

    seconds: length of the video at most. shot_s, dissolve_s: the style's pace, seconds. end_card_s: length that the end card needs, 0 for
    none. whole_end_card_s: length in which all of it is read; it is given as much of that as END_CARD_SHARE of the video has.
    beat_s: without talk, cuts fall on whole beats; 0 for any frame.
    card_s: least time of the product card, which a QR code on it needs.
    """

    fps: int = 30
    seconds: float = 30.0
    shot_s: float = 3.0
    end_card_s: float = 3.2
    whole_end_card_s: float = 0.0
    dissolve_s: float = 0.0
    card_s: float = 3.2
    lengths_s: tuple[float, ...] = ()
    """Lengths that shots without talk take in turn; `shot_s` for all of them when empty."""
    beat_s: float = 0.0
    first_beat_s: float = 0.0
    """When the first beat comes."""
    shortest_s: float = 0.0
    """Shorter scenes without talk are left out where there are others; 0 takes all."""
    longest_s: float = 6.0
    """Length of a shot without talk at most, which a pan may have."""
    opening_s: float = talk.OPENING_S
    """Length of the picture that opens a talk."""
    quiet_s: float = talk.QUIET_S
    """Seconds of it before the first word."""
    cover_s: float = COVER_S
    """Length of the pictures that cover joins of a talk."""
    speaker: SpeakerPace = USUAL_PACE
    """How long a speaker is seen in one shot."""


def cut_story(
    clips: Clips,
    analyses: Mapping[str, Analysis],
    transcripts: Mapping[str, Transcript],
    brief: Brief,
    offer: Offer | None,
    parameters: EditParameters,
    others: Sequence[Offer] = (),
    photos: ProductPhotos = talk.NO_PHOTOS,
) -> Edit:
    """Make the edit of a story. others: the sheet's other offers; talk about them is left out. photos: what the sheet's photos show.

    Raises PersonNeeded, naming what to film again, when too little of the footage can be used.
    """
    seconds = parameters.seconds - parameters.end_card_s
    copies = find_copies(clips, analyses)
    scenes, refused = usable_scenes(clips, analyses, copies)
    said_once, said_again = without_copies(
        [Take(clip.id, phrase) for clip in clips.clips for phrase in transcripts[clip.id].phrases], copies
    )
    takes = [part for take in judge_takes(said_once) for part in split_long(take, MAX_PART_S)]
    takes = drop_other_products(takes, offer, others)
    told = left_out_for_others(takes)
    takes = drop_room_talk(takes, offer)
    takes, warnings = drop_unshowable(takes, scenes, analyses, offer, clips)
    takes = fit_to_length(takes, offer, brief, seconds=seconds, pause_s=PAUSE_S, longest_pause_s=MAX_PAUSE_S)
    ordered, hook, hook_reasons = with_hook_first(takes, offer)  # of whole sentences, before hesitations part them
    takes, ordered = cut_hesitations(takes, transcripts), cut_hesitations(ordered, transcripts)
    runs = _runs_that_lead(ordered, clips, parameters.fps)
    if not runs:
        takes = [take.dropped(M("too little is said for talk to lead the video")) if take.stands else take for take in takes]
    spoken_s = sum(run.frames for run in runs) / parameters.fps
    if not (warnings and spoken_s >= MIN_STORY_S):
        _require_enough(clips, scenes, refused, spoken_s)
    least_s = TITLE_S + (parameters.card_s if offer is not None else 0.0)
    if runs:
        cuts, heard, choices = talk.assemble(
            runs,
            scenes,
            analyses,
            fps=parameters.fps,
            spare_s=seconds - spoken_s,
            opening_s=parameters.opening_s,
            quiet_s=parameters.quiet_s,
            cover_s=parameters.cover_s,
            transcripts=transcripts,
            pace=parameters.speaker,
            offer=offer,
            photos=photos,
        )
        if parameters.end_card_s:
            under_card = frames_under_card(spoken_clauses(runs, transcripts, offer, parameters.fps), runs[-1].end, parameters.fps)
            cuts = with_voice_under_card(cuts, under_card, parameters.fps)
        cuts = with_punch_ins(cuts, transcripts, parameters.speaker, parameters.fps)
    else:
        cuts, heard, choices = music.assemble(
            scenes,
            analyses,
            fps=parameters.fps,
            seconds=seconds,
            lengths_s=parameters.lengths_s or (parameters.shot_s,),
            beat_s=parameters.beat_s,
            first_beat_s=parameters.first_beat_s,
            shortest_s=parameters.shortest_s,
            least_s=least_s,
            longest_s=parameters.longest_s,
        )
    cuts, heard = with_slow_motion(cuts, heard, clips, analyses, parameters.fps)
    said = talk.take_decisions([*takes, *said_again])
    if runs and hook is not None:
        why = M("opens the video: {reasons}", reasons=hook_reasons)
        opens = (hook.clip_id, hook.phrase.start_s)
        said = [one.model_copy(update={"reason": why}) if (one.clip_id, one.start_s) == opens and one.kept else one for one in said]
    timeline = [*cuts, *_end_card(parameters, sum(cut.frames for cut in cuts))]
    return Edit(
        fps=parameters.fps,
        cuts=tuple(with_dissolves(timeline, heard, analyses, fps=parameters.fps, seconds=parameters.dissolve_s)),
        heard=tuple(heard),
        decisions=tuple(sorted([*refused, *choices, *said], key=lambda d: (d.clip_id, d.start_s))),
        led_by="talk" if runs else "music",
        warnings=((*warnings,) if runs else ()) + tuple(line for line in (told, copies_message(clips, copies)) if line is not None),
        product_frame=product_frame(cuts, heard, said, offer, parameters.fps, parameters.card_s),
    )


def _end_card(parameters: EditParameters, body: int) -> list[Cut]:
    """The end card behind so many frames of pictures; none where nothing stands on it."""
    if not parameters.end_card_s:
        return []
    body_s = body / parameters.fps
    spare_s = min(body_s * END_CARD_SHARE / (1 - END_CARD_SHARE), parameters.seconds - body_s)
    frames = ceil(max(parameters.end_card_s, min(parameters.whole_end_card_s, spare_s)) * parameters.fps)
    reason = M("the end card: {seconds} s to read it", seconds=round(frames / parameters.fps, 1))
    return [Cut(clip_id="", source_start_s=0.0, frames=frames, role="end_card", reason=reason)]


def _runs_that_lead(takes: list[Take], clips: Clips, fps: int) -> list[SpeechRun]:
    """The runs of speech that lead the video; none where too little is said."""
    return speech_runs(takes, clips, fps) if _enough_talk(takes) else []


def _require_enough(clips: Clips, scenes: Sequence[Scene], refused: Sequence[Decision], spoken_s: float) -> None:
    """Raise PersonNeeded, naming what to film again, when there is no picture to show or it does not last.

    spoken_s: seconds of talk that lead the video, 0 when music does.
    """
    shown_s = sum(scene.length_s for scene in scenes)
    if not scenes or spoken_s + shown_s < MIN_STORY_S:
        raise PersonNeeded(_too_little_message(clips, refused, shown_s))


def _enough_talk(takes: list[Take]) -> bool:
    standing = [take.phrase for take in takes if take.stands]
    said = sum(len(spoken_words(phrase.text)) for phrase in standing)
    return sum(phrase.end_s - phrase.start_s for phrase in standing) >= MIN_TALK_S and said >= MIN_SYLLABLES


def _too_little_message(clips: Clips, refused: Sequence[Decision], shown_s: float) -> Message:
    """The message that names every stretch that cannot be shown with its reason, or only the missing length when there is none."""
    names = {clip.id: clip.name for clip in clips.clips}
    reasons = tuple(M("{name}: {reason}", name=names[decision.clip_id], reason=decision.reason) for decision in refused)
    facts = {"seconds": round(shown_s, 1), "count": len(clips.clips), "least": round(MIN_STORY_S)}
    if not reasons:
        return M(
            "Only {seconds} s of {count} clips can be shown; at least {least} s are needed. Film more: hold each clip for five seconds.",
            **facts,
        )
    return M(
        "Only {seconds} s of {count} clips can be shown; at least {least} s are needed. Film again: {defects}", **facts, defects=reasons
    )

"""The whole edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.chinese import spoken_words
from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Decision, Edit
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Brief, Offer
from pipeline.documents.transcript import Transcript
from pipeline.edit import music, talk
from pipeline.edit.dissolves import with_dissolves
from pipeline.edit.phrase_selection import fit, on_topic
from pipeline.edit.product_card import product_frame
from pipeline.edit.scenes import Scene, usable_scenes
from pipeline.edit.takes import LONGEST_PART_S, Take, judge, split_long
from pipeline.errors import PersonNeeded

VERSION = 2
LEAST_TALK_S = 1.5
LEAST_SYLLABLES = 5
"""Less than this said in all is a call across the field, not talk that could lead a video."""
LEAST_STORY_S = 3.0
"""A shorter video is refused by most platforms and shows nothing."""


@dataclass(frozen=True)
class Wishes:
    """What the edit is made for. Seconds; `shot_s` and `dissolve_s` are the style's pace, `end_card_s` what the end card takes."""

    fps: int = 30
    seconds: float = 30.0
    shot_s: float = 3.0
    end_card_s: float = 3.2
    dissolve_s: float = 0.0


def cut_story(
    clips: Clips,
    analyses: Mapping[str, Analysis],
    transcripts: Mapping[str, Transcript],
    brief: Brief,
    offer: Offer | None,
    wishes: Wishes,
    others: Sequence[Offer] = (),
) -> Edit:
    """The edit of a story. others: the sheet's other offers, so that talk about them stays out.

    Raises PersonNeeded, naming what to film again, when too little of the footage can be used.
    """
    seconds = wishes.seconds - wishes.end_card_s
    scenes, refused = usable_scenes(clips, analyses)
    takes = judge([Take(clip.id, phrase) for clip in clips.clips for phrase in transcripts[clip.id].phrases])
    takes = on_topic([part for take in takes for part in split_long(take, LONGEST_PART_S)], offer, others)
    takes = talk.with_a_picture(takes, scenes, analyses)
    takes = fit(takes, offer, brief, seconds=seconds, pause_s=talk.PAUSE_S, longest_pause_s=talk.LONGEST_PAUSE_S)
    takes, runs = _led_by_talk(takes, clips, wishes.fps)
    spoken_s = sum(run.frames for run in runs) / wishes.fps
    _check_enough(clips, scenes, refused, spoken_s)
    if runs:
        cuts, heard, chosen = talk.assemble(runs, scenes, analyses, fps=wishes.fps, spare_s=seconds - spoken_s)
    else:
        cuts, heard, chosen = music.assemble(scenes, analyses, fps=wishes.fps, seconds=seconds, shot_s=wishes.shot_s)
    end_card = Cut(clip_id="", source_start_s=0.0, frames=round(wishes.end_card_s * wishes.fps), role="end_card", reason=M("the end card"))
    return Edit(
        fps=wishes.fps,
        cuts=tuple(with_dissolves([*cuts, end_card], heard, analyses, fps=wishes.fps, seconds=wishes.dissolve_s)),
        heard=tuple(heard),
        decisions=tuple(sorted([*refused, *chosen, *talk.on_takes(takes)], key=lambda d: (d.clip_id, d.start_s))),
        led_by="talk" if runs else "music",
        product_frame=product_frame(cuts, heard, takes, offer, wishes.fps),
    )


def _led_by_talk(takes: list[Take], clips: Clips, fps: int) -> tuple[list[Take], list[talk.Spoken]]:
    """The runs of a talk that leads the video; where too little is said, none, and every take is dropped."""
    runs = talk.spoken_runs(takes, clips, fps) if _enough_talk(takes) else []
    if runs:
        return takes, runs
    return [take.dropped(M("too little is said for talk to lead the video")) if take.stands else take for take in takes], []


def _check_enough(clips: Clips, scenes: Sequence[Scene], refused: Sequence[Decision], spoken_s: float) -> None:
    """Raise PersonNeeded, naming what to film again, when there is no picture to show or it does not last.

    spoken_s: seconds of talk that lead the video, 0 when music does.
    """
    shown_s = sum(scene.length_s for scene in scenes)
    if not scenes or spoken_s + shown_s < LEAST_STORY_S:
        raise PersonNeeded(_too_little(clips, refused, shown_s))


def _enough_talk(takes: list[Take]) -> bool:
    standing = [take.phrase for take in takes if take.stands]
    said = sum(len(spoken_words(phrase.text)) for phrase in standing)
    return sum(phrase.end_s - phrase.start_s for phrase in standing) >= LEAST_TALK_S and said >= LEAST_SYLLABLES


def _too_little(clips: Clips, refused: Sequence[Decision], shown_s: float) -> Message:
    """Names every stretch that cannot be shown with its reason, or says that there is nothing wrong but the length."""
    names = {clip.id: clip.name for clip in clips.clips}
    reasons = tuple(M("{name}: {reason}", name=names[one.clip_id], reason=one.reason) for one in refused)
    facts = {"seconds": round(shown_s, 1), "count": len(clips.clips), "least": round(LEAST_STORY_S)}
    if not reasons:
        return M(
            "Only {seconds} s of {count} clips can be shown; at least {least} s are needed. Film more: hold each clip for five seconds.",
            **facts,
        )
    return M(
        "Only {seconds} s of {count} clips can be shown; at least {least} s are needed. Film again: {defects}", **facts, defects=reasons
    )

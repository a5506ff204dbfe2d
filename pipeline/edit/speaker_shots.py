"""Shots of a speaker no longer than a style wants: divided where he breathes, nearer and farther in turn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from pipeline.documents.edit import Cut
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Transcript
from pipeline.edit.takes import CLAUSE, MIN_BREATH_S
from pipeline.edit.voice_line import end_s

MIN_SHOT_S = 1.2
"""Seconds. A shorter shot of the same person from another distance is felt as a stumble."""
BETWEEN_WORDS, CLAUSE_END = 1.0, 0.3
"""Cost of a cut between any two words, and where a clause ends without a breath; at a breath it costs nothing."""
LONGEST_BREATH_S = 0.3
SPEAKER_SEEN = M("the speaker is seen")
NEARER = M("the speaker is seen, a little nearer")


@dataclass(frozen=True)
class SpeakerPace:
    """How long a speaker is seen in one shot, and what then changes.

    longest_s: seconds at most. nearer: how much nearer every second shot is, 1 for shots of one size, which are not divided. on_breath:
    whether cuts wait for a breath or the end of a clause.
    """

    longest_s: float = 5.0
    nearer: float = 1.15
    on_breath: bool = True


USUAL_PACE = SpeakerPace()


@dataclass(frozen=True)
class SpeechBreak:
    """A place between two words. at_s: on the clip's clock. cost: 0 at a breath, up to 1 within a clause."""

    at_s: float
    cost: float


def speech_breaks(transcript: Transcript | None, start_s: float, until_s: float) -> list[SpeechBreak]:
    """The places between two words from one second of the clip to another: the middle of a breath, or where the next word begins."""
    words = [word for phrase in (transcript.phrases if transcript else ()) for word in phrase.words]
    breaks = []
    for before, after in pairwise(words):
        breath_s = after.start_s - before.end_s
        at_s = (before.end_s + after.start_s) / 2 if breath_s > 0 else after.start_s
        if start_s < at_s < until_s:
            breathes = breath_s >= MIN_BREATH_S
            cost = -min(breath_s, LONGEST_BREATH_S) if breathes else CLAUSE_END if CLAUSE.search(before.text) else BETWEEN_WORDS
            breaks.append(SpeechBreak(at_s, cost))
    return breaks


def best_break(breaks: Sequence[SpeechBreak], earliest_s: float, latest_s: float, wanted_s: float, *, on_breath: bool) -> float | None:
    """The best place between two times for a cut that is wanted at a third; None where there is none."""
    inside = [place for place in breaks if earliest_s <= place.at_s <= latest_s]
    span_s = max(latest_s - earliest_s, 0.1)
    best = min(inside, key=lambda place: (place.cost if on_breath else 0.0) + 0.5 * abs(place.at_s - wanted_s) / span_s, default=None)
    return best.at_s if best is not None else None


def with_punch_ins(cuts: Sequence[Cut], transcripts: Mapping[str, Transcript], pace: SpeakerPace, fps: int) -> list[Cut]:
    """The cuts, those of a speaker divided to the style's length; of two in a row that show one clip, one is nearer."""
    if pace.nearer <= 1:
        return list(cuts)
    divided = [part for cut in cuts for part in (_divided(cut, transcripts, pace, fps) if cut.role == "talk" else [cut])]
    return in_another_framing(divided, pace.nearer, NEARER)


def in_another_framing(cuts: Sequence[Cut], nearer: float, reason: Message | None = None) -> list[Cut]:
    """The cuts; where two shots of one speaker follow each other in one framing, the later one in the other.

    reason: of a shot that comes nearer; None leaves each its own.
    """
    result: list[Cut] = []
    for cut in cuts:
        last = result[-1] if result else None
        if last is not None and last.role == cut.role == "talk" and (last.clip_id, last.zoom) == (cut.clip_id, cut.zoom) and nearer > 1:
            zoom = 1.0 if cut.zoom > 1 else nearer
            plain = reason is not None and zoom > 1 and cut.reason == SPEAKER_SEEN
            cut = cut.model_copy(update={"zoom": zoom, "reason": reason if plain else cut.reason})
        result.append(cut)
    return result


def _divided(cut: Cut, transcripts: Mapping[str, Transcript], pace: SpeakerPace, fps: int) -> Iterator[Cut]:
    """Yield the parts of a shot, each at most as long as the pace allows."""
    until_s, longest_s = end_s(cut, fps), pace.longest_s
    breaks = speech_breaks(transcripts.get(cut.clip_id), cut.source_start_s, until_s)
    at_s, first = cut.source_start_s, 0
    while until_s - at_s > longest_s + 0.5 / fps:
        left_s = until_s - at_s
        latest_s = min(at_s + longest_s, until_s - MIN_SHOT_S)
        wanted_s = at_s + left_s / ceil(left_s / longest_s)
        place_s = best_break(breaks, at_s + MIN_SHOT_S, latest_s, wanted_s, on_breath=pace.on_breath)
        last = round(((place_s if place_s is not None else min(wanted_s, latest_s)) - cut.source_start_s) * fps)
        yield _part(cut, first, last, fps)
        at_s, first = cut.source_start_s + last / fps, last
    yield _part(cut, first, cut.frames, fps)


def _part(cut: Cut, first: int, last: int, fps: int) -> Cut:
    start_s = round(cut.source_start_s + first / fps, 4)
    return cut.model_copy(update={"source_start_s": start_s, "frames": last - first, "dissolve": 0 if first else cut.dissolve})

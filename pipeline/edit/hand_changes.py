"""What a person changed in the cuts of an edit, carried through: the voice, the sound and the card's time follow the pictures.

A shot of a speaker takes along what it says, with the rest of its sentences from under the covers beside it. A cover lies over the voice:
where it goes, the speaker is seen; where it is shorter he is seen sooner, where it is longer later. Other pictures take their own sound.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut, Decision, Edit, Heard
from pipeline.documents.message import M
from pipeline.documents.transcript import Transcript
from pipeline.edit.cover_places import MIN_SPEAKER_PIECE_S
from pipeline.edit.cut_pairs import pair_cuts
from pipeline.edit.dissolves import with_dissolves
from pipeline.edit.relaid_timeline import RelaidTimeline
from pipeline.edit.speaker_shots import USUAL_PACE, in_another_framing
from pipeline.edit.talk import clip_sound
from pipeline.edit.voice_line import VoiceBlock, VoiceLine, VoiceSpan, end_s, in_sync, joined, lies_over, said_in, voice_line

TAKEN_OUT = M("taken out by hand")
TAKEN_IN = M("taken in by hand")
CardTime = Callable[[Sequence[Cut], Sequence[Heard], Sequence[Decision]], int | None]
"""Finds the frame of the product card for cuts, sound and decisions."""


def follow_cuts(
    before: Edit,
    given: Edit,
    analyses: Mapping[str, Analysis],
    transcripts: Mapping[str, Transcript],
    card_time: CardTime,
    nearer: float = USUAL_PACE.nearer,
) -> Edit:
    """Make the sound, the card's time and the decisions of an edit follow its cuts.

    before: the edit as it was last in force. given: as a person left it. analyses, transcripts: by clip id. nearer: the style's second size
    of a speaker. An edit whose cuts are as before but for their framing, or whose sound a person has set anew, stays as it is; a piece of
    sound that a person took out stays out.
    """
    if _unframed(given) == _unframed(before) or any(piece not in before.heard for piece in given.heard):
        return given
    kept_sound = [piece for piece in before.heard if piece in given.heard]
    timeline = _Relaying(before, given, kept_sound).timeline()
    cuts = in_another_framing(timeline.cuts(), nearer)
    speech = [_heard(at, span, transcripts, given.fps) for at, span in timeline.speech()]
    heard = [*speech, *_own_sounds(cuts, before, kept_sound, analyses)]
    heard.sort(key=lambda piece: (piece.kind != "speech", piece.at_frame))
    cuts = _with_new_dissolves(cuts, heard, before, analyses)
    decisions = _decided(given.decisions, cuts, heard, given.fps)
    card = given.product_frame
    if card == before.product_frame:
        card = card_time(cuts, heard, decisions)
    changes = {"cuts": tuple(cuts), "heard": tuple(heard), "decisions": decisions, "product_frame": card}
    return given.model_copy(update=changes)


def _unframed(edit: Edit) -> list[Cut]:
    """The cuts without what a person set of their framing, on which neither sound nor time depends."""
    return [cut.model_copy(update={"framing": None}) for cut in edit.cuts]


class _Relaying:
    """Lays the given cuts on a new timeline, each with the voice it had."""

    def __init__(self, before: Edit, given: Edit, sound: Sequence[Heard]) -> None:
        self.fps = given.fps
        self.before, self.given = before.cuts, given.cuts
        self.line: VoiceLine = voice_line(before, sound)
        self.pairs = pair_cuts(before.cuts, given.cuts, given.fps)
        self.gone = {owner for owner in self.line.blocks if owner not in self.pairs and before.cuts[owner].role == "talk"}
        self.used: set[int] = set()

    def timeline(self) -> RelaidTimeline:
        timeline = RelaidTimeline(self.fps)
        for index, cut in enumerate(self.given):
            pair = self.pairs[index]
            if cut.role == "talk":
                self._lay_speaker(timeline, index, cut, pair)
            elif cut.role == "end_card" and pair is not None and self.line.under[pair]:
                timeline.cover(cut, cut.frames)
            elif cut.role == "cover" or (lies_over(cut) and pair is not None and self.line.under[pair]):
                self._lay_picture(timeline, index, cut, pair)
            else:
                timeline.show(cut)
        timeline.finish()
        return timeline

    def _lay_speaker(self, timeline: RelaidTimeline, index: int, cut: Cut, pair: int | None) -> None:
        block = self._block(pair)
        shown = [span for span, _ in self.line.under[pair]] if pair is not None else []
        old = self.before[pair] if pair is not None else None
        says_it = old is None or (old.clip_id == cut.clip_id and in_sync(old, shown, self.fps))
        if old is None or cut.speed != 1 or not says_it:
            before, after = block.before, block.after
        else:
            before = self._until(block.before, cut, old, fill=self._covers_took(self._talk_before(index), index))
            after = self._from(block.after, cut, old, fill=self._covers_took(index, self._talk_after(index)))
        timeline.speak(before, like=cut)
        if says_it and cut.speed == 1:
            timeline.speak([VoiceSpan(cut.clip_id, cut.source_start_s, cut.frames)], like=cut)
        else:
            timeline.show(cut, shown)
        timeline.speak(after, like=cut, under_pictures=True)

    def _lay_picture(self, timeline: RelaidTimeline, index: int, cut: Cut, pair: int | None) -> None:
        """A picture over the voice, shorter by what a removed shot of the speaker took away from beneath it."""
        frames = cut.frames
        if pair is not None:
            under = self.line.under[pair]
            if timeline.is_empty and under and pair == 0:
                timeline.pause(min(frames, self.before[0].frames - sum(span.frames for span, _ in under)))
            for owner in {owner for _, owner in under if self.before[owner].role != "talk"}:
                block = self._block(owner)
                timeline.speak([*block.before, *block.shown, *block.after], like=None)
            if cut.role == "cover" and frames == self.before[pair].frames and self._in_place(index, pair):
                frames -= sum(span.frames for span, owner in under if owner in self.gone)
                if frames < cut.frames and frames < round(MIN_SPEAKER_PIECE_S * self.fps):
                    return
        timeline.cover(cut, frames)

    def _block(self, pair: int | None) -> VoiceBlock:
        """The voice of a cut of before, once."""
        if pair is None or pair in self.used:
            return VoiceBlock()
        self.used.add(pair)
        return self.line.blocks.get(pair, VoiceBlock())

    def _talk_before(self, index: int) -> int | None:
        while index > 0 and lies_over(self.given[index - 1]):
            index -= 1
        return index - 1 if index > 0 and self.given[index - 1].role == "talk" else None

    def _talk_after(self, index: int) -> int | None:
        while index + 1 < len(self.given) and lies_over(self.given[index + 1]):
            index += 1
        return index + 1 if index + 1 < len(self.given) and self.given[index + 1].role == "talk" else None

    def _in_place(self, index: int, pair: int) -> bool:
        """Whether a picture still stands beside a shot of the speaker that it stood beside."""
        first, last = pair, pair
        while first > 0 and lies_over(self.before[first]):
            first -= 1
        while last + 1 < len(self.before) and lies_over(self.before[last]):
            last += 1
        beside = {self._talk_before(index), self._talk_after(index)} - {None}
        return any(self.pairs[one] in (first, last) for one in beside if one is not None)

    def _covers_took(self, left: int | None, right: int | None) -> bool:
        """Whether the pictures between two shots have grown, or shrunk, by just what the shots have lost, or won."""
        if left is None or right is None:
            return False
        was_left, was_right = self.pairs[left], self.pairs[right]
        if was_left is None or was_right is None or was_left >= was_right:
            return False
        between = self.before[was_left + 1 : was_right]
        if not all(map(lies_over, between)):
            return False
        grown = sum(cut.frames for cut in self.given[left + 1 : right]) - sum(cut.frames for cut in between)
        lost_s = end_s(self.before[was_left], self.fps) - end_s(self.given[left], self.fps)
        lost_s += self.given[right].source_start_s - self.before[was_right].source_start_s
        return grown != 0 and abs(lost_s * self.fps - grown) < 2

    def _until(self, spans: Sequence[VoiceSpan], cut: Cut, old: Cut, *, fill: bool) -> list[VoiceSpan]:
        """What is said before a shot, up to where the shot now begins."""
        whole, moved = joined(spans, self.fps), round((cut.source_start_s - old.source_start_s) * self.fps)
        touches = bool(whole) and whole[-1].continues_to(old.clip_id, old.source_start_s, self.fps)
        if touches and (moved < 0 or fill):
            return [*whole[:-1], whole[-1].part(0, whole[-1].frames + moved, self.fps, beyond=True)]
        return [*whole, VoiceSpan(old.clip_id, old.source_start_s, moved)] if fill and moved > 0 else whole

    def _from(self, spans: Sequence[VoiceSpan], cut: Cut, old: Cut, *, fill: bool) -> list[VoiceSpan]:
        """What is said after a shot, from where the shot now ends."""
        whole, ended = joined(spans, self.fps), end_s(cut, self.fps)
        moved = round((ended - end_s(old, self.fps)) * self.fps)
        touches = bool(whole) and VoiceSpan(old.clip_id, old.source_start_s, old.frames).continues_to(
            whole[0].clip_id, whole[0].start_s, self.fps
        )
        if touches and (moved > 0 or fill):
            return [whole[0].part(moved, whole[0].frames, self.fps, beyond=True), *whole[1:]]
        return [VoiceSpan(old.clip_id, ended, -moved), *whole] if fill and moved < 0 else whole


def _heard(at: int, span: VoiceSpan, transcripts: Mapping[str, Transcript], fps: int) -> Heard:
    words = said_in(span, transcripts, fps)
    return Heard(clip_id=span.clip_id, source_start_s=round(span.start_s, 4), at_frame=at, frames=span.frames, kind="speech", words=words)


def _own_sounds(cuts: Sequence[Cut], before: Edit, sound: Sequence[Heard], analyses: Mapping[str, Analysis]) -> list[Heard]:
    """The clips' own sound of all pictures but the speakers': of those that had it before, and of new ones that may have it."""
    sounding = {piece.clip_id for piece in sound if piece.kind == "ambient"}
    known = {cut.clip_id for cut in before.cuts if lies_over(cut)}
    pieces: list[Heard] = []
    at = 0
    for cut in cuts:
        has_sound = cut.clip_id in sounding or cut.clip_id not in known
        if lies_over(cut) and has_sound and cut.clip_id in analyses:
            pieces.extend(clip_sound(cut.clip_id, analyses[cut.clip_id].sound, cut.source_start_s, at, cut.frames))
        at += cut.frames
    return pieces


def _with_new_dissolves(cuts: Sequence[Cut], heard: Sequence[Heard], before: Edit, analyses: Mapping[str, Analysis]) -> list[Cut]:
    """The cuts, with the dissolves of joins that are as before, and new ones, as long, where they suit, at the others."""
    known = {
        (one.clip_id, round(end_s(one, before.fps), 2), two.clip_id, round(two.source_start_s, 2)) for one, two in pairwise(before.cuts)
    }
    seconds = max((cut.dissolve for cut in before.cuts), default=0) / before.fps
    suited = with_dissolves(cuts, heard, analyses, fps=before.fps, seconds=seconds)
    result = list(cuts[:1])
    for (one, two), fresh in zip(pairwise(cuts), suited[1:], strict=True):
        join = (one.clip_id, round(end_s(one, before.fps), 2), two.clip_id, round(two.source_start_s, 2))
        result.append(two if join in known else two.model_copy(update={"dissolve": fresh.dissolve}))
    return result


def _decided(decisions: Sequence[Decision], cuts: Sequence[Cut], heard: Sequence[Heard], fps: int) -> tuple[Decision, ...]:
    """The decisions, turned where a person's cuts show or leave out something else."""
    spoken = [(piece.clip_id, piece.source_start_s, piece.source_start_s + piece.frames / fps) for piece in heard if piece.kind == "speech"]
    seen = [(cut.clip_id, cut.source_start_s, end_s(cut, fps)) for cut in cuts if lies_over(cut)]

    def is_there(decision: Decision) -> bool:
        if decision.words:
            middle_s = (decision.start_s + decision.end_s) / 2
            return any(clip_id == decision.clip_id and first <= middle_s < last for clip_id, first, last in spoken)
        return any(clip_id == decision.clip_id and first < decision.end_s and last > decision.start_s for clip_id, first, last in seen)

    turned: list[Decision] = []
    for decision in decisions:
        pause = not decision.words and any(decision.clip_id == clip_id for clip_id, _, _ in spoken)
        there = is_there(decision)
        if there == decision.kept or (pause and not decision.kept):
            turned.append(decision)
        else:
            turned.append(decision.model_copy(update={"kept": there, "reason": TAKEN_IN if there else TAKEN_OUT, "advice": None}))
    return tuple(turned)

"""The shots of an edit by number, shown ones first, then what was left out; and an edit with some of them dropped, moved or exchanged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.documents.edit import Cut, Decision, Edit, HandFraming
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Transcript
from pipeline.edit.cover_places import MIN_COVER_S, MIN_SPEAKER_PIECE_S
from pipeline.edit.covers import COVER_S
from pipeline.edit.hand_changes import TAKEN_IN
from pipeline.edit.speech_runs import AFTER_S, BEFORE_S
from pipeline.edit.talk import closed_pause
from pipeline.edit.voice_line import end_s, lies_over, said_in, voice_line
from pipeline.errors import UserMistake


@dataclass(frozen=True)
class ListedShot:
    """One line of the list. at_s: on the timeline, None for what is left out. start_s, end_s: on the clip's clock."""

    number: int
    at_s: float | None
    clip_id: str
    start_s: float
    end_s: float
    words: str
    reason: Message
    cut: Cut | None = None
    decision: Decision | None = None

    @property
    def speaks(self) -> bool:
        """Whether it is a shot of a speaker, or a sentence that was left out."""
        return self.cut.role == "talk" if self.cut is not None else bool(self.words)


@dataclass(frozen=True)
class ShotChanges:
    """What a person wants of the shots, by their numbers. swap: pairs that change places. move: a number and the place it goes to.
    frame: a number and which part of the picture is shown, None for what FieldCut finds."""

    drop: tuple[int, ...] = ()
    restore: tuple[int, ...] = ()
    swap: tuple[tuple[int, int], ...] = ()
    move: tuple[tuple[int, int], ...] = ()
    frame: tuple[tuple[int, HandFraming | None], ...] = ()


def list_shots(edit: Edit, transcripts: Mapping[str, Transcript]) -> list[ListedShot]:
    """List what an edit shows, in its order and without the end card, and then what it leaves out, in the order of the clips."""
    shots: list[ListedShot] = []
    under = voice_line(edit, edit.heard).under
    for index, (start, cut) in enumerate(zip(edit.starts(), edit.cuts, strict=True)):
        if cut.role == "end_card":
            continue
        words = " ".join(filter(None, (said_in(span, transcripts, edit.fps) for span, _ in under[index])))
        place = cut.clip_id, cut.source_start_s, end_s(cut, edit.fps)
        shots.append(ListedShot(len(shots) + 1, start / edit.fps, *place, words, cut.reason, cut=cut))
    for decision in edit.decisions:
        if not decision.kept and decision.reason.text != closed_pause(0).text:
            place = decision.clip_id, decision.start_s, decision.end_s
            shots.append(ListedShot(len(shots) + 1, None, *place, decision.words, decision.reason, decision=decision))
    return shots


def with_shots_changed(edit: Edit, shots: Sequence[ListedShot], changes: ShotChanges) -> Edit:
    """Return an edit whose cuts are as a person wants them; all numbers are those of the list. Its sound is still as before.

    Raises UserMistake for a number that is not in the list, or that cannot be treated so.
    """
    return _ChangedCuts(edit, shots).changed(changes)


class _ChangedCuts:
    """The cuts while they are changed: each with the number it was listed under, None for those that were not."""

    def __init__(self, edit: Edit, shots: Sequence[ListedShot]) -> None:
        self.edit, self.shots = edit, {shot.number: shot for shot in shots}
        numbers = iter(shot.number for shot in shots if shot.cut is not None)
        self.cuts: list[tuple[int | None, Cut]] = [(None if cut.role == "end_card" else next(numbers), cut) for cut in edit.cuts]

    def changed(self, changes: ShotChanges) -> Edit:
        for number, framing in changes.frame:
            index = self._index(self._shown(number))
            self.cuts[index] = number, self.cuts[index][1].model_copy(update={"framing": framing})
        for first, second in changes.swap:
            self._swap(self._listed(first), self._listed(second))
        for number, place in changes.move:
            self._move(self._shown(number), place)
        for number in changes.restore:
            self._restore(self._left_out(number))
        gone = {self._shown(number).number for number in changes.drop}
        return self.edit.model_copy(update={"cuts": tuple(cut for number, cut in self.cuts if number not in gone)})

    def _listed(self, number: int) -> ListedShot:
        if number not in self.shots:
            raise UserMistake(M("There is no shot {number}: the list ends with {last}.", number=number, last=len(self.shots)))
        return self.shots[number]

    def _shown(self, number: int) -> ListedShot:
        if self._listed(number).cut is None:
            raise UserMistake(M("Shot {number} is left out already; --restore {number} takes it in.", number=number))
        return self._listed(number)

    def _left_out(self, number: int) -> ListedShot:
        if self._listed(number).cut is not None:
            raise UserMistake(M("Shot {number} is in the video already; --move puts it elsewhere.", number=number))
        return self._listed(number)

    def _index(self, shot: ListedShot) -> int:
        return next(index for index, (number, _) in enumerate(self.cuts) if number == shot.number)

    def _swap(self, first: ListedShot, second: ListedShot) -> None:
        if first.cut is None:
            first, second = second, first
        if first.cut is None:
            raise UserMistake(M("Shots {first} and {second} are both left out.", first=first.number, second=second.number))
        index = self._index(first)
        if second.cut is None:
            self._show_instead(index, first, second)
        elif first.speaks != second.speaks:
            raise UserMistake(
                M(
                    "Of the shots {first} and {second} only one speaks: they cannot change places. --move puts a shot elsewhere.",
                    first=first.number,
                    second=second.number,
                )
            )
        else:
            other = self._index(second)
            one, two = self.cuts[index][1], self.cuts[other][1]
            if first.speaks or self.edit.led_by == "music":
                self.cuts[index], self.cuts[other] = self.cuts[other], self.cuts[index]
            else:  # pictures over a talk: each stays as long as what is said under it
                self.cuts[index] = self.cuts[index][0], self._picture(one, second, two.source_start_s)
                self.cuts[other] = self.cuts[other][0], self._picture(two, first, one.source_start_s)

    def _show_instead(self, index: int, shown: ListedShot, left_out: ListedShot) -> None:
        cut = self.cuts[index][1]
        if left_out.speaks and shown.speaks:
            self.cuts[index] = None, self._sentence(left_out)
        elif left_out.speaks:
            raise UserMistake(M("Shot {number} is a sentence that was left out: --restore {number} takes it in.", number=left_out.number))
        elif shown.speaks:
            longest = min(cut.frames, round((left_out.end_s - left_out.start_s) * self.edit.fps))
            self.cuts.insert(index, (None, self._middle(left_out, longest, "cover")))
        else:
            self.cuts[index] = None, self._middle(left_out, cut.frames, cut.role).model_copy(update={"dissolve": cut.dissolve})

    def _picture(self, cut: Cut, other: ListedShot, start_s: float) -> Cut:
        changes: dict[str, object] = {"clip_id": other.clip_id, "source_start_s": start_s, "reason": other.reason, "framing": None}
        if other.cut is not None:
            changes |= {"framing": other.cut.framing, "speed": other.cut.speed, "frames": min(cut.frames, other.cut.frames)}
        return cut.model_copy(update=changes)

    def _move(self, shot: ListedShot, place: int) -> None:
        shown = sum(number is not None for number, _ in self.cuts)
        if not 1 <= place <= shown:
            raise UserMistake(M("A shot can go to place 1 to {last}, not to {place}.", last=shown, place=place))
        self.cuts.insert(place - 1, self.cuts.pop(self._index(shot)))

    def _restore(self, shot: ListedShot) -> None:
        if shot.speaks:
            self.cuts.insert(self._place_of_sentence(shot), (None, self._sentence(shot)))
        elif self.edit.led_by == "music":
            lengths = sorted(cut.frames for _, cut in self.cuts if lies_over(cut))
            cut = self._middle(shot, lengths[len(lengths) // 2] if lengths else round(COVER_S * self.edit.fps), "scenic")
            self.cuts.insert(self._before_end_card(), (None, cut))
        else:
            self._lay_over_longest(shot)

    def _lay_over_longest(self, shot: ListedShot) -> None:
        """Lay a picture over the longest view of the speaker, who is seen before and after it; before the end card where there is none."""
        fps, sliver = self.edit.fps, round(MIN_SPEAKER_PIECE_S * self.edit.fps)
        talk = [(cut.frames, index) for index, (_, cut) in enumerate(self.cuts) if cut.role == "talk" and cut.speed == 1]
        frames, index = max(talk, default=(0, 0))
        length = min(round(COVER_S * fps), frames - 2 * sliver, round((shot.end_s - shot.start_s) * fps))
        if length < round(MIN_COVER_S * fps):
            picture = self._middle(shot, round(COVER_S * fps), "scenic")
            self.cuts.insert(self._before_end_card(), (None, picture))
            return
        number, cut = self.cuts[index]
        seen = (frames - length) // 2
        later = {"frames": frames - seen, "source_start_s": round(cut.source_start_s + seen / fps, 4), "dissolve": 0}
        parts = [(number, cut.model_copy(update={"frames": seen})), (None, self._middle(shot, length, "cover"))]
        self.cuts[index : index + 1] = [*parts, (number, cut.model_copy(update=later))]

    def _middle(self, shot: ListedShot, frames: int, role: str) -> Cut:
        """The middle of a stretch that was left out, at most so long."""
        frames = max(1, min(frames, int((shot.end_s - shot.start_s) * self.edit.fps)))
        start_s = round((shot.start_s + shot.end_s - frames / self.edit.fps) / 2, 3)
        return Cut.model_validate(
            {"clip_id": shot.clip_id, "source_start_s": max(0.0, start_s), "frames": frames, "role": role, "reason": TAKEN_IN}
        )

    def _sentence(self, shot: ListedShot) -> Cut:
        """The shot of a speaker who says a sentence, with the breath around it that belongs to no other."""
        others = [one for one in self.edit.decisions if one.words and one.clip_id == shot.clip_id and one != shot.decision]
        earliest = max((one.end_s for one in others if one.end_s <= shot.start_s + 0.01), default=0.0)
        latest = min((one.start_s for one in others if one.start_s >= shot.end_s - 0.01), default=shot.end_s + AFTER_S)
        start_s = max(0.0, shot.start_s - BEFORE_S, (earliest + shot.start_s) / 2)
        until_s = min(shot.end_s + AFTER_S, (latest + shot.end_s) / 2) if latest > shot.end_s else shot.end_s
        frames = max(1, round((until_s - start_s) * self.edit.fps))
        return Cut(clip_id=shot.clip_id, source_start_s=round(start_s, 4), frames=frames, role="talk", reason=TAKEN_IN)

    def _place_of_sentence(self, shot: ListedShot) -> int:
        """Behind what the same clip says before it, before what it says after it, else before the end card."""
        same = [(index, cut) for index, (_, cut) in enumerate(self.cuts) if cut.role == "talk" and cut.clip_id == shot.clip_id]
        before = [index for index, cut in same if cut.source_start_s < shot.start_s]
        if before:
            place = max(before) + 1
            while place < len(self.cuts) and self.cuts[place][1].role == "cover":
                place += 1
            return place
        return min((index for index, _ in same), default=self._before_end_card())

    def _before_end_card(self) -> int:
        ends = bool(self.cuts) and self.cuts[-1][1].role == "end_card"
        return len(self.cuts) - 1 if ends else len(self.cuts)

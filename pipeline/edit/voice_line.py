"""The voice under an edit's pictures: what each shot of a speaker says, and what of it runs on under covers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.documents.edit import Cut, Decision, Edit, Heard
from pipeline.documents.transcript import Transcript

SYNC_TOLERANCE = 1.5
"""Frames that picture and voice may be apart and still be one take."""


@dataclass(frozen=True)
class VoiceSpan:
    """A stretch of one clip's speech. start_s: on the clip's clock. frames: how long it sounds."""

    clip_id: str
    start_s: float
    frames: int

    def end_s(self, fps: int) -> float:
        """Second of the clip at which it ends."""
        return self.start_s + self.frames / fps

    def part(self, first: int, last: int, fps: int, *, beyond: bool = False) -> "VoiceSpan":
        """The frames [first, last) of it; `beyond` its own where that is allowed."""
        if not beyond:
            first, last = max(0, first), min(self.frames, last)
        return replace(self, start_s=self.start_s + first / fps, frames=max(0, last - first))

    def continues(self, before: "VoiceSpan", fps: int) -> bool:
        """Whether it goes on where another span ends."""
        return before.continues_to(self.clip_id, self.start_s, fps)

    def continues_to(self, clip_id: str, start_s: float, fps: int) -> bool:
        """Whether it ends where something else of its clip begins."""
        return self.clip_id == clip_id and abs(start_s - self.end_s(fps)) * fps < SYNC_TOLERANCE


def end_s(cut: Cut, fps: int) -> float:
    """Second of its clip at which a cut ends."""
    return cut.source_start_s + cut.frames * cut.speed / fps


@dataclass
class VoiceBlock:
    """The speech that belongs to one shot of a speaker: what is seen being said, and what of its sentences runs on under covers."""

    before: list[VoiceSpan] = field(default_factory=list)
    shown: list[VoiceSpan] = field(default_factory=list)
    after: list[VoiceSpan] = field(default_factory=list)


@dataclass(frozen=True)
class VoiceLine:
    """An edit's speech by its cuts.

    blocks: by the index of the cut that shows the speaker, or, where other pictures hide a whole talk, of the first of these. under: what
    is heard during each cut, and the cut whose block it belongs to.
    """

    blocks: dict[int, VoiceBlock]
    under: tuple[tuple[tuple[VoiceSpan, int], ...], ...]


def voice_line(edit: Edit, heard: Iterable[Heard]) -> VoiceLine:
    """Divide the speech of `heard` among the cuts of an edit.

    A shot of the speaker has what is heard during it; what is heard under other pictures belongs to that of the two shots beside them which
    shows more of its sentence.
    """
    sentences = _sentences(edit, [piece for piece in heard if piece.kind == "speech"])
    spans = list(zip(edit.starts(), edit.cuts, strict=True))
    groups = _picture_groups(edit.cuts)
    blocks: dict[int, VoiceBlock] = {}
    under: list[list[tuple[VoiceSpan, int]]] = [[] for _ in edit.cuts]
    owners: dict[int, int] = {}
    for sentence in sentences:
        parts = [_share(sentence, start, cut.frames, edit.fps) for start, cut in spans]
        for index, part in enumerate(parts):
            if part is None:
                continue
            owner = index
            if edit.cuts[index].role != "talk":
                owner = max(owners.get(groups[index], -1), _owner(parts, edit.cuts, groups, index))
                owners[groups[index]] = owner
            under[index].append((part, owner))
            block = blocks.setdefault(owner, VoiceBlock())
            (block.before if index < owner else block.shown if index == owner else block.after).append(part)
    return VoiceLine(blocks, tuple(map(tuple, under)))


def joined(spans: Iterable[VoiceSpan], fps: int) -> list[VoiceSpan]:
    """The spans, those that continue one another as one."""
    result: list[VoiceSpan] = []
    for span in spans:
        if span.frames <= 0:
            continue
        if result and span.continues(result[-1], fps):
            result[-1] = replace(result[-1], frames=result[-1].frames + span.frames)
        else:
            result.append(span)
    return result


def said_in(span: VoiceSpan, transcripts: Mapping[str, Transcript], fps: int) -> str:
    """The words whose middle lies in a span, phrase by phrase. transcripts: by clip id."""
    if span.clip_id not in transcripts:
        return ""
    said = [
        "".join(word.text for word in phrase.words if span.start_s <= (word.start_s + word.end_s) / 2 < span.end_s(fps)).strip()
        for phrase in transcripts[span.clip_id].phrases
    ]
    return " ".join(text for text in said if text)


def in_sync(cut: Cut, spans: Sequence[VoiceSpan], fps: int) -> bool:
    """Whether the lips of a cut say what is heard during it, from its first frame to its last."""
    whole = joined(spans, fps)
    return (
        len(whole) == 1
        and cut.speed == 1
        and whole[0].clip_id == cut.clip_id
        and abs(whole[0].start_s - cut.source_start_s) * fps < SYNC_TOLERANCE
        and abs(whole[0].frames - cut.frames) < SYNC_TOLERANCE
    )


def _sentences(edit: Edit, speech: Sequence[Heard]) -> list[tuple[int, VoiceSpan]]:
    """Each kept sentence with its first frame on the timeline; the breath between two is divided between them."""
    result: list[tuple[int, VoiceSpan]] = []
    for piece in sorted(speech, key=lambda piece: piece.at_frame):
        span = VoiceSpan(piece.clip_id, piece.source_start_s, piece.frames)
        said = sorted(_said_in(span, edit.decisions, edit.fps))
        borders = [round(((before[1] + after[0]) / 2 - span.start_s) * edit.fps) for before, after in pairwise(said)]
        edges = sorted({0, *(border for border in borders if 0 < border < span.frames), span.frames})
        result += [(piece.at_frame + first, span.part(first, last, edit.fps)) for first, last in pairwise(edges)]
    return result


def _said_in(span: VoiceSpan, decisions: Iterable[Decision], fps: int) -> list[tuple[float, float]]:
    return [
        (decision.start_s, decision.end_s)
        for decision in decisions
        if decision.words and decision.clip_id == span.clip_id and span.start_s <= (decision.start_s + decision.end_s) / 2 < span.end_s(fps)
    ]


def _share(sentence: tuple[int, VoiceSpan], start: int, frames: int, fps: int) -> VoiceSpan | None:
    """What of a sentence is heard in a cut's frames."""
    at, span = sentence
    part = span.part(start - at, start + frames - at, fps)
    return part if part.frames else None


def _owner(parts: Sequence[VoiceSpan | None], cuts: Sequence[Cut], groups: Sequence[int], index: int) -> int:
    """The shot of the speaker, before or after the pictures that cut `index` stands among, that shows more of a sentence.

    The one before where neither shows any; the first of these pictures where the speaker is seen on neither side.
    """
    first = groups[index]
    after = next((later for later in range(index, len(cuts)) if groups[later] != first), len(cuts))
    beside = [shot for shot in (first - 1, after) if 0 <= shot < len(cuts) and cuts[shot].role == "talk"]

    def shown(shot: int) -> int:
        part = parts[shot]
        return part.frames if part is not None else 0

    return max(beside, key=shown, default=first)


def lies_over(cut: Cut) -> bool:
    """Whether a cut shows something else than the speaker, so that a voice may run on beneath it."""
    return cut.role not in ("talk", "end_card")


def _picture_groups(cuts: Sequence[Cut]) -> list[int]:
    """For each cut the index of the first of the pictures that it stands among, as the end card does; its own for the speaker."""
    groups: list[int] = []
    for index, cut in enumerate(cuts):
        follows = cut.role != "talk" and index > 0 and lies_over(cuts[index - 1])
        groups.append(groups[-1] if follows else index)
    return groups

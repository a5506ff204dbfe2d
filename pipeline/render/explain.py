"""Explains why each chunk was rendered or reused, by comparing what it shows with the plan of the last run."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pysubs2

from pipeline.documents.message import M, Message
from pipeline.documents.plan import Chunk, LaidLayer, Picture, RenderPlan, SourcePiece
from pipeline.documents.rendition import ChunkFate
from pipeline.render.chunks import chunk_keys
from pipeline.render.plan import crop_centre

SAME_FRAME_S = 0.002
"""Source times this near are the same frame: far less than a frame, far more than rounding."""
CUE_EARLY_MS = 11
"""A subtitle's start time lies up to this much before the first frame that shows it."""
LONGEST_QUOTE = 24
"""Characters of a subtitle that are quoted at most."""
LAYER_NAMES = {
    "card": M("the card"),
    "title": M("the title"),
    "lower_third": M("the place line"),
    "price_tag": M("the price tag"),
    "end_card": M("the end card"),
    "mark": M("the mark"),
    "label": M("the AI label"),
}


def explain_chunks(plan: RenderPlan, made: Collection[str], before: RenderPlan | None) -> tuple[ChunkFate, ...]:
    """Explain every chunk of a plan, in timeline order: made in this run or reused, and why.

    made: keys of the chunks that this run made for this plan; of equal chunks only the first counts as made.
    before: the plan of the last run of the same video, None when there is none; its chunks may have other boundaries.
    """
    keys = chunk_keys(plan)
    previous = _PreviousPlan(before) if before is not None else None
    uncredited = set(made)
    fates: list[ChunkFate] = []
    for key, chunk in zip(keys, plan.chunks, strict=True):
        fresh = key in uncredited
        uncredited.discard(key)
        why = _reason_made(chunk, key, plan.picture, previous) if fresh else _reason_reused(key, previous)
        start, end = chunk.start_frame / plan.picture.fps, (chunk.start_frame + chunk.frames) / plan.picture.fps
        fates.append(ChunkFate(start_s=round(start, 3), end_s=round(end, 3), made=fresh, why=why))
    return tuple(fates)


FrameLayers = dict[tuple[str, int, int, int], str]
"""The layers in a frame: content key, position and the layer's own frame → its kind, which is empty in plans of an older release."""


@dataclass(frozen=True)
class _FrameContent:
    """What one frame of the timeline shows, without its subtitles."""

    piece: SourcePiece
    at_s: float
    """On the source's clock."""
    window: tuple[float, float, float, float]
    dissolved: float
    """Progress of the dissolve into the piece, 0..1; 1 where there is none."""
    laid: FrameLayers

    def same_source(self, other: "_FrameContent") -> bool:
        """Whether both show the same frame of the same clip."""
        piece, other_piece = self.piece, other.piece
        same = (piece.clip_sha256, piece.video_stream, piece.still) == (
            other_piece.clip_sha256,
            other_piece.video_stream,
            other_piece.still,
        )
        return same and (piece.still or abs(self.at_s - other.at_s) < SAME_FRAME_S)


class _PreviousPlan:
    """The plan of the last run, frame by frame."""

    def __init__(self, plan: RenderPlan) -> None:
        self.plan = plan
        self.keys = frozenset(chunk_keys(plan))

    @cached_property
    def frames(self) -> list[_FrameContent]:
        return [content for chunk in self.plan.chunks for content in _frame_contents(chunk, self.plan.picture.fps)]

    @cached_property
    def places(self) -> list[tuple[int, SourcePiece]]:
        """Each piece with its first frame on the timeline."""
        return [placed for chunk in self.plan.chunks for placed in _placed_pieces(chunk)]

    @cached_property
    def words(self) -> list["_SubtitleText"]:
        return sorted({words for chunk in self.plan.chunks for words in _subtitle_texts(chunk)}, key=lambda words: words.start_ms)

    def shift(self, chunk: Chunk, frames: Sequence[_FrameContent], fps: int) -> int:
        """How many frames later the chunk's footage stood on the last timeline; 0 when none of it was there."""
        shifts = {0}
        for first, piece in _placed_pieces(chunk):
            for previous_first, previous_piece in self.places:
                offset = round((piece.source_start_s - previous_piece.source_start_s) * fps / piece.speed)
                if previous_piece.clip_sha256 == piece.clip_sha256 and -piece.frames < offset < previous_piece.frames:
                    shifts.add(previous_first - first + offset)
        return max(shifts, key=lambda shift: (self._agreeing(chunk, frames, shift), -abs(shift)))

    def _agreeing(self, chunk: Chunk, frames: Sequence[_FrameContent], shift: int) -> int:
        return sum(content.same_source(before) for content, before in self.beside(chunk, frames, shift) if before is not None)

    def beside(self, chunk: Chunk, frames: Sequence[_FrameContent], shift: int) -> Iterator[tuple[_FrameContent, _FrameContent | None]]:
        """Yield each frame of the chunk with the corresponding frame of the last plan; None where that had none."""
        for frame, content in enumerate(frames, chunk.start_frame + shift):
            yield content, self.frames[frame] if 0 <= frame < len(self.frames) else None


def _placed_pieces(chunk: Chunk) -> Iterator[tuple[int, SourcePiece]]:
    at = chunk.start_frame
    for piece in chunk.pieces:
        yield at, piece
        at += piece.frames


def _frame_contents(chunk: Chunk, fps: int) -> Iterator[_FrameContent]:
    for first, piece in _placed_pieces(chunk):
        for offset in range(piece.frames):
            on_chunk = first - chunk.start_frame + offset
            yield _FrameContent(
                piece=piece,
                at_s=piece.source_start_s + offset * piece.speed / fps,
                window=_crop_window(piece, offset),
                dissolved=min(1.0, (offset + 1) / (piece.dissolve + 1)),
                laid={
                    _layer_identity(laid, on_chunk): laid.kind for laid in chunk.laid if laid.first <= on_chunk < laid.first + laid.frames
                },
            )


def _crop_window(piece: SourcePiece, frame: int) -> tuple[float, float, float, float]:
    if piece.crop is None:
        return 1.0, 1.0, 0.5, 0.5
    centre = crop_centre(piece.crop, frame)
    return piece.crop.width, piece.crop.height, round(centre.x, 6), round(centre.y, 6)


def _layer_identity(laid: LaidLayer, frame: int) -> tuple[str, int, int, int]:
    return laid.key, laid.x, laid.y, 0 if laid.still else laid.skip + frame - laid.first


def _reason_reused(key: str, previous: _PreviousPlan | None) -> Message:
    if previous is not None and key in previous.keys:
        return M("unchanged")
    return M("the same picture was made before, for this or another video")


def _reason_made(chunk: Chunk, key: str, picture: Picture, previous: _PreviousPlan | None) -> Message:
    if previous is None:
        return M("made for the first time")
    if key in previous.keys:
        return M("it is not in the cache: it was removed or damaged, or FieldCut has been updated")
    reasons = [*_picture_changes(picture, previous.plan.picture), *_content_changes(chunk, picture, previous)]
    if not reasons:
        divided = chunk.frames not in {
            its.frames for its in previous.plan.chunks if its.pieces[0].clip_sha256 == chunk.pieces[0].clip_sha256
        }
        return M("the video is divided elsewhere") if divided else M("FieldCut knows more of the clip, or has been updated")
    return reasons[0] if len(reasons) == 1 else M("{reasons}", reasons=tuple(reasons))


def _picture_changes(now: Picture, then: Picture) -> Iterator[Message]:
    """What changed in the settings that all chunks share."""
    if (now.width, now.height) != (then.width, then.height):
        yield M("the size changed: {before} → {now}", before=f"{then.width}×{then.height}", now=f"{now.width}×{now.height}")
    if now.fps != then.fps:
        yield M("the frame rate changed: {before} → {now}", before=then.fps, now=now.fps)
    if (now.crf, now.speed) != (then.crf, then.speed):
        yield M("the quality changed")
    if now.encoder != then.encoder:
        yield M("the encoder changed: {before} → {now}", before=then.encoder, now=now.encoder)
    if now.lut_sha256 != then.lut_sha256:
        yield M("the colours of the style changed")


def _content_changes(chunk: Chunk, picture: Picture, previous: _PreviousPlan) -> Iterator[Message]:
    """What changed in the chunk's own content; nothing at another frame rate, where no frame can be compared."""
    if picture.fps != previous.plan.picture.fps:
        return
    frames = list(_frame_contents(chunk, picture.fps))
    shift = previous.shift(chunk, frames, picture.fps)
    pairs = list(previous.beside(chunk, frames, shift))
    matched = [(now, before) for now, before in pairs if before is not None and now.same_source(before)]
    if not matched:  # nothing of it was there before, so there is nothing to hold layers and words against
        yield M("other footage stands here")
        return
    if len(matched) < len(pairs):
        yield M("the cut changed")
    if any(now.piece.dissolve != before.piece.dissolve or now.dissolved != before.dissolved for now, before in matched):
        yield M("the transition changed")
    if any(now.window != before.window for now, before in matched):
        yield M("the window moved")
    same_size = (picture.width, picture.height) == (previous.plan.picture.width, previous.plan.picture.height)
    if same_size:  # otherwise every layer and every subtitle was drawn anew
        yield from _layer_changes((now.laid, before.laid if before is not None else {}) for now, before in pairs)
        yield from _subtitle_changes(chunk, picture.fps, previous, shift)


def _layer_changes(pairs: Iterator[tuple[FrameLayers, FrameLayers]]) -> Iterator[Message]:
    changed_kinds = dict.fromkeys({**then, **now}[layer] for now, then in pairs for layer in sorted(now.keys() ^ then.keys()))
    for kind in changed_kinds:
        yield M("{layer} changed", layer=LAYER_NAMES.get(kind, M("a layer over the picture")))


@dataclass(frozen=True)
class _SubtitleText:
    """One subtitle: its times, text and look."""

    start_ms: int
    end_ms: int
    text: str
    look: str


def _subtitle_texts(chunk: Chunk) -> list[_SubtitleText]:
    if not chunk.ass:
        return []
    script = pysubs2.SSAFile.from_string(chunk.ass, format_="ass")
    look = repr(sorted(script.info.items())) + repr(sorted((name, repr(style)) for name, style in script.styles.items()))
    return [_SubtitleText(event.start, event.end, event.plaintext.replace("\n", " "), look + event.text) for event in script.events]


def _subtitle_changes(chunk: Chunk, fps: int, previous: _PreviousPlan, shift: int) -> Iterator[Message]:
    """What changed in the subtitles: their text, else their look, else their times."""
    first, end = ((chunk.start_frame + shift + frame) * 1000 / fps for frame in (0, chunk.frames))
    now = _subtitle_texts(chunk)
    then = [words for words in previous.words if words.start_ms < end - CUE_EARLY_MS and words.end_ms > first]
    changed = _wording_change([words.text for words in now], [words.text for words in then])
    if changed is not None:
        yield changed
    elif [words.look for words in now] != [words.look for words in then]:
        yield M("the look of the subtitles changed")
    elif shift and now:
        yield M("its subtitles moved with it on the timeline")
    elif [(words.start_ms, words.end_ms) for words in now] != [(words.start_ms, words.end_ms) for words in then]:
        yield M("a subtitle comes or goes at another time")


def _wording_change(now: Sequence[str], then: Sequence[str]) -> Message | None:
    removed = [text for text in then if text not in now]
    added = [text for text in now if text not in then]
    if removed and added:
        return M("the words of a subtitle changed: {before} → {now}", before=_quote(removed), now=_quote(added))
    if added:
        return M("a subtitle is new: {words}", words=_quote(added))
    return M("a subtitle is gone: {words}", words=_quote(removed)) if removed else None


def _quote(texts: Sequence[str]) -> str:
    words = " / ".join(texts)
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1] + "…"

"""Why each chunk was made, or was not: what is seen in it, held against the plan of the last run."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pysubs2

from pipeline.documents.message import M, Message
from pipeline.documents.plan import Chunk, LaidLayer, Picture, RenderPlan, SourcePiece
from pipeline.documents.rendition import ChunkFate
from pipeline.render.chunks import chunk_keys
from pipeline.render.plan import centre_at

SAME_S = 0.002
"""Two source times are the same frame: far less than one, far more than rounding."""
EARLY_MS = 11
"""A subtitle's moment lies up to this much before the frame that it begins on."""
LONGEST_WORDS = 24
"""Signs of a subtitle that are quoted."""
KINDS = {
    "card": M("the card"),
    "title": M("the title"),
    "lower_third": M("the place line"),
    "end_card": M("the end card"),
    "mark": M("the mark"),
    "label": M("the AI label"),
}


def explain(plan: RenderPlan, made: Collection[str], before: RenderPlan | None) -> tuple[ChunkFate, ...]:
    """The fate of every chunk of a plan, in timeline order.

    made: keys of the chunks that this run made for this plan; a key that the plan needs twice was made for the first of them.
    before: the plan of the last run of the same video, None when there is none; its chunks may begin and end elsewhere.
    """
    keys = chunk_keys(plan)
    last = _Last(before) if before is not None else None
    left = set(made)
    fates: list[ChunkFate] = []
    for key, chunk in zip(keys, plan.chunks, strict=True):
        fresh = key in left
        left.discard(key)
        why = _why_made(chunk, key, plan.picture, last) if fresh else _why_kept(key, last)
        start, end = chunk.start_frame / plan.picture.fps, (chunk.start_frame + chunk.frames) / plan.picture.fps
        fates.append(ChunkFate(start_s=round(start, 3), end_s=round(end, 3), made=fresh, why=why))
    return tuple(fates)


Drawn = dict[tuple[str, int, int, int], str]
"""The layers in a frame: content, place and the layer's own frame, each with its kind, which a plan of an older release does not tell."""


@dataclass(frozen=True)
class _Seen:
    """What is seen in one frame of the timeline, before subtitles."""

    piece: SourcePiece
    at_s: float
    """On the source's clock."""
    window: tuple[float, float, float, float]
    dissolved: float
    """How far a transition into the piece has come; 1 where there is none."""
    laid: Drawn

    def same_source(self, other: "_Seen") -> bool:
        """The same frame of the same clip."""
        mine, its = self.piece, other.piece
        same = (mine.clip_sha256, mine.video_stream, mine.still) == (its.clip_sha256, its.video_stream, its.still)
        return same and (mine.still or abs(self.at_s - other.at_s) < SAME_S)


class _Last:
    """The last plan, laid out frame by frame."""

    def __init__(self, plan: RenderPlan) -> None:
        self.plan = plan
        self.keys = frozenset(chunk_keys(plan))

    @cached_property
    def frames(self) -> list[_Seen]:
        return [seen for chunk in self.plan.chunks for seen in _frames(chunk, self.plan.picture.fps)]

    @cached_property
    def places(self) -> list[tuple[int, SourcePiece]]:
        """Each piece with its first frame on the timeline."""
        return [place for chunk in self.plan.chunks for place in _places(chunk)]

    @cached_property
    def words(self) -> list["_Words"]:
        return sorted({words for chunk in self.plan.chunks for words in _words(chunk)}, key=lambda words: words.start_ms)

    def shift(self, chunk: Chunk, frames: Sequence[_Seen], fps: int) -> int:
        """By how many frames the chunk's footage stood later on the last timeline; 0 when none of it was there."""
        found = {0}
        for first, piece in _places(chunk):
            for stood, its in self.places:
                later = round((piece.source_start_s - its.source_start_s) * fps / piece.speed)
                if its.clip_sha256 == piece.clip_sha256 and -piece.frames < later < its.frames:
                    found.add(stood - first + later)
        return max(found, key=lambda by: (self._agreeing(chunk, frames, by), -abs(by)))

    def _agreeing(self, chunk: Chunk, frames: Sequence[_Seen], by: int) -> int:
        return sum(seen.same_source(then) for seen, then in self.beside(chunk, frames, by) if then is not None)

    def beside(self, chunk: Chunk, frames: Sequence[_Seen], by: int) -> Iterator[tuple[_Seen, _Seen | None]]:
        """Each frame of the chunk and the one that stood there the last time."""
        for place, seen in enumerate(frames, chunk.start_frame + by):
            yield seen, self.frames[place] if 0 <= place < len(self.frames) else None


def _places(chunk: Chunk) -> Iterator[tuple[int, SourcePiece]]:
    at = chunk.start_frame
    for piece in chunk.pieces:
        yield at, piece
        at += piece.frames


def _frames(chunk: Chunk, fps: int) -> Iterator[_Seen]:
    for first, piece in _places(chunk):
        for place in range(piece.frames):
            on_chunk = first - chunk.start_frame + place
            yield _Seen(
                piece=piece,
                at_s=piece.source_start_s + place * piece.speed / fps,
                window=_window(piece, place),
                dissolved=min(1.0, (place + 1) / (piece.dissolve + 1)),
                laid={_layer(laid, on_chunk): laid.kind for laid in chunk.laid if laid.first <= on_chunk < laid.first + laid.frames},
            )


def _window(piece: SourcePiece, frame: int) -> tuple[float, float, float, float]:
    if piece.crop is None:
        return 1.0, 1.0, 0.5, 0.5
    centre = centre_at(piece.crop, frame)
    return piece.crop.width, piece.crop.height, round(centre.x, 6), round(centre.y, 6)


def _layer(laid: LaidLayer, frame: int) -> tuple[str, int, int, int]:
    return laid.key, laid.x, laid.y, 0 if laid.still else laid.skip + frame - laid.first


def _why_kept(key: str, last: _Last | None) -> Message:
    if last is not None and key in last.keys:
        return M("unchanged")
    return M("the same picture was made before, for this or another video")


def _why_made(chunk: Chunk, key: str, picture: Picture, last: _Last | None) -> Message:
    if last is None:
        return M("made for the first time")
    if key in last.keys:
        return M("it is not in the cache: it was removed or damaged, or FieldCut has been updated")
    reasons = [*_picture(picture, last.plan.picture), *_content(chunk, picture, last)]
    if not reasons:
        divided = chunk.frames not in {its.frames for its in last.plan.chunks if its.pieces[0].clip_sha256 == chunk.pieces[0].clip_sha256}
        return M("the video is divided elsewhere") if divided else M("FieldCut knows more of the clip, or has been updated")
    return reasons[0] if len(reasons) == 1 else M("{reasons}", reasons=tuple(reasons))


def _picture(now: Picture, then: Picture) -> Iterator[Message]:
    """What changed for all chunks at once."""
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


def _content(chunk: Chunk, picture: Picture, last: _Last) -> Iterator[Message]:
    """What changed in what is seen. With another frame rate nothing stands where it stood, so only that is said."""
    if picture.fps != last.plan.picture.fps:
        return
    frames = list(_frames(chunk, picture.fps))
    by = last.shift(chunk, frames, picture.fps)
    pairs = list(last.beside(chunk, frames, by))
    met = [(seen, then) for seen, then in pairs if then is not None and seen.same_source(then)]
    if not met:  # nothing of it was there before, so there is nothing to hold layers and words against
        yield M("other footage stands here")
        return
    if len(met) < len(pairs):
        yield M("the cut changed")
    if any(seen.piece.dissolve != then.piece.dissolve or seen.dissolved != then.dissolved for seen, then in met):
        yield M("the transition changed")
    if any(seen.window != then.window for seen, then in met):
        yield M("the window moved")
    same_size = (picture.width, picture.height) == (last.plan.picture.width, last.plan.picture.height)
    if same_size:  # otherwise every layer and every subtitle was drawn anew
        yield from _layers((seen.laid, then.laid if then is not None else {}) for seen, then in pairs)
        yield from _subtitles(chunk, picture.fps, last, by)


def _layers(pairs: Iterator[tuple[Drawn, Drawn]]) -> Iterator[Message]:
    kinds = dict.fromkeys({**then, **now}[layer] for now, then in pairs for layer in sorted(now.keys() ^ then.keys()))
    for kind in kinds:
        yield M("{layer} changed", layer=KINDS.get(kind, M("a layer over the picture")))


@dataclass(frozen=True)
class _Words:
    """One subtitle: when and what, and how it is set."""

    start_ms: int
    end_ms: int
    text: str
    look: str


def _words(chunk: Chunk) -> list[_Words]:
    if not chunk.ass:
        return []
    script = pysubs2.SSAFile.from_string(chunk.ass, format_="ass")
    look = repr(sorted(script.info.items())) + repr(sorted((name, repr(style)) for name, style in script.styles.items()))
    return [_Words(event.start, event.end, event.plaintext.replace("\n", " "), look + event.text) for event in script.events]


def _subtitles(chunk: Chunk, fps: int, last: _Last, by: int) -> Iterator[Message]:
    """What changed in the subtitles: their words, else their look, else their times."""
    first, end = ((chunk.start_frame + by + place) * 1000 / fps for place in (0, chunk.frames))
    now = _words(chunk)
    then = [words for words in last.words if words.start_ms < end - EARLY_MS and words.end_ms > first]
    changed = _changed_words([words.text for words in now], [words.text for words in then])
    if changed is not None:
        yield changed
    elif [words.look for words in now] != [words.look for words in then]:
        yield M("the look of the subtitles changed")
    elif by and now:
        yield M("its subtitles moved with it on the timeline")
    elif [(words.start_ms, words.end_ms) for words in now] != [(words.start_ms, words.end_ms) for words in then]:
        yield M("a subtitle comes or goes at another time")


def _changed_words(now: Sequence[str], then: Sequence[str]) -> Message | None:
    gone = [text for text in then if text not in now]
    new = [text for text in now if text not in then]
    if gone and new:
        return M("the words of a subtitle changed: {before} → {now}", before=_short(gone), now=_short(new))
    if new:
        return M("a subtitle is new: {words}", words=_short(new))
    return M("a subtitle is gone: {words}", words=_short(gone)) if gone else None


def _short(texts: Sequence[str]) -> str:
    words = " / ".join(texts)
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"

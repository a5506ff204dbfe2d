"""From the edit to the render plan: the timeline cut into chunks, each with all that is seen in it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.documents.clip import Clips
from pipeline.documents.edit import CropKey, CropPath, Edit, Framing
from pipeline.documents.job import PresetName
from pipeline.documents.look import Layer, Look
from pipeline.documents.plan import Chunk, LaidLayer, Picture, RenderPlan, SoundPlan, SourcePiece
from pipeline.render.boundaries import CutRange, chunked
from pipeline.render.bounds import check_bounds, dissolves
from pipeline.store import file_sha256

SHORTEST_CHUNK_S = 1.0
LONGEST_CHUNK_S = 3.0
"""Short enough that one corrected word of a thirty-second video is a tenth of it. Twelve seconds of one 1080p clip at 1080x1920,
`standard`, with a LUT and subtitles cost 25.0 s of processor time in one process, 25.1, 25.0 and 24.8 s in chunks of 5, 4 and 3 s, and
26.8 s in chunks of 2.5 and of 2 s. Six cuts of one second cost 5 % more alone than together."""
PRESETS: Mapping[PresetName, tuple[str, int]] = {"draft": ("superfast", 25), "standard": ("veryfast", 21), "best": ("slow", 18)}
"""x264 preset and constant rate factor."""


def plan_picture(look: Look, preset: PresetName, fonts: Path) -> Picture:
    """What all chunks share."""
    speed, crf = PRESETS[preset]
    return Picture(
        width=look.width,
        height=look.height,
        fps=look.fps,
        crf=crf,
        speed=speed,
        lut=look.lut,
        lut_sha256=file_sha256(Path(look.lut)) if look.lut else "",
        fonts=str(fonts),
    )


def plan_render(
    edit: Edit,
    framing: Framing,
    clips: Clips,
    look: Look,
    *,
    picture: Picture,
    sound: SoundPlan,
    ass_under: Callable[[int, int], str],
    story: str,
    destination: str,
    breaks: Sequence[int] = (),
) -> RenderPlan:
    """The plan of one rendition.

    ass_under: gives the subtitle script that touches the frames [first, last) of the timeline, empty where none does.
    breaks: frames of the timeline at which a split inside a cut is welcome, such as the beginnings of subtitles.
    Raises UserMistake for a cut that shows more of its clip than there is.
    """
    check_bounds(edit, clips)
    chunks: list[Chunk] = []
    at = 0
    for pieces in _pieces(edit, framing, clips, look, breaks):
        frames = sum(piece.frames for piece in pieces)
        laid = tuple(_laid(look, at, frames))
        chunks.append(Chunk(start_frame=at, frames=frames, pieces=tuple(pieces), laid=laid, ass=ass_under(at, at + frames)))
        at += frames
    return RenderPlan(story=story, destination=destination, picture=picture, chunks=tuple(chunks), sound=sound)


def _pieces(edit: Edit, framing: Framing, clips: Clips, look: Look, breaks: Sequence[int]) -> list[list[SourcePiece]]:
    """The pieces of every chunk: cuts, or parts of cuts with their stretch of the crop path."""
    mixed = dissolves(edit)
    limits = {"shortest": round(SHORTEST_CHUNK_S * edit.fps), "longest": round(LONGEST_CHUNK_S * edit.fps)}
    return [[_piece(part, edit, framing, clips, look, mixed) for part in chunk] for chunk in chunked(edit.cuts, mixed, breaks, **limits)]


def _piece(part: CutRange, edit: Edit, framing: Framing, clips: Clips, look: Look, mixed: Sequence[int]) -> SourcePiece:
    cut = edit.cuts[part.place]
    begins = mixed[part.place] if part.first == 0 else 0
    if not cut.clip_id:
        return SourcePiece(
            clip_sha256=file_sha256(Path(look.backdrop)),
            path=look.backdrop,
            video_stream=0,
            still=True,
            source_start_s=0.0,
            longest_gap_s=0.0,
            frames=part.frames,
            width=look.width,
            height=look.height,
            transfer="sdr",
            crop=None,
            dissolve=begins,
        )
    clip = clips.by_id(cut.clip_id)
    ends = part.last == cut.frames and part.place + 1 < len(edit.cuts)
    seen = part.last + (mixed[part.place + 1] if ends else 0)
    return SourcePiece(
        clip_sha256=clip.sha256,
        path=clip.path,
        video_stream=clip.video_stream,
        still=False,
        source_start_s=round(cut.source_start_s + part.first * cut.speed / edit.fps, 9),
        longest_gap_s=clip.longest_gap_s,
        frames=part.frames,
        width=clip.width,
        height=clip.height,
        transfer=clip.transfer,
        crop=_part(framing.paths[part.place], part.first, seen),
        speed=cut.speed,
        dissolve=begins,
    )


def _part(path: CropPath | None, first: int, last: int) -> CropPath | None:
    """The stretch [first, last) of a crop path on its own frames, and nothing of the path beyond it: that is another chunk's."""
    if path is None:
        return None
    frames = sorted({first, *(key.frame for key in path.keys if first < key.frame < last), last - 1})
    keys = [centre_at(path, frame) for frame in frames]
    if len({(key.x, key.y) for key in keys}) == 1:
        keys, frames = keys[:1], frames[:1]
    own = tuple(CropKey(frame=frame - first, x=round(key.x, 9), y=round(key.y, 9)) for frame, key in zip(frames, keys, strict=True))
    return path.model_copy(update={"keys": own})


def centre_at(path: CropPath, frame: int) -> CropKey:
    """The window's centre at a frame, between its keys in a straight line."""
    before = [key for key in path.keys if key.frame <= frame]
    after = [key for key in path.keys if key.frame > frame]
    if not before:
        return path.keys[0]
    if not after:
        return before[-1]
    start, end = before[-1], after[0]
    part = (frame - start.frame) / (end.frame - start.frame)
    return CropKey(frame=frame, x=start.x + (end.x - start.x) * part, y=start.y + (end.y - start.y) * part)


def _laid(look: Look, start: int, frames: int) -> list[LaidLayer]:
    """The layers that are seen in a chunk, on its own frames."""
    laid: list[LaidLayer] = []
    for layer in look.layers:
        for begins, ends, still in _stretches(layer, start, start + frames):
            rests = still and not layer.file.endswith(".png")
            laid.append(
                LaidLayer(
                    key=layer.still_key if rests else layer.key,
                    file=layer.still if rests else layer.file,
                    still=still,
                    x=layer.box.x,
                    y=layer.box.y,
                    first=begins - start,
                    frames=ends - begins,
                    skip=0 if still else begins - layer.start_frame,
                    kind=layer.kind,
                )
            )
    return laid


def _stretches(layer: Layer, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Where between two frames of the timeline a layer moves and where it rests: first frame, the frame after the last, and whether it
    is a picture there.

    A picture is converted once, and the frames of a moving layer each. One that comes and leaves in the same chunk is taken as it is.
    """
    comes, gone = layer.start_frame, layer.start_frame + layer.frames
    rests, leaves = comes + layer.rest_start, comes + layer.rest_end
    whole = (max(comes, start), min(gone, end), layer.file.endswith(".png"))
    if whole[0] >= whole[1]:
        return []
    if whole[2] or not layer.still_key or (whole[0] < rests and leaves < whole[1]):
        return [whole]
    cut = [
        (max(first, start), min(last, end), still)
        for first, last, still in ((comes, rests, False), (rests, leaves, True), (leaves, gone, False))
    ]
    return [stretch for stretch in cut if stretch[0] < stretch[1]]

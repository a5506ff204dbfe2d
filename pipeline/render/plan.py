"""Builds the render plan: the timeline divided into chunks, each with its sources, layers and subtitles."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.documents.clip import Clips
from pipeline.documents.edit import CropKey, CropPath, Edit, Framing
from pipeline.documents.job import PresetName
from pipeline.documents.look import Layer, Look
from pipeline.documents.plan import Chunk, LaidLayer, Picture, RenderPlan, SoundPlan, SourcePiece
from pipeline.render.bounds import check_bounds, dissolve_frames
from pipeline.render.chunk_boundaries import CutRange, divide_into_chunks
from pipeline.store import file_sha256

SHORTEST_CHUNK_S = 1.0
LONGEST_CHUNK_S = 3.0
"""Short enough that one corrected word of a thirty-second video is a tenth of it. Twelve seconds of one 1080p clip at 1080x1920,
`standard`, with a LUT and subtitles cost 25.0 s of processor time in one process, 25.1, 25.0 and 24.8 s in chunks of 5, 4 and 3 s, and
26.8 s in chunks of 2.5 and of 2 s. Six cuts of one second cost 5 % more alone than together."""
PRESETS: Mapping[PresetName, tuple[str, int]] = {"draft": ("superfast", 25), "standard": ("veryfast", 21), "best": ("slow", 18)}
"""x264 preset and constant rate factor."""


def plan_picture(look: Look, preset: PresetName, fonts: Path) -> Picture:
    """Return the picture settings that all chunks share. fonts: folder of the fonts for burned subtitles."""
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
    """Plan one rendition.

    ass_under: returns the ASS script of the subtitles within the frames [first, last) of the timeline; empty where there are none.
    breaks: timeline frames at which a cut is preferably split, such as the first frames of subtitles.
    Raises UserMistake for a cut that needs more of its clip than was filmed.
    """
    check_bounds(edit, clips)
    chunks: list[Chunk] = []
    start_frame = 0
    for pieces in _chunk_pieces(edit, framing, clips, look, breaks):
        frames = sum(piece.frames for piece in pieces)
        laid = tuple(_layers_in(look, start_frame, frames))
        chunks.append(
            Chunk(start_frame=start_frame, frames=frames, pieces=tuple(pieces), laid=laid, ass=ass_under(start_frame, start_frame + frames))
        )
        start_frame += frames
    return RenderPlan(story=story, destination=destination, picture=picture, chunks=tuple(chunks), sound=sound)


def _chunk_pieces(edit: Edit, framing: Framing, clips: Clips, look: Look, breaks: Sequence[int]) -> list[list[SourcePiece]]:
    """The source pieces of every chunk: cuts, or parts of cuts with their stretch of the crop path."""
    dissolves = dissolve_frames(edit)
    limits = {"shortest": round(SHORTEST_CHUNK_S * edit.fps), "longest": round(LONGEST_CHUNK_S * edit.fps)}
    return [
        [_source_piece(part, edit, framing, clips, look, dissolves) for part in chunk]
        for chunk in divide_into_chunks(edit.cuts, dissolves, breaks, **limits)
    ]


def _source_piece(part: CutRange, edit: Edit, framing: Framing, clips: Clips, look: Look, dissolves: Sequence[int]) -> SourcePiece:
    cut = edit.cuts[part.cut_index]
    dissolve = dissolves[part.cut_index] if part.first == 0 else 0
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
            moving=look.moving,
            moving_from=part.first if look.moving is not None else 0,
            dissolve=dissolve,
        )
    clip = clips.by_id(cut.clip_id)
    ends_cut = part.last == cut.frames and part.cut_index + 1 < len(edit.cuts)
    last_shown = part.last + (dissolves[part.cut_index + 1] if ends_cut else 0)
    path = framing.paths[part.cut_index]
    ground = look.ground if path is not None and path.on_ground else ""
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
        fields=clip.fields,
        crop=_crop_stretch(path, part.first, last_shown),
        ground=ground,
        ground_sha256=file_sha256(Path(ground)) if ground else "",
        speed=cut.speed,
        dissolve=dissolve,
    )


def _crop_stretch(path: CropPath | None, first: int, last: int) -> CropPath | None:
    """The stretch [first, last) of a crop path, counted from frame 0; what lies beyond it belongs to another chunk."""
    if path is None:
        return None
    frames = sorted({first, *(key.frame for key in path.keys if first < key.frame < last), last - 1})
    keys = [crop_centre(path, frame) for frame in frames]
    if len({(key.x, key.y) for key in keys}) == 1:
        keys, frames = keys[:1], frames[:1]
    shifted = tuple(CropKey(frame=frame - first, x=round(key.x, 9), y=round(key.y, 9)) for frame, key in zip(frames, keys, strict=True))
    return path.model_copy(update={"keys": shifted})


def crop_centre(path: CropPath, frame: int) -> CropKey:
    """Centre of the crop window at a frame, interpolated linearly between the path's keys."""
    earlier = [key for key in path.keys if key.frame <= frame]
    later = [key for key in path.keys if key.frame > frame]
    if not earlier:
        return path.keys[0]
    if not later:
        return earlier[-1]
    start, end = earlier[-1], later[0]
    fraction = (frame - start.frame) / (end.frame - start.frame)
    return CropKey(frame=frame, x=start.x + (end.x - start.x) * fraction, y=start.y + (end.y - start.y) * fraction)


def _layers_in(look: Look, start: int, frames: int) -> list[LaidLayer]:
    """The layers visible in a chunk, on the chunk's own frames."""
    laid: list[LaidLayer] = []
    for layer in look.layers:
        for first, end, still in _layer_spans(layer, start, start + frames):
            rests = still and not layer.file.endswith(".png")
            laid.append(
                LaidLayer(
                    key=layer.still_key if rests else layer.key,
                    file=layer.still if rests else layer.file,
                    still=still,
                    x=layer.box.x,
                    y=layer.box.y,
                    first=first - start,
                    frames=end - first,
                    skip=0 if still else first - layer.start_frame,
                    kind=layer.kind,
                )
            )
    return laid


def _layer_spans(layer: Layer, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Spans of the timeline frames [start, end) in which a layer moves or rests: first frame, end frame, and whether it is still.

    A still picture is converted once, a moving layer frame by frame. A layer that enters and leaves within one chunk is not divided.
    """
    first_frame, end_frame = layer.start_frame, layer.start_frame + layer.frames
    rest_start, rest_end = first_frame + layer.rest_start, first_frame + layer.rest_end
    visible = (max(first_frame, start), min(end_frame, end), layer.file.endswith(".png"))
    if visible[0] >= visible[1]:
        return []
    if visible[2] or not layer.still_key or (visible[0] < rest_start and rest_end < visible[1]):
        return [visible]
    phases = [
        (max(first, start), min(last, end), still)
        for first, last, still in ((first_frame, rest_start, False), (rest_start, rest_end, True), (rest_end, end_frame, False))
    ]
    return [span for span in phases if span[0] < span[1]]

"""From the edit to the render plan: the timeline cut into chunks, each with all that is seen in it."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from pipeline.documents.clip import Clips
from pipeline.documents.edit import CropKey, CropPath, Edit, Framing
from pipeline.documents.job import PresetName
from pipeline.documents.look import Look
from pipeline.documents.plan import Chunk, Laid, Picture, Piece, RenderPlan, SoundPlan
from pipeline.store import file_sha256

SHORTEST_CHUNK_S = 2.0
LONGEST_CHUNK_S = 5.0
"""Long enough that starting a process costs little, short enough that one corrected word costs little."""
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
) -> RenderPlan:
    """The plan of one rendition.

    ass_under: gives the subtitle script that touches the frames [first, last) of the timeline, empty where none does.
    """
    chunks: list[Chunk] = []
    at = 0
    for pieces in _grouped(_pieces(edit, framing, clips, look), edit.fps):
        frames = sum(piece.frames for piece in pieces)
        laid = tuple(_laid(look, at, frames))
        chunks.append(Chunk(start_frame=at, frames=frames, pieces=tuple(pieces), laid=laid, ass=ass_under(at, at + frames)))
        at += frames
    return RenderPlan(story=story, destination=destination, picture=picture, chunks=tuple(chunks), sound=sound)


def _pieces(edit: Edit, framing: Framing, clips: Clips, look: Look) -> list[Piece]:
    """Cuts as pieces; a long cut is split evenly, its crop path with it."""
    longest = round(LONGEST_CHUNK_S * edit.fps)
    pieces: list[Piece] = []
    for cut, path in zip(edit.cuts, framing.paths, strict=True):
        parts = -(-cut.frames // longest)
        edges = [round(cut.frames * part / parts) for part in range(parts + 1)]
        for first, last in pairwise(edges):
            pieces.append(_piece(cut.clip_id, cut.source_start_s + first / edit.fps, last - first, _part(path, first, last), clips, look))
    return pieces


def _piece(clip_id: str, start_s: float, frames: int, crop: CropPath | None, clips: Clips, look: Look) -> Piece:
    if not clip_id:
        return Piece(
            clip_sha256=file_sha256(Path(look.backdrop)),
            path=look.backdrop,
            video_stream=0,
            still=True,
            source_start_s=0.0,
            longest_gap_s=0.0,
            frames=frames,
            width=look.width,
            height=look.height,
            transfer="sdr",
            crop=None,
        )
    clip = clips.by_id(clip_id)
    return Piece(
        clip_sha256=clip.sha256,
        path=clip.path,
        video_stream=clip.video_stream,
        still=False,
        source_start_s=round(start_s, 6),
        longest_gap_s=clip.longest_gap_s,
        frames=frames,
        width=clip.width,
        height=clip.height,
        transfer=clip.transfer,
        crop=crop,
    )


def _part(path: CropPath | None, first: int, last: int) -> CropPath | None:
    """The stretch [first, last) of a crop path on its own frames."""
    if path is None:
        return None
    inside = [key.model_copy(update={"frame": key.frame - first}) for key in path.keys if first < key.frame < last]
    return path.model_copy(update={"keys": (centre_at(path, first).model_copy(update={"frame": 0}), *inside, *_closing(path, first, last))})


def _closing(path: CropPath, first: int, last: int) -> tuple[CropKey, ...]:
    """The key after the stretch's end: a glide must go on towards it, or the window would stop at the split."""
    later = [key for key in path.keys if key.frame >= last]
    return (later[0].model_copy(update={"frame": later[0].frame - first}),) if later else ()


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


def _grouped(pieces: Sequence[Piece], fps: int) -> list[list[Piece]]:
    """Short pieces share a chunk until it is worth a process."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        held = sum(member.frames for member in groups[-1]) if groups else 0
        if groups and held < SHORTEST_CHUNK_S * fps and held + piece.frames <= LONGEST_CHUNK_S * fps:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _laid(look: Look, start: int, frames: int) -> list[Laid]:
    """The layers that are seen in a chunk, on its own frames."""
    laid: list[Laid] = []
    for layer in look.layers:
        first, last = max(layer.start_frame, start), min(layer.start_frame + layer.frames, start + frames)
        if first >= last:
            continue
        laid.append(
            Laid(
                key=layer.key,
                file=layer.file,
                still=layer.file.endswith(".png"),
                x=layer.box.x,
                y=layer.box.y,
                first=first - start,
                frames=last - first,
                skip=first - layer.start_frame,
            )
        )
    return laid

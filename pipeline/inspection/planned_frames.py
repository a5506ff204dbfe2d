"""Decodes the frames that the plan shows from their sources, small and without overlays."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.documents.edit import CropPath
from pipeline.inspection.context import InspectionContext, PlacedPiece
from pipeline.inspection.decode import Picture, small_size
from pipeline.media import FFMPEG, TOLERANT, ffmpeg_version, run_media
from pipeline.media.frame_selection import filter_chain, select_frames, tone_map_chain
from pipeline.store import content_key

VERSION = 1
Pictures = npt.NDArray[np.uint8]


def render_planned_frames(case: InspectionContext, numbers: Sequence[int]) -> dict[int, Picture]:
    """Decode the planned pictures of timeline frames, as small luma like `DecodedFrame.small`; frames outside the plan are left out.

    Within a dissolve both pieces are mixed. Near frames of one piece are decoded by one ffmpeg process. Raises MediaFault when a source
    cannot be read any more.
    """
    frames: dict[int, Picture] = {}
    for previous, placed in pairwise((None, *case.placed_pieces)):
        assert placed is not None
        for run in _runs(sorted({number for number in numbers if placed.first <= number < placed.end}), case.fps):
            frames |= _piece_frames(case, placed, run)
            dissolved = [number for number in run if number < placed.first + placed.piece.dissolve]
            if dissolved and previous is not None:
                leaving = _piece_frames(case, previous, dissolved)
                for number in dissolved:
                    share = (number - placed.first + 1) / (placed.piece.dissolve + 1)
                    frames[number] = np.round(frames[number] * share + leaving[number] * (1 - share)).astype(np.uint8)
    return frames


def _piece_frames(case: InspectionContext, placed: PlacedPiece, run: Sequence[int]) -> dict[int, Picture]:
    """A piece's pictures at timeline frames, including those after its end, where a dissolve still shows it."""
    pictures = _still_frame(case, placed) if placed.piece.still else _moving_frames(case, placed, run[0], run[-1])
    return {number: pictures[min(number - run[0], len(pictures) - 1)] for number in run}


def _runs(numbers: Iterable[int], near: int) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number - runs[-1][-1] <= near:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _still_frame(case: InspectionContext, placed: PlacedPiece) -> Pictures:
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    return _grey_still(placed.piece.path, (width, height))[None]


def _grey_still(file: str, size: tuple[int, int]) -> Picture:
    with Image.open(file) as picture:
        grey = np.asarray(picture.convert("L"), dtype=np.uint8)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _moving_frames(case: InspectionContext, placed: PlacedPiece, first: int, last: int) -> Pictures:
    """A moving piece's pictures, from the store if possible: a corrected word, or another leader's end card, changes none of them."""
    size = small_size(case.plan.picture.width, case.plan.picture.height)
    # How the piece was divided into chunks does not change its picture.
    piece = {name: value for name, value in placed.piece.content().items() if name not in ("frames", "dissolve")}
    span = (first - placed.first, last - placed.first)
    key = content_key(step="planned", version=VERSION, tool=ffmpeg_version(), piece=piece, span=span, size=size, fps=case.fps)

    def write(part: Path) -> None:
        np.save(part, _decode_planned(case, placed, first, last))

    return np.asarray(np.load(case.store.make("expected", key, ".npy", write)), dtype=np.uint8)


def _decode_planned(case: InspectionContext, placed: PlacedPiece, first: int, last: int) -> Pictures:
    piece, fps = placed.piece, case.fps
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    count = last - first + 1
    start_s = piece.source_start_s + (first - placed.first) * piece.speed / fps
    selection = select_frames(
        piece.path, piece.video_stream, start_s, piece.longest_gap_s, count, fps=fps, speed=piece.speed, fields=piece.fields
    )
    crop = _crop_filter(piece.crop, (first + last) // 2 - placed.first)
    left, top, wide, high = piece.crop.picture_box(width, height) if piece.crop is not None else (0, 0, width, height)
    tone = "" if piece.transfer == "sdr" else f"{tone_map_chain()},"
    small = f"scale={wide}:{high}:flags=area,{tone}scale=out_range=pc,format=gray"
    filters = f"{filter_chain(selection.steps)},scale={piece.width}:{piece.height},{crop}{small}"
    out = case.temporary / "planned.gray"
    options = [word for name, value in selection.options.items() for word in (f"-{name}", value) if word is not None]
    args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *TOLERANT, *options, "-i", f"file:{piece.path}"]
    args += ["-map", f"0:v:{piece.video_stream}", "-vf", filters, "-frames:v", str(count), "-f", "rawvideo", str(out)]
    try:
        run_media(args, name=Path(piece.path).name)
        raw = np.fromfile(out, dtype=np.uint8)
    finally:
        out.unlink(missing_ok=True)
    whole = raw.size // (wide * high)
    if not whole:
        return np.zeros((1, height, width), dtype=np.uint8)
    pictures = raw[: whole * wide * high].reshape(whole, high, wide)
    if (wide, high) == (width, height):
        return pictures
    ground = _grey_still(piece.ground, (width, height)) if piece.ground else np.zeros((height, width), dtype=np.uint8)
    laid = np.repeat(ground[None], whole, axis=0)
    laid[:, top : top + high, left : left + wide] = pictures
    return laid


def _crop_filter(crop: CropPath | None, frame: int) -> str:
    if crop is None or not crop.keys:
        return ""
    at = [key.frame for key in crop.keys]
    x = float(np.interp(frame, at, [key.x for key in crop.keys])) - crop.width / 2
    y = float(np.interp(frame, at, [key.y for key in crop.keys])) - crop.height / 2
    width, height = min(1.0, crop.width), min(1.0, crop.height)
    x, y = min(max(x, 0.0), 1 - width), min(max(y, 0.0), 1 - height)
    return f"crop=iw*{width:.5f}:ih*{height:.5f}:iw*{x:.5f}:ih*{y:.5f},"

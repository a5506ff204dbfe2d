"""Decodes the frames that the plan shows from their sources, small and without overlays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.documents.edit import CropPath
from pipeline.inspection.context import InspectionContext, PlacedPiece
from pipeline.inspection.decode import Picture, small_size
from pipeline.media import FFMPEG, TOLERANT, Child, ffmpeg_version, run_side_by_side
from pipeline.media.frame_selection import filter_chain, select_frames, tone_map_chain
from pipeline.store import content_key

VERSION = 1
KIND, SUFFIX = "expected", ".npy"
AT_ONCE = 2
Pictures = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Run:
    """Frames of one piece that are decoded together; also those after its end, where a dissolve still shows it."""

    placed: PlacedPiece
    numbers: tuple[int, ...]


def render_planned_frames(case: InspectionContext, numbers: Sequence[int]) -> dict[int, Picture]:
    """Decode the planned pictures of timeline frames, as small luma like `DecodedFrame.small`; frames outside the plan are left out.

    Within a dissolve both pieces are mixed. Near frames of one piece are decoded by one ffmpeg process, and kept in the store. Raises
    MediaFault when a source cannot be read any more.
    """
    run_side_by_side(decoding_processes(case, numbers), at_once=AT_ONCE)
    frames: dict[int, Picture] = {}
    for run, leaving in _runs(case, numbers):
        frames |= _pictures(case, run)
        for number, before in (_pictures(case, leaving) if leaving is not None else {}).items():
            share = (number - run.placed.first + 1) / (run.placed.piece.dissolve + 1)
            frames[number] = np.round(frames[number] * share + before * (1 - share)).astype(np.uint8)
    return frames


def decoding_processes(case: InspectionContext, numbers: Sequence[int]) -> list[Child]:
    """Return the processes that decode what `render_planned_frames` needs for these frames and the store lacks."""
    runs = {_key(case, run): run for pair in _runs(case, numbers) for run in pair if run is not None and not run.placed.piece.still}
    return [_process(case, run, key) for key, run in runs.items() if not case.store.has(KIND, key, SUFFIX)]


def _runs(case: InspectionContext, numbers: Sequence[int]) -> Iterator[tuple[_Run, _Run | None]]:
    """Yield each piece's frames in runs of near ones; with them those of the piece before that a dissolve still shows."""
    for previous, placed in pairwise((None, *case.placed_pieces)):
        assert placed is not None
        for near in _near(sorted({number for number in numbers if placed.first <= number < placed.end}), case.fps):
            dissolved = tuple(number for number in near if number < placed.first + placed.piece.dissolve)
            yield _Run(placed, tuple(near)), _Run(previous, dissolved) if dissolved and previous is not None else None


def _pictures(case: InspectionContext, run: _Run) -> dict[int, Picture]:
    """A run's pictures by their timeline frames."""
    pictures = _still_frame(case, run.placed) if run.placed.piece.still else _stored(case, run)
    return {number: pictures[min(number - run.numbers[0], len(pictures) - 1)] for number in run.numbers}


def _near(numbers: Iterable[int], near: int) -> list[list[int]]:
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


def _key(case: InspectionContext, run: _Run) -> str:
    """Content key of a run's pictures: a corrected word, or another leader's end card, changes none of them."""
    size = small_size(case.plan.picture.width, case.plan.picture.height)
    # How the piece was divided into chunks does not change its picture.
    piece = {name: value for name, value in run.placed.piece.content().items() if name not in ("frames", "dissolve")}
    span = (run.numbers[0] - run.placed.first, run.numbers[-1] - run.placed.first)
    return content_key(step="planned", version=VERSION, tool=ffmpeg_version(), piece=piece, span=span, size=size, fps=case.fps)


def _stored(case: InspectionContext, run: _Run) -> Pictures:
    path = case.store.find(KIND, _key(case, run), SUFFIX)
    assert path is not None
    return np.asarray(np.load(path), dtype=np.uint8)


def _process(case: InspectionContext, run: _Run, key: str) -> Child:
    """The process that decodes a run's pictures and puts them into the store."""
    placed, piece, fps, first, last = run.placed, run.placed.piece, case.fps, run.numbers[0], run.numbers[-1]
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    count = last - first + 1
    start_s = piece.source_start_s + (first - placed.first) * piece.speed / fps
    selection = select_frames(
        piece.path, piece.video_stream, start_s, piece.longest_gap_s, count, fps=fps, speed=piece.speed, fields=piece.fields
    )
    crop = _crop_filter(piece.crop, (first + last) // 2 - placed.first)
    _, _, wide, high = piece.crop.picture_box(width, height) if piece.crop is not None else (0, 0, width, height)
    tone = "" if piece.transfer == "sdr" else f"{tone_map_chain()},"
    small = f"scale={wide}:{high}:flags=area,{tone}scale=out_range=pc,format=gray"
    filters = f"{filter_chain(selection.steps)},scale={piece.width}:{piece.height},{crop}{small}"
    out = case.temporary / f"{key}.gray"
    options = [word for name, value in selection.options.items() for word in (f"-{name}", value) if word is not None]
    args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *TOLERANT, *options, "-i", f"file:{piece.path}"]
    args += ["-map", f"0:v:{piece.video_stream}", "-vf", filters, "-frames:v", str(count), "-f", "rawvideo", str(out)]

    def keep(_log: str) -> None:
        raw = np.fromfile(out, dtype=np.uint8)
        out.unlink()
        pictures = _laid_out(case, placed, raw[: raw.size // (wide * high) * wide * high].reshape(-1, high, wide))
        case.store.make(KIND, key, SUFFIX, lambda part: np.save(part, pictures))

    return Child(args, Path(piece.path).name, after=keep)


def _laid_out(case: InspectionContext, placed: PlacedPiece, pictures: Pictures) -> Pictures:
    """Pictures (count, rows, columns) on the piece's ground where they do not fill the video's; a black one where there is none."""
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    piece, (whole, high, wide) = placed.piece, pictures.shape
    if not whole:
        return np.zeros((1, height, width), dtype=np.uint8)
    if (wide, high) == (width, height):
        return pictures
    left, top, _, _ = piece.crop.picture_box(width, height) if piece.crop is not None else (0, 0, width, height)
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

"""What the plan would show at a stretch of the timeline: the sources themselves, without overlays, small."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.documents.edit import CropPath
from pipeline.inspection.case import Case, PlacedPiece
from pipeline.inspection.reading import Picture, small_size
from pipeline.media import FFMPEG, ffmpeg_version, run_media
from pipeline.media.frames import chain, tone_map_chain, way_to
from pipeline.store import content_key

VERSION = 1
Pictures = npt.NDArray[np.uint8]


def planned_frames(case: Case, numbers: Sequence[int]) -> dict[int, Picture]:
    """The planned picture at timeline frames, as small luma like `Seen.small`; frames outside the plan are left out.

    In a dissolve it is the mix of both pieces. Runs of near frames of one piece cost one ffmpeg process. Raises MediaFault when a source
    cannot be read any more.
    """
    found: dict[int, Picture] = {}
    for before, placed in pairwise((None, *case.placed)):
        assert placed is not None
        for run in _runs(sorted({number for number in numbers if placed.first <= number < placed.end}), case.fps):
            found |= _shown(case, placed, run)
            mixed = [number for number in run if number < placed.first + placed.piece.dissolve]
            if mixed and before is not None:
                leaving = _shown(case, before, mixed)
                for number in mixed:
                    part = (number - placed.first + 1) / (placed.piece.dissolve + 1)
                    found[number] = np.round(found[number] * part + leaving[number] * (1 - part)).astype(np.uint8)
    return found


def _shown(case: Case, placed: PlacedPiece, run: Sequence[int]) -> dict[int, Picture]:
    """What a piece shows at timeline frames, those after its end included: there a dissolve still shows its footage."""
    pictures = _still(case, placed) if placed.piece.still else _moving(case, placed, run[0], run[-1])
    return {number: pictures[min(number - run[0], len(pictures) - 1)] for number in run}


def _runs(numbers: Iterable[int], near: int) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number - runs[-1][-1] <= near:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _still(case: Case, placed: PlacedPiece) -> Pictures:
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    with Image.open(placed.piece.path) as picture:
        grey = np.asarray(picture.convert("L"), dtype=np.uint8)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)[None]


def _moving(case: Case, placed: PlacedPiece, first: int, last: int) -> Pictures:
    """From the store where they were taken before: one corrected word, or another leader's end card, changes none of them."""
    size = small_size(case.plan.picture.width, case.plan.picture.height)
    # Where the piece was cut into chunks is nothing of its picture.
    piece = placed.piece.model_dump(mode="json", exclude={"path", "frames", "dissolve"})
    span = (first - placed.first, last - placed.first)
    key = content_key(step="planned", version=VERSION, tool=ffmpeg_version(), piece=piece, span=span, size=size, fps=case.fps)

    def take(part: Path) -> None:
        np.save(part, _taken(case, placed, first, last))

    return np.asarray(np.load(case.store.make("expected", key, ".npy", take)), dtype=np.uint8)


def _taken(case: Case, placed: PlacedPiece, first: int, last: int) -> Pictures:
    piece, fps = placed.piece, case.fps
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    count = last - first + 1
    start_s = piece.source_start_s + (first - placed.first) * piece.speed / fps
    way = way_to(piece.path, piece.video_stream, start_s, piece.longest_gap_s, count, fps=fps, speed=piece.speed)
    crop = _crop_filter(piece.crop, (first + last) // 2 - placed.first)
    tone = "" if piece.transfer == "sdr" else f"{tone_map_chain()},"
    small = f"scale={width}:{height}:flags=area,{tone}scale=out_range=pc,format=gray"
    filters = f"{chain(way.steps)},scale={piece.width}:{piece.height},{crop}{small}"
    out = case.temporary / "planned.gray"
    options = [word for name, value in way.options.items() for word in (f"-{name}", value) if word is not None]
    args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *options, "-i", f"file:{piece.path}"]
    args += ["-map", f"0:v:{piece.video_stream}", "-vf", filters, "-frames:v", str(count), "-f", "rawvideo", str(out)]
    try:
        run_media(args, name=Path(piece.path).name)
        raw = np.fromfile(out, dtype=np.uint8)
    finally:
        out.unlink(missing_ok=True)
    whole = raw.size // (width * height)
    if not whole:
        return np.zeros((1, height, width), dtype=np.uint8)
    return raw[: whole * width * height].reshape(whole, height, width)


def _crop_filter(crop: CropPath | None, frame: int) -> str:
    if crop is None or not crop.keys:
        return ""
    at = [key.frame for key in crop.keys]
    x = float(np.interp(frame, at, [key.x for key in crop.keys])) - crop.width / 2
    y = float(np.interp(frame, at, [key.y for key in crop.keys])) - crop.height / 2
    x, y = min(max(x, 0.0), 1 - crop.width), min(max(y, 0.0), 1 - crop.height)
    return f"crop=iw*{crop.width:.5f}:ih*{crop.height:.5f}:iw*{x:.5f}:ih*{y:.5f},"

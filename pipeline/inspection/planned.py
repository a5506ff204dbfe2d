"""What the plan would show at a stretch of the timeline: the sources themselves, without overlays, small."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.documents.edit import CropPath
from pipeline.inspection.case import Case, Placed
from pipeline.inspection.reading import Picture, small_size
from pipeline.media import FFMPEG, run_media
from pipeline.media.frames import TICKS, frame_clock, seek_second, tone_map_chain

Pictures = npt.NDArray[np.uint8]


def planned_frames(case: Case, numbers: Sequence[int]) -> dict[int, Picture]:
    """The planned picture at timeline frames, as small luma like `Seen.small`; frames outside the plan are left out.

    Runs of near frames of one piece cost one ffmpeg process. Raises MediaFault when a source cannot be read any more.
    """
    found: dict[int, Picture] = {}
    for placed in case.placed:
        wanted = sorted({number for number in numbers if placed.first <= number < placed.end})
        for run in _runs(wanted, case.fps):
            pictures = _still(case, placed) if placed.piece.still else _moving(case, placed, run[0], run[-1])
            for number in run:
                found[number] = pictures[min(number - run[0], len(pictures) - 1)]
    return found


def _runs(numbers: Iterable[int], near: int) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number - runs[-1][-1] <= near:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _still(case: Case, placed: Placed) -> Pictures:
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    with Image.open(placed.piece.path) as picture:
        grey = np.asarray(picture.convert("L"), dtype=np.uint8)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)[None]


def _moving(case: Case, placed: Placed, first: int, last: int) -> Pictures:
    piece, fps = placed.piece, case.fps
    width, height = small_size(case.plan.picture.width, case.plan.picture.height)
    seek = seek_second(piece.source_start_s, piece.longest_gap_s)
    slot, shift = frame_clock(piece.source_start_s - seek, fps)
    start = slot + first - placed.first
    count = last - first + 1
    crop = _crop_filter(piece.crop, (first + last) // 2 - placed.first)
    tone = "" if piece.transfer == "sdr" else f"{tone_map_chain()},"
    chain = (
        f"settb=1/{fps * TICKS},setpts=PTS{shift:+d},fps={fps}:start_time=0,"
        f"tpad=stop_mode=clone:stop=-1,trim=start_frame={start}:end_frame={start + count},"
        f"setpts=PTS-STARTPTS,{crop}scale={width}:{height}:flags=area,{tone}scale=out_range=pc,format=gray"
    )
    out = case.temporary / "planned.gray"
    args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", "-ss", str(seek), "-i", f"file:{piece.path}"]
    args += ["-map", f"0:v:{piece.video_stream}", "-vf", chain, "-frames:v", str(count), "-f", "rawvideo", str(out)]
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

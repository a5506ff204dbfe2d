"""Covers in a platform's shapes: a good frame of the finished video, cropped or framed, with its title where no crop cuts it."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from pipeline.documents.base import Span
from pipeline.documents.destination import Destination
from pipeline.documents.message import M
from pipeline.documents.release import CoverFile
from pipeline.errors import Fault
from pipeline.media.still import save_still
from pipeline.publish.handoff.cover_title import TitleStyle, draw_title
from pipeline.publish.handoff.form import form_names, load_form
from pipeline.store import scratch_folder, write_atomically

SHORT_SIDE = 1080
"""Shorter side of a cover, pixels."""
QUALITY = 90
FRAMES_SCORED = 12
"""Frames that are scored."""
MIN_CROP_SHARE = 0.55
"""A crop that would keep less of the picture than this share cuts people in two: the whole picture is set on its blurred self instead."""
MARGIN = 0.06
"""Of the shorter side, between the title and the edge of every crop."""
GOOD_LIGHT = (60.0, 190.0)
"""Mean brightness of 255 within which a frame is neither dark nor washed out."""
_FROM, _TO = 0.06, 0.88
"""Where frames are taken, in shares of the length: not out of a fade at its beginning, not off the end card."""

Picture = NDArray[np.uint8]


def make_covers(
    video: Path,
    destination: Destination,
    title: str,
    folder: Path,
    *,
    at_s: float | None = None,
    busy: Sequence[Span] = (),
    names: Iterable[str] = (),
    ai_label: str = "",
    style: TitleStyle | None = None,
) -> tuple[CoverFile, ...]:
    """Make one cover for each shape of the destination, in `folder` under names that carry their content's hash.

    video: the finished file. title: set in type; empty for none. at_s: the frame, seconds; None for the best one outside of `busy`,
    the stretches in which titles, subtitles or cards stand on the picture. names: words that no line break may tear.
    ai_label: what must stand on a picture out of generated footage; a crop may have cut off the video's own.
    Raises MediaFault or Fault when the video cannot be read, DiskFault when the folder cannot be written.
    """
    if not destination.cover_shapes:
        return ()
    crops = load_form(destination.name).cover_crops if destination.name in form_names() else ()
    with scratch_folder() as scratch:
        still = scratch / "frame.png"
        save_still(video, best_frame_s(video, busy) if at_s is None else at_s, still, width=_width(video))
        with Image.open(still) as opened:
            frame = opened.convert("RGB")
    made = []
    for shape in destination.cover_shapes:
        ground, beside = _cropped_or_framed(frame, shape)
        picture = _with_title(ground, title, safe_box(*beside, crops), style or TitleStyle(), names, ai_label)
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=QUALITY, subsampling=0)
        sha256 = hashlib.sha256(content.getvalue()).hexdigest()
        path = folder / f"{destination.name}-{shape.replace(':', 'x')}-{sha256[:12]}.jpg"
        if not path.is_file() or path.read_bytes() != content.getvalue():
            write_atomically(path, content.getvalue())
        made.append(
            CoverFile(path=str(path), sha256=sha256, size_bytes=len(content.getvalue()), width=picture.width, height=picture.height)
        )
    return tuple(made)


def best_frame_s(video: Path, busy: Sequence[Span] = ()) -> float:
    """Return the time, in seconds, of a sharp, well lit frame with detail; outside of `busy` where there is any such time."""
    try:
        with av.open(str(video), metadata_errors="replace") as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            length_s = float(container.duration or 0) / av.time_base or 1.0
            times = _times(length_s, busy)
            frames = [(at, _frame_at(container, stream, at)) for at in times]
    except (OSError, IndexError) as error:
        raise Fault(M("{path} could not be read: {error}", path=str(video), error=type(error).__name__)) from error
    weighed = [(_frame_score(frame), -position, at) for position, (at, frame) in enumerate(frames) if frame is not None]
    return max(weighed)[2] if weighed else length_s / 3


def _times(length_s: float, busy: Sequence[Span]) -> list[float]:
    even = np.linspace(_FROM * length_s, _TO * length_s, 8 * FRAMES_SCORED).tolist()
    free = [at for at in even if not any(span.start_s - 0.1 <= at <= span.end_s + 0.1 for span in busy)] or even
    return [free[round(position)] for position in np.linspace(0, len(free) - 1, min(FRAMES_SCORED, len(free)))]


def _frame_at(container: av.container.InputContainer, stream: av.VideoStream, at_s: float) -> Picture | None:
    zero = float(container.start_time or 0) / av.time_base
    container.seek(round((at_s + zero) * av.time_base))
    try:
        for frame in container.decode(stream):
            if frame.time is not None and frame.time - zero >= at_s - 0.05:
                return frame.reformat(180, round(180 * frame.height / frame.width / 2) * 2, "bgr24").to_ndarray().astype(np.uint8)
    except av.FFmpegError:
        return None
    return None


def _frame_score(frame: Picture) -> float:
    """Score of a frame: logarithm of its detail, contrast and colour, less a penalty for bad light."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    detail = float(np.log1p(cv2.Laplacian(grey, cv2.CV_64F).var()))
    light, (low, high) = float(grey.mean()), GOOD_LIGHT
    fine = max(0.0, low - light, light - high) / 20
    colour = float(cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)[..., 1].mean()) / 255
    contrast = min(1.0, float(grey.std()) / 50)
    return detail + 1.5 * contrast + colour - fine


def _width(video: Path) -> int:
    """Width at which the frame's shorter side is a cover's."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        return round(SHORT_SIDE * stream.width / min(stream.width, stream.height) / 2) * 2


def _size(shape: str) -> tuple[int, int]:
    ratio = Fraction(*map(int, shape.split(":")))
    return (SHORT_SIDE, round(SHORT_SIDE / ratio)) if ratio <= 1 else (round(SHORT_SIDE * ratio), SHORT_SIDE)


def _cropped_or_framed(frame: Image.Image, shape: str) -> tuple[Image.Image, tuple[int, int]]:
    """Frame in a shape, and the size of its part, from the top left, that the title may stand in."""
    width, height = _size(shape)
    frame_ratio, cover_ratio = frame.width / frame.height, width / height
    if min(frame_ratio, cover_ratio) / max(frame_ratio, cover_ratio) >= MIN_CROP_SHARE:
        centre = (_crop_centre(frame, cover_ratio), 0.45)
        return ImageOps.fit(frame, (width, height), Image.Resampling.LANCZOS, centering=centre), (width, height)
    ground = ImageOps.fit(frame, (width, height), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(SHORT_SIDE / 24))
    ground = ImageEnhance.Brightness(ground).enhance(0.6)
    whole = ImageOps.contain(frame, (width, height), Image.Resampling.LANCZOS)
    if frame_ratio < cover_ratio:
        left = width - whole.width - (width - whole.width) // 6
        ground.paste(whole, (left, 0))
        return ground, (left, height)
    ground.paste(whole, (0, round((height - whole.height) * 0.36)))
    return ground, (width, height)


def _crop_centre(frame: Image.Image, ratio: float) -> float:
    """Where a narrower crop of a frame has the most to show, 0 (left) to 1 (right)."""
    if ratio >= frame.width / frame.height:
        return 0.5
    grey = np.asarray(frame.convert("L").resize((96, 54)), dtype=np.float64)
    detail = np.abs(np.diff(grey, axis=1)).sum(axis=0)
    wide = max(1, round(ratio * frame.height / frame.width * detail.size))
    sums = np.convolve(detail, np.ones(wide), mode="valid")
    # Near the middle when little speaks against it: that is where people put what they film.
    sums *= 1 - 0.25 * np.abs(np.linspace(-1, 1, sums.size))
    return float(np.argmax(sums)) / max(1, sums.size - 1)


def safe_box(width: int, height: int, crops: Sequence[str]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom, in pixels, of what every centred crop keeps, less a margin. crops: shapes, 3:4 for example."""
    wide, high = float(width), float(height)
    for crop in crops:
        ratio = Fraction(*map(int, crop.split(":")))
        wide, high = min(wide, height * float(ratio)), min(high, width / float(ratio))
    margin = MARGIN * min(width, height)
    left, top = (width - wide) / 2 + margin, (height - high) / 2 + margin
    return round(left), round(top), round(width - left), round(height - top)


def _with_title(
    picture: Image.Image, title: str, box: tuple[int, int, int, int], style: TitleStyle, names: Iterable[str], ai_label: str
) -> Image.Image:
    left, top, right, bottom = box
    whole = picture.convert("RGBA")
    label = draw_title(ai_label, (right - left) // 4, SHORT_SIDE // 20, style, most_lines=1)
    if label is not None:
        edge = SHORT_SIDE // 90
        whole.alpha_composite(Image.new("RGBA", (label.width + 2 * edge, label.height + edge), "#00000099"), (left, top))
        whole.alpha_composite(label, (left + edge, top))
    set_type = draw_title(title, right - left, round((bottom - top) * 0.55), style, names=names)
    if set_type is not None:
        bar, begin = SHORT_SIDE // 120, bottom - set_type.height
        whole.alpha_composite(_scrim(picture.size, begin - set_type.height // 2, bottom))
        whole.paste(style.accent, (left, begin - 3 * bar, left + (right - left) // 6, begin - bar))
        whole.alpha_composite(set_type, (left - SHORT_SIDE // 90, begin))
    return whole.convert("RGB")


def _scrim(size: tuple[int, int], begin: int, full: int) -> Image.Image:
    """Darkness that grows from `begin` down to `full`, so that white letters read on any picture."""
    rows = np.clip((np.arange(size[1]) - begin) / max(1, full - begin), 0.0, 1.0)
    levels = np.repeat((rows * 165).astype(np.uint8)[:, None], size[0], axis=1)
    black = Image.new("RGBA", size, "#000000")
    black.putalpha(Image.fromarray(levels))
    return black

"""Which of many photos are shown: no screenshots, of a burst the sharpest, and a dozen over the whole time."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pipeline.documents.message import M, Message
from pipeline.media.perceptual_hash import differing_bits, perceptual_hash
from pipeline.media.pictures import PictureTooLarge, open_picture

MOST_PHOTOS = 12
"""As many as fill half a minute: a photo is a change beside film, not the film."""
MOST_LOOKED_AT = 60
"""Each takes a few hundredths of a second, one in HEIC a few tenths."""
LOOKED_AT_PX = 640
SAME_BITS = 10
"""Of 64: photos of a burst differ in no more."""
SHORTEST_SIDE = 300
"""Pixels. What is smaller is a sticker, an icon or a preview."""
SCREENSHOT_NAME = re.compile(r"screen ?_?-?shot|截图|截屏|屏幕快照", re.IGNORECASE)
PAPER_NAME = re.compile(
    r"同意书|授权书|承诺书|身份证|户口|银行卡|合同|协议|营业执照|许可证|证书|发票|收据|快递单|名单|consent|contract|invoice", re.IGNORECASE
)
"""What a volunteer lays beside the clips and nobody must see in a video."""
PAPER_LIGHT, PAPER_COLOUR = 0.5, 0.04
"""Share of a page's pixels that are light and grey at least, and that have a colour at most: a red stamp has two in a hundred."""
SCREEN_SHAPE = 1.9
"""A PNG this much longer than wide, or more, is what a phone's screen showed: its cameras take 4:3 and 16:9."""


@dataclass(frozen=True)
class DroppedPhoto:
    """A photo in the dropped folder, by its name there."""

    path: Path
    name: str


@dataclass(frozen=True)
class _Look:
    photo: DroppedPhoto
    print_: str
    sharpness: float


@dataclass(frozen=True)
class PhotoChoice:
    """The photos to show, in the order that they were given, and for each other one why it is not."""

    shown: tuple[DroppedPhoto, ...]
    left: tuple[tuple[DroppedPhoto, Message], ...]


def choose_photos(photos: Sequence[DroppedPhoto], progress: Callable[[float], None] = lambda _: None) -> PhotoChoice:
    """Choose photos to show. photos: in the order they were taken."""
    looked_at = _evenly(photos, MOST_LOOKED_AT)
    left: dict[DroppedPhoto, Message] = {}
    distinct: list[_Look] = []
    for index, photo in enumerate(looked_at):
        progress(index / len(looked_at))
        look = _look(photo)
        if isinstance(look, Message):
            left[photo] = look
            continue
        alike = next((other for other in distinct if differing_bits(other.print_, look.print_) <= SAME_BITS), None)
        if alike is None:
            distinct.append(look)
            continue
        better, worse = (look, alike) if look.sharpness > alike.sharpness else (alike, look)
        distinct[distinct.index(alike)] = better
        left[worse.photo] = M("{name} looks like {other}, which is sharper.", name=worse.photo.name, other=better.photo.name)
    shown = _evenly([look.photo for look in distinct], MOST_PHOTOS)
    enough = {
        photo: M("{name}: there are enough photos, a video shows {most} at most.", name=photo.name, most=MOST_PHOTOS)
        for photo in photos
        if photo not in shown and photo not in left
    }
    every = {**left, **enough}
    return PhotoChoice(tuple(shown), tuple((photo, every[photo]) for photo in photos if photo in every))


def _evenly(photos: Sequence[DroppedPhoto], most: int) -> list[DroppedPhoto]:
    """At most so many of them, spread over all."""
    if len(photos) <= most:
        return list(photos)
    return [photos[round(index * (len(photos) - 1) / (most - 1))] for index in range(most)]


def _look(photo: DroppedPhoto) -> "_Look | Message":
    """What a photo looks like, or why it is not shown."""
    name = photo.name
    try:
        with open_picture(photo.path) as opened:
            wide, high = opened.size
            if min(wide, high) < SHORTEST_SIDE:
                return M("{name} is too small to be shown ({size} pixels).", name=name, size=f"{wide}×{high}")
            if SCREENSHOT_NAME.search(name) or (opened.format == "PNG" and max(wide, high) >= SCREEN_SHAPE * min(wide, high)):
                return M("{name} is a screenshot; it is not shown.", name=name)
            if PAPER_NAME.search(name):
                return paper(name)
            opened.draft("RGB", (LOOKED_AT_PX, LOOKED_AT_PX))
            small = ImageOps.exif_transpose(opened).convert("RGB")
            small.thumbnail((LOOKED_AT_PX, LOOKED_AT_PX), Image.Resampling.BOX)
    except PictureTooLarge:
        return M("{name} has too many pixels to be shown.", name=name)
    except (OSError, ValueError, SyntaxError):
        return unreadable_photo(name)
    grey = np.asarray(small.convert("L"))
    if zxingcpp.read_barcodes(grey):
        return M("{name} shows a code; codes of your own are not shown, because nobody knows where they lead.", name=name)
    if _is_paper(np.asarray(small)):
        return paper(name)
    sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
    return _Look(photo, perceptual_hash(grey), sharpness)


def _is_paper(picture: NDArray[np.uint8]) -> bool:
    """Whether a photo shows a page of print or handwriting: light and grey almost everywhere. picture: RGB."""
    colour, light = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)[..., 1], picture.max(axis=2)
    return bool(np.mean((colour < 45) & (light > 140)) > PAPER_LIGHT and np.mean(colour > 90) < PAPER_COLOUR)


def paper(name: str) -> Message:
    """Why a photo of a paper is not shown."""
    return M("{name} looks like a paper; papers are not shown.", name=name)


def unreadable_photo(name: str) -> Message:
    """Why a photo that does not decode is not shown."""
    return M("{name} is a photo that cannot be read. Copy it again from the phone.", name=name)

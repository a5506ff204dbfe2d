"""Opens still pictures that people give: their size is known before a pixel is read."""

from functools import cache
from pathlib import Path
from typing import BinaryIO

from PIL import Image

MAX_MEGAPIXELS = 60
"""A phone's largest photo has 50; a picture of a few kilobytes may say that it has a thousand, and then takes 4 GB."""


class PictureTooLarge(Exception):
    """A picture has more than `MAX_MEGAPIXELS`."""


def open_picture(source: Path | BinaryIO) -> Image.Image:
    """Open a picture without reading its pixels, to be closed by the caller.

    Raises PictureTooLarge, and OSError, ValueError or SyntaxError for what is no picture.
    """
    _know_heic()
    try:
        picture = Image.open(source)
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error
    if picture.width * picture.height > MAX_MEGAPIXELS * 1_000_000:
        picture.close()
        raise PictureTooLarge
    return picture


@cache
def _know_heic() -> None:
    """Have Pillow read what iPhones save."""
    from pillow_heif import register_heif_opener

    register_heif_opener()

"""Pictures for a page, re-encoded so that place and device, which phones write into photos, are not published."""

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.documents.message import M
from pipeline.network.errors import Rejected
from pipeline.publish.platforms.shelf.storage import MediaFile, generated_file
from pipeline.store.disk import error_reason

LONGEST_SIDE = 1280
"""Longest side of a cover or photo on a page, pixels: sharp on a phone with three pixels per point, and small to send."""


def page_picture(source: Path, kind: str) -> tuple[MediaFile, tuple[int, int]]:
    """Return a cover or photo as JPEG, and its size in pixels. The same file gives the same bytes. Raises Rejected for no picture."""
    try:
        with Image.open(source) as opened:
            upright = ImageOps.exif_transpose(opened)
            if upright.mode in ("RGBA", "LA", "P"):
                shaped = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", shaped.size, "white"), shaped)
            picture = upright.convert("RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        picture.info.clear()
        drawn = io.BytesIO()
        picture.save(drawn, "JPEG", quality=86, optimize=True)
    except FileNotFoundError:
        raise Rejected(M("{path} is missing, so the story cannot be put on the shelf.", path=str(source))) from None
    except (UnidentifiedImageError, SyntaxError, ValueError):
        raise Rejected(M("{path} is not a picture that can be read.", path=str(source))) from None
    except OSError as error:
        raise Rejected(M("{path} could not be read: {error}", path=str(source), error=error_reason(error))) from None
    return generated_file(kind, ".jpg", drawn.getvalue()), picture.size

"""Which of a release's covers a platform that takes one gets, and what can be wrong with it."""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.documents.release import CoverFile, Release
from pipeline.network.errors import Rejected


def nearest_cover(release: Release) -> CoverFile | None:
    """The one that is nearest to the video's own shape; None where there is none."""
    video = release.video
    return min(release.covers, key=lambda cover: abs(math.log(cover.width / cover.height * video.height / video.width)), default=None)


def cover_problems(release: Release, most_bytes: int) -> Iterator[Message]:
    """Where a platform must have one, a JPEG or PNG picture of fewer than `most_bytes`, and there is none."""
    cover, most = nearest_cover(release), f"{most_bytes / 1e6:g}"
    if cover is None:
        yield M("a cover is missing: a JPEG or PNG picture below {most} MB", most=most)
    elif cover.size_bytes >= most_bytes or Path(cover.path).suffix.lower() not in (".jpg", ".jpeg", ".png"):
        yield M("the cover {path} is not a JPEG or PNG picture below {most} MB", path=cover.path, most=most)


def cover_file(release: Release) -> tuple[str, bytes, str]:
    """File name, content and media type of the nearest one. Raises Refused when it is no longer the one that was prepared."""
    cover = nearest_cover(release)
    picture = Path(cover.path).read_bytes() if cover else b""
    if cover is None or hashlib.sha256(picture).hexdigest() != cover.sha256:
        path = cover.path if cover else "–"
        raise Rejected(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=path))
    return ("cover.png", picture, "image/png") if picture.startswith(b"\x89PNG") else ("cover.jpg", picture, "image/jpeg")

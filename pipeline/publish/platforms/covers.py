"""The one cover that a platform gets of a release's covers, and its problems."""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.documents.release import CoverFile, Release
from pipeline.network.errors import Rejected


def nearest_cover(release: Release) -> CoverFile | None:
    """Return the cover whose shape is nearest to the video's; None where there is no cover."""
    video = release.video
    return min(release.covers, key=lambda cover: abs(math.log(cover.width / cover.height * video.height / video.width)), default=None)


def cover_problems(release: Release, most_bytes: int) -> Iterator[Message]:
    """Problems of the cover where a platform requires one: a JPEG or PNG picture of fewer than `most_bytes`."""
    cover, most = nearest_cover(release), f"{most_bytes / 1e6:g}"
    if cover is None:
        yield M("a cover is missing: a JPEG or PNG picture below {most} MB", most=most)
    elif cover.size_bytes >= most_bytes or Path(cover.path).suffix.lower() not in (".jpg", ".jpeg", ".png"):
        yield M("the cover {path} is not a JPEG or PNG picture below {most} MB", path=cover.path, most=most)


def cover_file(release: Release) -> tuple[str, bytes, str]:
    """Return file name, content and media type of the nearest cover. Raises Rejected when it was changed since it was prepared."""
    cover = nearest_cover(release)
    picture = Path(cover.path).read_bytes() if cover else b""
    if cover is None or hashlib.sha256(picture).hexdigest() != cover.sha256:
        path = cover.path if cover else "–"
        raise Rejected(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=path))
    return ("cover.png", picture, "image/png") if picture.startswith(b"\x89PNG") else ("cover.jpg", picture, "image/jpeg")

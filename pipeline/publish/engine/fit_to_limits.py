"""From a video that a platform does not take to what is asked of the next one: fewer bytes, fewer seconds, another shape."""

import math
from collections.abc import Mapping

from pipeline.documents.destination import Destination
from pipeline.documents.job import LEAST_SECONDS, RenditionSpec
from pipeline.documents.message import M, Message
from pipeline.documents.release import VideoFile
from pipeline.errors import PersonNeeded
from pipeline.publish.engine.preflight import beyond, has_shape
from pipeline.publish.platforms.base import Limits

MOST_CRF = 34
"""Above it the words on a phone's screen fall apart: our own look at 1080×1920, `veryfast`."""
SPARE = 0.97
"""Of the bytes that are allowed: a platform's count of them is not ours."""
LONGER_S = 4.0
"""An edit ends at a sentence or a cut, so it is given more room than it must fill."""


def fit(wanted: RenditionSpec, video: VideoFile, limits: Limits, destination: Destination, *, crf: int, sound_bytes: int) -> RenditionSpec:
    """What to make instead of a video that came out of `wanted`; `wanted` itself when the platform takes it.

    crf: of the video. sound_bytes: of its sound, which is as good as it is. What comes out must be looked at again: an edit may end
    earlier than it was allowed to, and how well a picture packs is known afterwards.
    Raises PersonNeeded, which names the limit and the value, where no such video can be made.
    """
    problems = tuple(beyond(limits, video))
    if not problems:
        return wanted
    changes = _shape(video, limits, destination) or _length(wanted, video, limits) or _bytes(wanted, video, limits, crf, sound_bytes)
    if not changes:
        raise cannot_fit(wanted.destination, problems)
    return wanted.model_copy(update=changes)


def cannot_fit(platform: str, problems: tuple[Message, ...]) -> PersonNeeded:
    """No video can be made that the platform takes."""
    return PersonNeeded(
        M("{platform} does not take this video, and none that it takes can be made of it: {problems}. Nothing was sent.",
          platform=platform, problems=problems)
    )  # fmt: skip


def _shape(video: VideoFile, limits: Limits, destination: Destination) -> Mapping[str, int]:
    """A size of an allowed shape with the same shorter side."""
    if not limits.shapes or any(has_shape(video, shape) for shape in limits.shapes):
        return {}
    shape = next((shape for shape in limits.shapes if shape in destination.safe_areas), None)
    if shape is None:
        return {}
    wide, high = (int(part) for part in shape.split(":"))
    side = min(video.width, video.height) / min(wide, high)
    return {"width": _even(wide * side), "height": _even(high * side)}


def _length(wanted: RenditionSpec, video: VideoFile, limits: Limits) -> Mapping[str, float]:
    most, least = limits.max_seconds or math.inf, limits.min_seconds or 0.0
    if video.length_s > most:
        asked = min(most, wanted.max_seconds or math.inf)
        # One that was asked for already and came out longer is asked for shorter still.
        seconds = asked if asked < (wanted.max_seconds or math.inf) else asked - (video.length_s - most) - 0.1
        return {"max_seconds": round(seconds, 1)} if seconds >= LEAST_SECONDS else {}
    if video.length_s < least and not wanted.max_seconds:
        return {"max_seconds": round(min(most, least + LONGER_S), 1)}
    return {}


def _bytes(wanted: RenditionSpec, video: VideoFile, limits: Limits, crf: int, sound_bytes: int) -> Mapping[str, int]:
    if limits.max_bytes is None or video.size_bytes <= limits.max_bytes:
        return {}
    share = (limits.max_bytes * SPARE - sound_bytes) / max(1, video.size_bytes - sound_bytes)
    if share <= 0 or crf >= MOST_CRF:
        return {}
    # Six steps of the factor are half the bits, more or less.
    return {"crf": min(MOST_CRF, max(wanted.crf, crf) + max(1, math.ceil(-6 * math.log2(share))))}


def _even(side: float) -> int:
    return 2 * round(side / 2)

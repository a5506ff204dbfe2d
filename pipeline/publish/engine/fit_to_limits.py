"""Fit to limits: from a video that a platform does not take to the spec of one that it takes: fewer bytes or seconds, another shape."""

import math
from collections.abc import Mapping

from pipeline.documents.destination import Destination
from pipeline.documents.job import LEAST_SECONDS, RenditionSpec
from pipeline.documents.message import M, Message
from pipeline.documents.release import VideoFile
from pipeline.errors import PersonNeeded
from pipeline.publish.engine.preflight import has_shape, limit_problems
from pipeline.publish.platforms.base import Limits

MOST_CRF = 34
"""Above it text becomes hard to read on a phone: judged by eye at 1080×1920, `veryfast`."""
SPARE = 0.97
"""Share of the allowed bytes to aim at: platforms count them differently."""
LONGER_S = 4.0
"""An edit ends at a sentence or a cut, so it is given more room than it must fill."""


def fit(spec: RenditionSpec, video: VideoFile, limits: Limits, destination: Destination, *, crf: int, sound_bytes: int) -> RenditionSpec:
    """Return the spec of a video that the platform takes, instead of `video`, which was made from `spec`; `spec` itself if it fits.

    crf: the video's. sound_bytes: the size of its sound, which does not change. The result must be checked again: an edit may end
    earlier than it was allowed to, and how well a picture compresses is known only afterwards.
    Raises PersonNeeded, which names the limit and the value, where no such video can be made.
    """
    problems = tuple(limit_problems(limits, video))
    if not problems:
        return spec
    changes = _shape(video, limits, destination) or _length(spec, video, limits) or _bytes(spec, video, limits, crf, sound_bytes)
    if not changes:
        raise cannot_fit(spec.destination, problems)
    return spec.model_copy(update=changes)


def cannot_fit(platform: str, problems: tuple[Message, ...]) -> PersonNeeded:
    """Make the error that says why no video can be made that the platform takes."""
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


def _length(spec: RenditionSpec, video: VideoFile, limits: Limits) -> Mapping[str, float]:
    most, least = limits.max_seconds or math.inf, limits.min_seconds or 0.0
    if video.length_s > most:
        asked = min(most, spec.max_seconds or math.inf)
        # One that was asked for already and came out longer is asked for shorter still.
        seconds = asked if asked < (spec.max_seconds or math.inf) else asked - (video.length_s - most) - 0.1
        return {"max_seconds": round(seconds, 1)} if seconds >= LEAST_SECONDS else {}
    if video.length_s < least and not spec.max_seconds:
        return {"max_seconds": round(min(most, least + LONGER_S), 1)}
    return {}


def _bytes(spec: RenditionSpec, video: VideoFile, limits: Limits, crf: int, sound_bytes: int) -> Mapping[str, int]:
    if limits.max_bytes is None or video.size_bytes <= limits.max_bytes:
        return {}
    share = (limits.max_bytes * SPARE - sound_bytes) / max(1, video.size_bytes - sound_bytes)
    if share <= 0 or crf >= MOST_CRF:
        return {}
    # Six steps of the factor are half the bits, more or less.
    return {"crf": min(MOST_CRF, max(spec.crf, crf) + max(1, math.ceil(-6 * math.log2(share))))}


def _even(side: float) -> int:
    return 2 * round(side / 2)

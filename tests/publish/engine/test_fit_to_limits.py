"""What is asked of the next video when a platform does not take the one that was made."""

import pytest

from pipeline.documents.job import RenditionSpec
from pipeline.documents.release import VideoFile
from pipeline.errors import PersonNeeded
from pipeline.publish.destinations import load_destination
from pipeline.publish.engine import fit
from pipeline.publish.platforms.base import Limits

PLAIN = RenditionSpec(destination="douyin", width=1080, height=1920)
SQUARE = PLAIN.model_copy(update={"width": 1080, "height": 1080})
SOUND = 500_000


def video(wanted: RenditionSpec = PLAIN, *, size: int = 20_000_000, length_s: float = 30.0) -> VideoFile:
    facts = {"path": "/v.mp4", "sha256": "0" * 64, "fps": 30, "video_codec": "h264", "audio_codec": "aac"}
    return VideoFile.model_validate({**facts, "size_bytes": size, "length_s": length_s, "width": wanted.width, "height": wanted.height})


def next_one(
    limits: Limits, wanted: RenditionSpec = PLAIN, crf: int = 21, *, size: int = 20_000_000, length_s: float = 30.0
) -> RenditionSpec:
    made = video(wanted, size=size, length_s=length_s)
    return fit(wanted, made, limits, load_destination(wanted.destination), crf=wanted.crf or crf, sound_bytes=SOUND)


@pytest.mark.parametrize("limits", [Limits(), Limits(max_bytes=20_000_000, max_seconds=30, min_seconds=30, shapes=("1:1", "9:16"))])
def test_what_a_platform_takes_is_left_as_it_is(limits: Limits) -> None:
    assert next_one(limits) == PLAIN


def test_half_the_bytes_are_six_steps_more_and_never_fewer_than_the_last_time() -> None:
    assert next_one(Limits(max_bytes=10_600_000)).crf == 27
    assert next_one(Limits(max_bytes=19_999_999), PLAIN.model_copy(update={"crf": 30})).crf == 31


def test_fewer_seconds_are_asked_for_until_it_is_short_enough() -> None:
    first = next_one(Limits(max_seconds=20))
    assert (first.max_seconds, first.name) == (20.0, "douyin-1080x1920-20s")
    assert next_one(Limits(max_seconds=20), first, length_s=20.4).max_seconds == 19.5


def test_more_seconds_are_asked_for_once() -> None:
    longer = next_one(Limits(min_seconds=60, max_seconds=62))
    assert longer.max_seconds == 62.0
    with pytest.raises(PersonNeeded, match=r"30\.0 s, and at least 60\.0 s"):
        next_one(Limits(min_seconds=60, max_seconds=62), longer)


@pytest.mark.parametrize(
    ("wanted", "shapes", "size"),
    [
        (SQUARE, ("9:16",), (1080, 1920)),
        (SQUARE, ("4:5", "16:9"), (1920, 1080)),
        (PLAIN, ("1:1",), (1080, 1080)),
        (SQUARE.model_copy(update={"width": 360, "height": 360}), ("9:16",), (360, 640)),
    ],
)
def test_another_shape_has_the_same_shorter_side(wanted: RenditionSpec, shapes: tuple[str, ...], size: tuple[int, int]) -> None:
    made = next_one(Limits(shapes=shapes), wanted)
    assert (made.width, made.height) == size


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(max_bytes=400_000), "20 MB, and 0.4 MB"),
        (Limits(max_seconds=7), "30.0 s, and 7.0 s"),
        (Limits(video_codecs=("hevc",)), "h264, and hevc"),
        (Limits(shapes=("4:5",)), "1080×1920, and 4:5"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_limit_and_the_value(limits: Limits, told: str) -> None:
    with pytest.raises(PersonNeeded, match=told):
        next_one(limits)


def test_a_picture_is_not_packed_until_it_falls_apart() -> None:
    packed = next_one(Limits(max_bytes=1_000_000))
    assert packed.crf == 34
    with pytest.raises(PersonNeeded, match="MB are allowed"):
        next_one(Limits(max_bytes=1_000_000), packed)

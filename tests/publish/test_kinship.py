"""Kin: what followers of a feed would take for the same, by its story, by the shots that carry it, and by its picture."""

import numpy as np
import pytest

from pipeline.documents.release import Captions, Declarations, OfferShown, Release, ShownShot, VideoFile
from pipeline.publish.kinship import kinship, shared_pictures, shared_shots
from pipeline.publish.picture_signature import BITS, picture_hash

TALK, FIELD, OLD = "a" * 64, "b" * 64, "c" * 64


def release(story: str, *shots: tuple[str, float, float], picture: tuple[str, ...] = (), sku: str = "LX-1", video: str = "1") -> Release:
    return Release(
        story=story,
        platform="kuaishou",
        account="coop",
        video=VideoFile(path="v.mp4", sha256=video * 64, size_bytes=1, length_s=9, width=9, height=16, fps=30, video_codec="h264"),
        captions=Captions(text=story),
        declarations=Declarations(ai_generated=False),
        offer=OfferShown(sku=sku, name="莲藕", price="¥9", unit="5斤"),
        shots=tuple(ShownShot(clip_sha256=clip, start_s=start, end_s=end) for clip, start, end in shots),
        picture=picture,
    )


def pictures(*numbers: int) -> tuple[str, ...]:
    """Hashes of pictures that have nothing to do with each other, always the same for the same number."""
    return tuple(f"{int.from_bytes(np.random.default_rng(number).bytes(BITS // 8), 'big'):0{BITS // 4}x}" for number in numbers)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ([(TALK, 0, 10)], [(TALK, 0, 10)], 1.0),
        ([(TALK, 0, 10)], [(TALK, 5, 15)], 0.5),
        # A short cut of a long film is all of it.
        ([(TALK, 20, 26)], [(TALK, 0, 30), (FIELD, 0, 30)], 1.0),
        ([(TALK, 0, 10)], [(TALK, 10, 20)], 0.0),
        ([(TALK, 0, 10)], [(FIELD, 0, 10)], 0.0),
        # The other one shows the same stretch twice.
        ([(TALK, 1, 11)], [(TALK, 0, 4), (TALK, 2, 5)], 4 / 5),
        ([], [(TALK, 0, 10)], 0.0),
    ],
)
def test_shots_are_shared_by_the_seconds_that_both_show(
    one: list[tuple[str, float, float]], other: list[tuple[str, float, float]], share: float
) -> None:
    these, those = release("a", *one).shots, release("b", *other).shots
    assert shared_shots(these, those) == pytest.approx(share)
    assert shared_shots(those, these) == pytest.approx(share)


def test_kin_are_known_by_story_shots_and_picture() -> None:
    ours = release("莲藕", (TALK, 0, 20), picture=pictures(*range(20)))
    assert kinship(ours, release("莲藕", (OLD, 0, 9), video="2")) == "story"
    assert kinship(ours, release("挖藕", (TALK, 8, 20), (FIELD, 0, 8), video="2")) == "shots"
    assert kinship(ours, release("采藕", (OLD, 0, 20), picture=pictures(*range(8, 30)), video="2")) == "picture"
    assert kinship(ours, release("采藕", (OLD, 0, 20))) == "picture"  # the very same bytes
    assert kinship(ours, release("采藕", (OLD, 0, 20), picture=pictures(*range(15, 40)), video="2")) is None


def test_another_product_before_the_same_camera_is_no_kin() -> None:
    ours = release("莲藕", (TALK, 0, 20), picture=pictures(*range(20)))
    assert kinship(ours, release("菱角", (OLD, 0, 20), picture=pictures(*range(20)), sku="LJ-1", video="2")) is None
    assert kinship(ours, release("菱角", (TALK, 0, 20), sku="LJ-1", video="2")) == "shots"


def test_what_an_older_release_did_not_note_makes_no_kin() -> None:
    assert kinship(release("莲藕", (TALK, 0, 20), picture=pictures(*range(20))), release("菱角", video="2")) is None
    assert shared_pictures(pictures(1, 2, 3), pictures(1, 2, 3)) == 0.0


def test_a_picture_is_known_again_smaller_darker_and_with_other_words_on_it() -> None:
    wave = np.add.outer(np.sin(np.linspace(0, 17, 960)), np.cos(np.linspace(0, 11, 540)))
    picture = np.clip(120 + 50 * wave, 0, 255).astype(np.uint8)
    other = np.ascontiguousarray(picture[::2, ::2]) - 20
    other[int(480 * 0.7) : int(480 * 0.8)] = 255
    different = (int(picture_hash(picture), 16) ^ int(picture_hash(other), 16)).bit_count()
    assert different <= BITS // 20
    assert picture_hash(np.full((480, 270), 200, np.uint8)) == ""

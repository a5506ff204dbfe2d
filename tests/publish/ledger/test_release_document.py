"""A release says by itself whether it is the same post as another."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.documents.release import Captions, CartLink, CoverFile, Declarations, Release, SubtitleFile

COVER = CoverFile(path="/a.jpg", sha256="c" * 64, size_bytes=9, width=1080, height=1920)


@pytest.mark.parametrize("name", sorted(Captions.model_fields))
def test_every_word_counts(name: str, release: Callable[..., Release]) -> None:
    given = release()
    value: Any = ("另一个",) if name == "topics" else "另一个"
    assert release(captions=given.captions.model_copy(update={name: value})).captions_sha256 != given.captions_sha256


@pytest.mark.parametrize("name", sorted(Declarations.model_fields))
def test_every_declaration_counts(name: str, release: Callable[..., Release]) -> None:
    given = release()
    other = given.declarations.model_copy(update={name: not getattr(given.declarations, name)})
    assert release(declarations=other).captions_sha256 != given.captions_sha256


def test_the_cart_link_counts(release: Callable[..., Release]) -> None:
    links = [CartLink(), CartLink(kind="product_id", value="1"), CartLink(kind="url", value="https://shop.example.com/1")]
    assert len({release(cart=link).captions_sha256 for link in links}) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Captions(title="ab", text="c"), Captions(title="a", text="bc")),
        (Captions(topics=("a", "b")), Captions(topics=("ab",))),
        (Captions(topics=("a", "b")), Captions(topics=("b", "a"))),
    ],
)
def test_words_do_not_run_into_each_other(one: Captions, other: Captions, release: Callable[..., Release]) -> None:
    assert release(captions=one).captions_sha256 != release(captions=other).captions_sha256


def test_where_files_lie_and_when_it_is_planned_does_not_count(release: Callable[..., Release], facts: dict[str, Any]) -> None:
    given = release()
    moved = given.video.model_copy(update={"path": "/elsewhere.mp4"})
    other = release(video=moved, planned_at=facts["now"], approval="yes", story="other")
    assert (other.captions_sha256, other.content_sha256) == (given.captions_sha256, given.content_sha256)
    assert other.id != given.id


def test_a_cover_or_a_subtitle_track_changes_the_content_only(release: Callable[..., Release]) -> None:
    plain, track = release(), SubtitleFile(path="/a.srt", sha256="d" * 64, language="zh-Hans")
    others = [release(covers=(COVER,)), release(subtitles=(track,))]
    assert {other.captions_sha256 for other in others} == {plain.captions_sha256}
    assert len({plain.content_sha256, *(other.content_sha256 for other in others)}) == 3


def test_the_offer_has_a_hash_of_its_own(release: Callable[..., Release]) -> None:
    given = release()
    dearer = release(offer=given.offer.model_copy(update={"price": "¥39.9"})) if given.offer else given
    assert dearer.offer_sha256 != given.offer_sha256
    assert dearer.captions_sha256 == given.captions_sha256
    assert release(offer=None).offer_sha256 == ""


def test_the_hash_of_yesterdays_post_is_the_same_tomorrow(release: Callable[..., Release]) -> None:
    """Were it another one, the very same would be posted again after an update."""
    assert release().captions_sha256 == "1f05641ce0157f800015aa47d9e15797eaee69a96662c6874bc67cce24fe9bdf"


def test_a_field_that_is_added_later_does_not_make_it_another_post(release: Callable[..., Release]) -> None:
    class LaterCaptions(Captions):
        mood: str = ""

    given = release()
    later = LaterCaptions(**given.captions.model_dump())
    assert given.model_copy(update={"captions": later}).captions_sha256 == given.captions_sha256


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "url", "value": "http://shop.example.com"},
        {"kind": "url", "value": "shop.example.com"},
        {"kind": "url"},
        {"kind": "none", "value": "1"},
    ],
)
def test_a_cart_link_that_is_none_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CartLink.model_validate(wrong)


def test_it_survives_its_file(release: Callable[..., Release], facts: dict[str, Any]) -> None:
    given = release(covers=(COVER,), planned_at=facts["now"])
    assert Release.from_json(given.model_dump_json()) == given

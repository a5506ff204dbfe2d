"""The benchmark of covers counts what a viewer would: right, covered, and wrong over a price."""

import pytest

from benchmarks.quality.cover_stories import Asked, CoverStory
from benchmarks.quality.covers import CoverReading
from pipeline.documents.edit import Cut, Edit, Heard
from pipeline.documents.message import M
from pipeline.documents.transcript import Phrase, Word


def told(label: Asked, shown: str, *, others: tuple[str, ...] = ()) -> CoverReading:
    """The reading of one sentence of two seconds with a view over its middle, and views that are not shown."""
    phrase = Phrase(start_s=0.0, end_s=2.0, words=(Word(start_s=0.0, end_s=2.0, text="一", probability=1.0),))
    cuts = [("talk", "talk", 15), ("view", "cover", 30), ("talk", "talk", 15)]
    edit = Edit(
        fps=30,
        cuts=tuple(
            Cut.model_validate({"clip_id": clip, "source_start_s": 0, "frames": frames, "role": role, "reason": M("the end card")})
            for clip, role, frames in cuts
        ),
        heard=(Heard(clip_id="talk", source_start_s=0.0, at_frame=0, frames=60, kind="speech"),),
        decisions=(),
        led_by="talk",
    )
    reading = CoverReading()
    shows = {"view": shown, **{f"view-{number}": other for number, other in enumerate(others)}}
    reading.add(CoverStory(edit, shows, [(label, phrase)], "talk"))
    return reading


@pytest.mark.parametrize(
    ("label", "shown", "right"),
    [
        ("price", "product", 1),
        ("product", "product", 1),
        ("place", "land", 1),
        ("place", "product", 0),
        ("work", "land", 0),
        ("price", "pear", 0),
    ],
)
def test_a_cover_is_right_when_it_shows_what_is_asked(label: Asked, shown: str, right: int) -> None:
    reading = told(label, shown)
    assert (reading.pairs, reading.right) == (1, right)


def test_words_that_ask_for_nothing_are_left_out() -> None:
    assert told("nothing", "land").pairs == 0


def test_over_a_price_only_the_product_is_no_mistake() -> None:
    assert told("price", "product").good
    assert told("price", "land", others=("product",)).wrong_prices == 1
    assert not told("price", "land").good
    assert (told("price", "land", others=("product",)).fitting_prices, told("price", "land").fitting_prices) == (1, 0)

"""A layer that is added is drawn with the others, and its words are held against the fonts before anything is drawn."""

from collections.abc import Callable
from importlib import import_module

import pytest
from PIL import Image

from pipeline.brand.content import LookContent
from pipeline.brand.layers import LAYERS
from pipeline.brand.layers.base import LayerDesign, Words
from pipeline.brand.layers.pen import Pen
from pipeline.brand.motion import Drawing
from pipeline.documents.card import Card
from pipeline.documents.look import Look
from pipeline.errors import UserMistake


class RuleLayer(LayerDesign):
    """A red rule in the corner, for the first half of what comes before the end card."""

    name = "rule"
    text = "尺"

    def span(self, content: LookContent) -> tuple[int, int] | None:
        return 0, content.body_frames // 2

    def draw(self, content: LookContent) -> Drawing:
        pen = Pen()
        pen.put(Image.new("RGBA", (content.canvas.width, 8), "red"), 0, 20, "still")
        return pen.drawing()

    def words(self, content: LookContent) -> Words:
        return (("strong", (self.text,)),) if self.span(content) else ()


@pytest.fixture
def ruled(monkeypatch: pytest.MonkeyPatch) -> type[RuleLayer]:
    monkeypatch.setattr(import_module("pipeline.brand.look"), "LAYERS", (*LAYERS, RuleLayer))
    return RuleLayer


@pytest.mark.usefixtures("ruled")
def test_an_added_layer_lies_over_the_others_and_changes_none(
    look: Callable[..., Look], card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rule = look(card)
    monkeypatch.undo()
    without = look(card)
    *others, rule = with_rule.layers
    assert tuple(others) == without.layers
    assert (rule.kind, rule.start_frame, rule.box.y, rule.box.height) == ("rule", 0, 20, 8)
    assert Image.open(rule.file).getpixel((0, 0)) == (255, 0, 0, 255)


def test_a_word_of_an_added_layer_that_no_font_has_is_named(
    look: Callable[..., Look], card: Card, ruled: type[RuleLayer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ruled, "text", "𒀀")
    with pytest.raises(UserMistake, match="𒀀"):
        look(card)


def test_every_layer_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in LAYERS}) == len(LAYERS)

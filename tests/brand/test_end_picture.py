"""The end card's photo comes slowly nearer in its frame, as the style says, and nothing that is to be read or scanned moves with it."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.brand import load_style, template_names, with_end_card
from pipeline.brand.end_picture import EVERY
from pipeline.documents.card import Card
from pipeline.documents.look import Box, Look
from pipeline.store import Store
from tests.brand.conftest import destination, modules
from tests.tiers import sample


def apart(one: Box, two: Box) -> bool:
    """Whether two boxes do not meet."""
    beside = one.x + one.width <= two.x or two.x + two.width <= one.x
    return beside or one.y + one.height <= two.y or two.y + two.height <= one.y


def frames(look: Look) -> list[np.ndarray]:
    """Its luma, frame by frame."""
    assert look.moving is not None
    with av.open(look.moving.file) as container:
        return [frame.to_ndarray()[: frame.height].astype(np.int16) for frame in container.decode(video=0)]


def backdrop(look: Look) -> np.ndarray:
    assert look.moving is not None
    box = look.moving.box
    with Image.open(look.backdrop) as picture:
        cut = np.asarray(picture.convert("RGB").crop((box.x, box.y, box.x + box.width, box.y + box.height)))
    return np.asarray(16 + cut @ np.array([0.2126, 0.7152, 0.0722]) * 219 / 255)  # BT.709


@pytest.mark.parametrize("size", [(270, 480), (480, 270), (360, 360)])
@pytest.mark.parametrize("style", sample(template_names(), "plain", "liangshan"))
def test_the_photo_moves_from_what_the_backdrop_shows_and_touches_neither_code_nor_words(
    look: Callable[..., Look], card: Card, style: str, size: tuple[int, int]
) -> None:
    made = look(card, style=style, width=size[0], height=size[1])
    assert made.moving is not None
    box = made.moving.box
    assert not (box.x % 2)
    assert not (box.y % 2)
    assert not (box.width % 2)
    assert not (box.height % 2)
    end = next(layer for layer in made.layers if layer.kind == "end_card")
    assert all(apart(box, one) for one in (*end.text_boxes, *([end.qr_box] if end.qr_box else [])))
    shown = frames(made)
    assert len(shown) * EVERY >= end.frames
    assert np.abs(shown[0] - backdrop(made)).mean() < 2
    steps = [float(np.abs(after - before).mean()) for before, after in pairwise(shown)]
    assert min(steps) > 0.2  # in every one of them
    assert np.abs(shown[-1] - shown[0]).mean() > max(steps)


def test_a_style_may_keep_it_still(look: Callable[..., Look], card: Card, template: Callable[..., tuple[Path, ...]]) -> None:
    roots = template("rise: 0.035}", "rise: 0.035, end_card_nearer: 0}")
    assert look(card, style=load_style("mine", roots)).moving is None


def test_without_a_photo_the_ornament_comes_nearer(look: Callable[..., Look]) -> None:
    shown = frames(look(None, title="火把节", style="liangshan"))
    assert np.abs(shown[-1] - shown[0]).mean() > 1


def test_every_leaders_card_has_the_same_moving_picture(look: Callable[..., Look], card: Card, tmp_path: Path) -> None:
    link = "https://shop.example.com/g/OTHER-1"
    hers = card.model_copy(update={"link": link, "qr": modules(link)})
    mine = look(card)
    her_look = with_end_card(mine, load_style("plain"), hers, destination=destination(), store=Store(tmp_path / "cache"))
    assert her_look.moving == mine.moving
    assert look(card, end_card_frames=40).moving != mine.moving

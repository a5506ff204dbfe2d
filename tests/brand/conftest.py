"""What the tests of this room share: a photo made here, cards, destinations, a store that lives as long as the run."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segno
from PIL import Image

from pipeline.brand import load_style, make_look
from pipeline.documents.card import Card
from pipeline.documents.destination import Destination, SafeArea
from pipeline.documents.look import Look
from pipeline.resources import TEMPLATES
from pipeline.store import Store

LINK = "https://shop.example.com/p/DEMO-10"
FEED = {"9:16": SafeArea(top=0.10, bottom=0.20, left=0.05, right=0.14)}


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A product photo with some texture."""
    rows, columns = np.mgrid[0:480, 0:640]
    pixels = np.stack([(rows * 7 + columns) % 256, (columns * 3) % 256, (rows + columns * 2) % 256], axis=2).astype(np.uint8)
    path = tmp_path_factory.mktemp("photos") / "产品.jpg"
    Image.fromarray(pixels).save(path)
    return path


def modules(link: str) -> tuple[str, ...]:
    """A QR code as rows of 0 and 1."""
    return tuple("".join("1" if dark else "0" for dark in row) for row in segno.make(link, error="m", micro=False).matrix)


def destination(*, qr: bool = True, feed: bool = False, watermark: bool = False) -> Destination:
    """A destination that allows what is asked."""
    return Destination(
        name="somewhere",
        label={"zh": "某处", "en": "Somewhere"},
        qr=qr,
        watermark=watermark,
        contact=True,
        cart_wording={"zh": "扫码下单"},
        safe_areas=FEED if feed else {},
    )


@pytest.fixture
def card(photo: Path) -> Card:
    """A short, usual card with a QR code."""
    return Card(
        sku="DEMO-10",
        name="冕宁土豆",
        price="¥29.9",
        per="/10斤",
        list_price="¥39.9",
        origin="四川省凉山州冕宁县大桥镇",
        photo=str(photo),
        wording="扫码下单",
        contact="坏果包赔 客服微信 demo-coop",
        link=LINK,
        qr=modules(LINK),
    )


@pytest.fixture
def crowded(card: Card) -> Card:
    """A card on which everything is as long as it may be, Latin letters among it."""
    return card.model_copy(
        update={
            "name": "大凉山高山沙地黄心大土豆新鲜现挖带泥整箱ABCDEFGH装",
            "price": "¥99999.99",
            "per": "/10斤整箱",
            "list_price": "¥99999.99",
            "wording": "扫码下单，次日到店自提",
            "cutoff": "今晚22:00前下单 · 自提点 芙蓉小店(西街店)、芙蓉小店(东街店)等3处",
        }
    )


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Look]:
    """`make_look` with the arguments that most tests do not care about; few frames a second keep it quick."""
    store = Store(tmp_path / "cache")

    def make(card: Card | None, **changes: Any) -> Look:
        usual: dict[str, Any] = {
            "title": "冕宁土豆",
            "subtitle": "四川省凉山州冕宁县大桥镇",
            "lower_third": "大桥镇 王家 · 海拔2000米",
            "destination": destination(),
            "width": 270,
            "height": 480,
            "fps": 10,
            "total_frames": 120,
            "card_frame": 50,
            "card_frames": 30,
            "end_card_frames": 30,
            "store": store,
        }
        style = changes.pop("style", "plain")
        style = load_style(style) if isinstance(style, str) else style
        return make_look(style, card=card, **{**usual, "end_card": card, **changes})

    return make


@pytest.fixture
def template(tmp_path: Path) -> Callable[..., tuple[Path, ...]]:
    """A copy of the plain template in which one piece of text is replaced by another; gives the roots to load it from.

    painted: without its recipe, as if somebody had painted the pictures by hand.
    """

    def change(old: str, new: str, *, painted: bool = False) -> tuple[Path, ...]:
        folder = tmp_path / "templates" / "mine"
        shutil.copytree(TEMPLATES / "plain", folder)
        file = folder / "template.yaml"
        text = file.read_text(encoding="utf-8")
        text = text.partition("# What the pictures are drawn from")[0] if painted else text
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return (tmp_path / "templates",)

    return change

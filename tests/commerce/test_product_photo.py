"""A dropped photo that is named after the product is its picture on the card, where the sheet has none."""

from decimal import Decimal

import pytest

from pipeline.commerce import product_photo_among
from pipeline.documents.offer import Offer
from tests import builders

OFFER = Offer(sku="YM-01", name="后山杨梅", aliases=("杨梅",), price=Decimal("39"))


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["IMG_1.jpg", "杨梅.jpg", "后山 杨梅 主图.png"], "后山 杨梅 主图.png"),
        (["IMG_1.jpg", "图片/杨梅2.jpg"], "图片/杨梅2.jpg"),
        (["ym_01.HEIC", "IMG_2.jpg"], "ym_01.HEIC"),
        (["IMG_1.jpg", "产品图.jpg"], "产品图.jpg"),
        (["产品图1.jpg", "产品图2.jpg"], ""),
        (["IMG_1.jpg", "桃子.jpg"], ""),
        (["杨梅.mp4"], ""),
    ],
)
def test_the_photo_named_after_the_product_is_its_picture(names, chosen):
    clips = [
        builders.clip(letter, name=name, photo="" if name.endswith("mp4") else f"/made/{name}")
        for letter, name in zip("abc", names, strict=False)
    ]
    assert product_photo_among(clips, OFFER) == (f"/made/{chosen}" if chosen else "")

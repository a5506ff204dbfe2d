"""A speaker who sends buyers where nothing is, is told of."""

import pytest

from pipeline.commerce import make_card, spoken_call_doubt
from pipeline.documents.offer import Offer
from pipeline.publish import load_destination

OFFER = Offer.model_validate(
    {"sku": "1", "name": "木耳", "price": "45", "unit": "2斤", "row": 2, "links": {"default": "https://shop.example.cn/1"}}
)


@pytest.mark.parametrize(
    ("destination", "said", "told"),
    [
        ("shelf", "要的点下面小黄车", "小黄车"),
        ("big_screen", "购物车里第一个", "购物车"),
        ("xiaohongshu", "点小黄车", "小黄车"),
        ("douyin", "拿手机扫码就能买", "扫码"),
        ("douyin", "点下面小黄车", ""),
        ("shelf", "扫屏幕上的二维码", ""),
        ("wechat_channels", "点左下角的链接", ""),
        ("shelf", "想要的直接下单", ""),
    ],
)
def test_a_way_to_buy_that_is_not_there_is_told(destination: str, said: str, told: str) -> None:
    card = make_card(OFFER, load_destination(destination), "zh")
    doubt = spoken_call_doubt(["今天现摘的", said], (card, card))
    assert (doubt is not None) is bool(told)
    assert doubt is None or doubt.values["said"] == told

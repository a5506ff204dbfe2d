"""What stands on a product card."""

from decimal import Decimal

import cv2
import numpy as np
import pytest
import zxingcpp

from pipeline.commerce import make_card
from pipeline.documents.destination import Destination
from pipeline.documents.message import M
from pipeline.documents.offer import Offer
from pipeline.errors import UserMistake
from pipeline.language import say

OPEN = Destination(
    name="stall", label={"zh": "摊位", "en": "Stall"}, qr=True, watermark=True, contact=True, pickup=True,
    cart_wording={"zh": "扫码购买", "en": "Scan to buy"}, safe_areas={},
)  # fmt: skip
FEED = OPEN.model_copy(update={"qr": False, "contact": False, "pickup": False, "cart_wording": {"zh": "点小黄车", "en": "Tap the cart"}})
POTATO = Offer(
    sku="P", name="冕宁土豆", price=Decimal("29.90"), unit="10斤", list_price=Decimal("39.90"), origin="大桥镇",
    after_sales="坏果包赔 客服微信 example", pickup=("甲店", "乙店", "丙店"), order_cutoff="22:00",
    links={"default": "https://shop.example.com/p/1", "摊位": "https://shop.example.com/stall/1"}, row=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("29.90", "CNY", "¥29.9"),
        ("30.00", "CNY", "¥30"),
        ("100", "CNY", "¥100"),
        ("29.95", "CNY", "¥29.95"),
        ("4.50", "USD", "$4.50"),
        ("0.50", "CNY", "¥0.5"),
    ],
)
def test_a_price_is_drawn_without_idle_zeros(amount: str, currency: str, shown: str) -> None:
    offer = POTATO.model_copy(update={"price": Decimal(amount), "currency": currency})
    assert make_card(offer, FEED, "zh").price == shown


def test_the_old_price_is_struck_out_only_when_it_is_higher() -> None:
    assert make_card(POTATO, FEED, "zh").list_price == "¥39.9"
    assert make_card(POTATO.model_copy(update={"list_price": Decimal("29.90")}), FEED, "zh").list_price == ""
    assert make_card(POTATO.model_copy(update={"list_price": None}), FEED, "zh").list_price == ""


def test_a_feed_gets_its_own_wording_and_neither_code_nor_contact() -> None:
    card = make_card(POTATO, FEED, "zh")
    assert (card.wording, card.qr, card.contact, card.cutoff) == ("点小黄车", (), "", "")


def test_a_destination_that_allows_it_gets_contact_cutoff_and_pickup() -> None:
    card = make_card(POTATO, OPEN, "en")
    assert card.contact == POTATO.after_sales
    assert card.cutoff == "Order before 22:00 · Pick up at 甲店, 乙店 and 1 more"
    assert say(M("Order before {time}", time="22:00"), "zh") in make_card(POTATO, OPEN, "zh").cutoff


@pytest.mark.parametrize("link", ["https://shop.example.com/p/1", "https://shop.example.com/p?" + "a" * 120])
def test_the_code_reads_back_as_the_link_with_two_readers(link: str) -> None:
    card = make_card(POTATO.model_copy(update={"links": {"default": link}}), OPEN, "zh")
    modules = np.array([[int(module) for module in row] for row in card.qr], np.uint8)
    picture = np.kron(np.pad(1 - modules, 4, constant_values=1), np.full((5, 5), 255, np.uint8)).astype(np.uint8)
    assert card.link == link
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [link]
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == link


def test_the_destinations_own_link_wins_also_by_its_label() -> None:
    assert make_card(POTATO, OPEN, "zh").link == "https://shop.example.com/stall/1"
    assert make_card(POTATO, OPEN.model_copy(update={"name": "other", "label": {}}), "zh").link == "https://shop.example.com/p/1"


def test_a_product_number_of_a_platform_is_never_put_into_a_code() -> None:
    offer = POTATO.model_copy(update={"links": {"stall": "item-7", "default": "https://shop.example.com/p/1"}})
    assert make_card(offer, OPEN, "zh").link == "https://shop.example.com/p/1"
    assert make_card(offer, FEED, "zh").link == "item-7"


def test_without_a_link_nobody_is_asked_to_scan() -> None:
    card = make_card(POTATO.model_copy(update={"links": {}}), OPEN, "zh")
    assert (card.qr, card.wording, card.link) == ((), "", "")


def test_a_link_too_long_for_a_phone_is_named_with_its_line() -> None:
    offer = POTATO.model_copy(update={"links": {"default": "https://shop.example.com/p?" + "a" * 400}})
    with pytest.raises(UserMistake, match="line 2"):
        make_card(offer, OPEN, "zh")
    assert make_card(offer, FEED, "zh").qr == ()


def test_a_link_that_is_not_https_is_refused() -> None:
    with pytest.raises(UserMistake, match="https"):
        make_card(POTATO.model_copy(update={"links": {"default": "http://shop.example.com"}}), OPEN, "zh")

"""What stands on a product card."""

from decimal import Decimal

import cv2
import numpy as np
import pytest
import zxingcpp

from pipeline.commerce import leader_cards, make_card
from pipeline.documents.destination import Destination
from pipeline.documents.job import Leader
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


@pytest.mark.parametrize(("takes", "link", "wording"), [
    ("any", "https://shop.example.com/p/1", "点小黄车"), ("any", "8812345", "点小黄车"), ("any", "", ""),
    ("number", "8812345", "点小黄车"), ("number", "https://shop.example.com/p/1", ""),
])  # fmt: skip
def test_the_card_of_a_feed_speaks_of_a_cart_only_where_there_is_one(takes: str, link: str, wording: str) -> None:
    sold = POTATO.model_copy(update={"links": {"default": link} if link else {}})
    assert make_card(sold, FEED.model_copy(update={"cart_takes": takes}), "zh").wording == wording


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


WANG = Leader(name="王秀英", shop="秀英小店", pickup="村口老树下", link="https://shop.example.com/g/7", row=3)
LI = Leader(name="李梅", shop="乙店", pickup="桥头", link="https://shop.example.com/g/8", row=4)


def test_only_the_end_card_shows_the_leader_her_pickup_and_her_code() -> None:
    product, end = leader_cards(POTATO, OPEN, "zh", WANG)
    assert "王秀英" in end.leader
    assert "秀英小店" in end.leader
    assert "村口老树下" in end.cutoff
    assert "22:00" in end.cutoff
    assert (end.link, bool(end.qr)) == (WANG.link, True)
    assert (product.leader, product.link, product.qr) == ("", "", ())
    assert "村口" not in product.cutoff
    assert (product.price, product.name) == (end.price, end.name)


def test_all_leaders_share_one_product_card() -> None:
    assert leader_cards(POTATO, OPEN, "zh", WANG)[0] == leader_cards(POTATO, OPEN, "zh", LI)[0]
    assert leader_cards(POTATO, OPEN, "zh", WANG)[1] != leader_cards(POTATO, OPEN, "zh", LI)[1]


def test_the_offers_own_pickup_places_are_not_the_leaders() -> None:
    end = leader_cards(POTATO, OPEN, "zh", WANG.model_copy(update={"pickup": ""}))[1]
    assert "甲店" not in end.cutoff


def test_a_feed_without_codes_has_no_leaders_variant() -> None:
    with pytest.raises(UserMistake, match="no QR code"):
        leader_cards(POTATO, FEED, "zh", WANG)


def test_a_leaders_link_too_long_for_a_code_names_her_line() -> None:
    with pytest.raises(UserMistake, match="line 3 of the sheet"):
        leader_cards(POTATO, OPEN, "zh", WANG.model_copy(update={"link": "https://shop.example.com/" + "x" * 400}))

"""Which offer a story sells."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.catalog import choose_offer, read_catalog
from pipeline.documents.offer import Brief, Catalog
from pipeline.errors import PersonNeeded, SheetQuestion, UserMistake

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SHEET = """编号,商品,别名,价格,单位,优惠截止
P10,冕宁土豆,土豆|洋芋,29.9,10斤,2027-01-01
P5,冕宁土豆,土豆|洋芋,16,5斤,2027-01-01
S5,会理石榴,石榴,45,5斤,2027-01-01
A1,苹果,,30,10斤,2027-01-01
A2,丑苹果,,36,10斤,2027-01-01
G3,生姜,老姜,12.5,3斤,2026-05-01 22:00
J1,姜,,9,斤,2027-01-01
C1,Sweet corn,corn,5,box,2027-01-01
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    path = tmp_path / "sheet.csv"
    path.write_text(SHEET, encoding="utf-8")
    return read_catalog(path)


def note(text: str) -> Brief:
    return Brief(text=text, headline=text.split("\n")[0])


def chosen(catalog: Catalog, text: str, spoken: str = "") -> str:
    offer = choose_offer(catalog, note(text), spoken, now=NOW).offer
    return offer.sku if offer else ""


def test_what_was_asked_for_wins_over_the_note(catalog: Catalog) -> None:
    choice = choose_offer(catalog, note("会理石榴"), "", sku="p10", now=NOW)
    assert choice.offer is not None
    assert choice.offer.sku == "P10"


def test_an_unknown_sku_lists_the_known_ones(catalog: Catalog) -> None:
    with pytest.raises(UserMistake, match=r"P99.*P10 \(冕宁土豆\)"):
        choose_offer(catalog, Brief(), "", sku="P99", now=NOW)


def test_a_sku_without_a_sheet_is_a_mistake() -> None:
    with pytest.raises(UserMistake, match="--catalog"):
        choose_offer(None, Brief(), "", sku="P10", now=NOW)


def test_a_sku_whose_row_is_bad_says_what_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("编号,商品,价格\nA,玉米,5\nB,土豆,面议\n", encoding="utf-8")
    with pytest.raises(UserMistake, match=r"line 3.*面议"):
        choose_offer(read_catalog(path), Brief(), "", sku="B", now=NOW)


def test_the_longest_name_in_the_note_wins(catalog: Catalog) -> None:
    assert chosen(catalog, "我家的丑苹果") == "A2"
    assert chosen(catalog, "我家的苹果") == "A1"


def test_the_note_wins_over_the_speech_and_the_difference_is_told(catalog: Catalog) -> None:
    choice = choose_offer(catalog, note("会理石榴"), "苹果苹果苹果", now=NOW)
    assert choice.offer is not None
    assert choice.offer.sku == "S5"
    assert "苹果" in str(choice.warnings[0])


def test_the_product_said_most_often_is_taken_from_the_speech(catalog: Catalog) -> None:
    assert chosen(catalog, "早上拍的", "会理石榴不如苹果，苹果又大又甜，快来买苹果") == "A1"


def test_a_name_written_as_it_sounds_is_known(catalog: Catalog) -> None:
    assert chosen(catalog, "", "这个会里石留皮薄汁多") == "S5"
    assert chosen(catalog, "", "我们的面宁土豆") in ("P10", "P5")


def test_a_number_that_sounds_like_a_fruit_is_no_fruit(catalog: Catalog) -> None:
    assert chosen(catalog, "今天来了十六个人", "一共十六斤") == ""


def test_a_latin_name_must_stand_alone(catalog: Catalog) -> None:
    assert chosen(catalog, "popcorn for all") == ""
    assert chosen(catalog, "fresh Corn!") == "C1"


def test_two_packs_of_one_product_are_told_apart_by_what_is_said(catalog: Catalog) -> None:
    assert chosen(catalog, "冕宁土豆", "今天5斤只要十六块") == "P5"
    choice = choose_offer(catalog, note("冕宁土豆"), "", now=NOW)
    assert choice.offer is not None
    assert choice.offer.sku == "P10"
    assert "P5" in str(choice.warnings[0])


def test_a_lapsed_offer_stops_the_story(catalog: Catalog) -> None:
    with pytest.raises(PersonNeeded, match=r"生姜.*2026-05-01 22:00.*line 7"):
        choose_offer(catalog, note("生姜"), "", now=NOW)
    with pytest.raises(PersonNeeded):
        choose_offer(catalog, Brief(), "", sku="G3", now=NOW)


def test_an_offer_holds_to_its_last_second(catalog: Catalog) -> None:
    end = next(offer for offer in catalog.offers if offer.sku == "G3").offer_ends
    assert end is not None
    assert choose_offer(catalog, note("生姜"), "", now=end - timedelta(seconds=1)).offer is not None
    with pytest.raises(PersonNeeded):
        choose_offer(catalog, note("生姜"), "", now=end)


def test_the_only_product_is_not_taken_unless_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("商品,价格\n花椒,20\n", encoding="utf-8")
    choice = choose_offer(read_catalog(path), note("村里的早晨"), "天亮了", now=NOW)
    assert choice.offer is None
    assert "花椒" in str(choice.warnings[0])


def test_no_sheet_is_legal_and_warned_of() -> None:
    choice = choose_offer(None, note("风景"), "", now=NOW)
    assert choice.offer is None
    assert choice.warnings


def test_a_named_product_whose_row_is_bad_stops_the_story_with_the_question(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("商品,价格\n玉米,5\n红土豆,面议\n", encoding="utf-8")
    catalog = read_catalog(path)
    with pytest.raises(SheetQuestion, match=r"line 3.*面议"):
        choose_offer(catalog, note("红土豆上市"), None, now=NOW)
    with pytest.raises(SheetQuestion, match=r"line 3.*面议"):
        choose_offer(catalog, note("早上"), "家里的红土豆挖出来了", now=NOW)
    assert choose_offer(catalog, note("玉米"), "玉米", now=NOW).offer is not None


def test_a_bad_row_of_another_pack_is_asked_about_unless_the_good_one_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("商品,价格,规格\n红土豆,26,8斤\n红土豆,面议,3斤\n", encoding="utf-8")
    catalog = read_catalog(path)
    assert choose_offer(catalog, note("红土豆"), None, now=NOW).offer is not None
    chosen = choose_offer(catalog, note("红土豆"), "八斤二十六块", now=NOW)
    assert chosen.offer is not None
    with pytest.raises(SheetQuestion, match="line 3"):
        choose_offer(catalog, note("红土豆"), "红土豆上市了", now=NOW)


def test_packs_are_told_apart_in_characters_too(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("商品,价格,规格\n红土豆,26,8斤\n红土豆,11,3斤\n", encoding="utf-8")
    choice = choose_offer(read_catalog(path), note("红土豆"), "三斤只要十一块", now=NOW)
    assert choice.offer is not None
    assert choice.offer.unit == "3斤"


def test_an_offer_that_has_not_begun_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("商品,价格,活动时间\n红土豆,26,2026-07-01至2026-07-10\n", encoding="utf-8")
    choice = choose_offer(read_catalog(path, now=NOW), note("红土豆"), "", now=NOW)
    assert "2026-07-01" in str(choice.warnings[0])

"""A row is an offer only when all in it is known to leave its price, unit and end as they are; else it is asked about."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from pipeline.catalog.product_sheet import read_whole_sheet
from pipeline.documents.offer import Catalog

NOW = datetime.fromisoformat("2031-05-10T09:00:00+08:00")


def read(folder: Path, text: str) -> Catalog:
    path = folder / "sheet.csv"
    path.write_text(text.replace("|", "\n"))
    return read_whole_sheet(path, now=NOW)


def offers(catalog: Catalog) -> list[tuple[str, str, str]]:
    return [(offer.name, f"{offer.price.normalize():f}", offer.unit) for offer in catalog.offers]


@pytest.mark.parametrize("heads", ["特惠价,Sale", "正价,到家价", "售价,送上门价"])
def test_a_word_for_a_way_of_selling_makes_no_old_price_of_the_other(tmp_path: Path, heads: str) -> None:
    assert [aside.name for aside in read(tmp_path, f"品名,规格,{heads}|枇杷,4斤,40,52|毛豆,6斤,24,30").set_aside] == ["枇杷", "毛豆"]


@pytest.mark.parametrize("heads", ["每市斤,合计价", "一斤合,总价", "散着,零售价"])
def test_a_price_of_one_jin_far_below_the_box_is_held_against_it(tmp_path: Path, heads: str) -> None:
    catalog = read(tmp_path, f"品名,规格,{heads}|枇杷,4斤,13.5,40|毛豆,10斤,4.5,30.5")
    assert not catalog.offers
    assert all(heads.split(",")[0] in str(aside.question) for aside in catalog.set_aside)


@pytest.mark.parametrize("head", ["规格（箱）", "规格(份)", "净重/件"])
def test_a_bare_number_of_boxes_is_asked_about(tmp_path: Path, head: str) -> None:
    assert len(read(tmp_path, f"品名,每份价格,{head}|枇杷,40,4|毛豆,24,6").set_aside) == 2


def test_a_hidden_column_is_no_price_though_no_heading_says_price(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["品名", "规格", "门市", "特惠"], ["枇杷", "4斤", 40, 32], ["毛豆", "6斤", 24, 20]):
        sheet.append(row)
    sheet.column_dimensions["D"].hidden = True
    book.save(tmp_path / "sheet.xlsx")
    catalog = read_whole_sheet(tmp_path / "sheet.xlsx", now=NOW)
    assert offers(catalog) == [("枇杷", "40", "4斤"), ("毛豆", "24", "6斤")]
    assert not any(offer.list_price for offer in catalog.offers)


def test_one_of_a_container_with_its_contents_is_the_container(tmp_path: Path) -> None:
    assert offers(read(tmp_path, "品名,产地,价格|枇杷,苏州,35.5一份（4斤）")) == [("枇杷", "35.5", "份(4斤)")]

"""What stands round a price and may be what it buys, or whether it holds at all: asked about; what is about the goods or the work: left."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.catalog import read_whole_sheet
from pipeline.documents.offer import Catalog

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def read(folder: Path, *lines: str) -> Catalog:
    path = folder / "表.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_whole_sheet(path, now=NOW)


ASKED = {
    "the weight of one fruit, and no pack": ("品名,单颗重,售价", "野生猕猴桃,120g,26"),
    "the least that dealers take, and no pack": ("品名,起批,售价", "野生猕猴桃,5斤,26"),
    "a bare number of what is sent": ("品名,发货量,售价", "野生猕猴桃,6,26"),
    "several of nobody knows how many": ("品名,规格,售价", "杂粮,各2斤,26"),
    "one of two goods": ("品名,规格,售价", "糙米或黑米,5斤,26"),
    "more than one at once": ("品名,规格,售价,备注", "糙米,5斤,26,每单至少买3袋"),
    "a sheet that is void": ("此表作废,,", "品名,规格,售价", "糙米,5斤,26"),
    "a sheet of a test": ("(测试用表),,", "品名,规格,售价", "糙米,5斤,26"),
    "prices that nobody has agreed to": ("报价待老板确认,,", "品名,规格,售价", "糙米,5斤,26"),
    "a pack for dealers": ("品名,规格,售价", "糙米（批发装）,5斤,26"),
}


@pytest.mark.parametrize("why", ASKED)
def test_what_may_be_meant_otherwise_is_asked_about(tmp_path: Path, why: str) -> None:
    catalog = read(tmp_path, *ASKED[why])
    assert not catalog.offers
    assert len(catalog.set_aside) == 1


READ = {
    "a sorter's measures": ("品名,规格,果径,甜度,个数,售价", "脆柿,5斤,70mm,16度,约18个,26"),
    "what the box weighs": ("品名,毛重,净重,售价", "脆柿,6斤,5斤,26"),
    "a film crew's columns": ("镜号,品名,规格,机位,讲解人,售价", "31,脆柿,5斤,2,老吴,26", "47,糙米,5斤,1,小吴,19"),
    "no discount": ("品名,规格,售价,折扣", "脆柿,5斤,26,0%"),
    "the variety beside a name that no list has": ("上架货品（全）,品种,规格,售价", "脆柿,次郎,5斤,26", "糙米,稻花香,5斤,19"),
    "what one portion costs, and one jin": ("品名,规格,单份售价", "脆柿,5斤,26"),
    "an English day": ("品名,规格,售价,截止", "脆柿,5斤,26,20 Dec 2026"),
    "another month's price": ("品名,规格,现价,9月价格", "脆柿,5斤,26,33"),
}


@pytest.mark.parametrize("why", READ)
def test_what_is_about_the_goods_or_the_work_is_left(tmp_path: Path, why: str) -> None:
    first = read(tmp_path, *READ[why]).offers[0]
    assert (first.name, str(first.price), first.unit.strip("份()")) == ("脆柿", "26.00", "5斤")


def test_a_letter_that_begins_another_word_is_no_unit(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,对公价", "脆柿,5斤,26")
    assert [row.name for row in catalog.set_aside] == ["脆柿"]
    [offer] = read(tmp_path, "品名,每对价", "乳鸽,58").offers
    assert offer.unit == "对"


def test_packs_with_names_are_packs_and_counts_of_orders_are_not(tmp_path: Path) -> None:
    packs = read(tmp_path, "品名,尝鲜份（2斤）,全家份（8斤）", "脆柿,12.8,46", "糙米,9.9,36").offers
    assert [(str(offer.price), offer.unit) for offer in packs[:2]] == [("12.80", "2斤"), ("46.00", "8斤")]
    assert not read(tmp_path, "品名,尝鲜份（2斤）,全家份（8斤）", "脆柿,3,1", "糙米,2,2").offers

"""What becomes of the volunteer's note."""

from pathlib import Path

import pytest

from pipeline.catalog import glossary, leaves_words_out, read_brief, read_catalog

NOTE = "会东核桃 铁柳镇\n想突出：皮薄，肉满；自家晒的\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_note_reads_the_same_in_every_code_page(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "说明.txt").write_bytes(NOTE.encode(encoding))
    brief = read_brief(tmp_path)
    assert (brief.headline, brief.points) == ("会东核桃 铁柳镇", ("皮薄", "肉满", "自家晒的"))


@pytest.mark.parametrize(
    "note",
    [
        "# 核桃\n\n## 卖点\n- 皮薄\n- 肉满\n",
        "核桃\n要点:\n1. 皮薄\n2、肉满\n",
        "核桃\n重点：皮薄、肉满",
        "Points: 皮薄; 肉满\n核桃",
        "标题：核桃\n\n* 皮薄\n* 肉满。",
        "核桃\r\n亮点：\r\n皮薄\r\n肉满\r\n\r\n拍摄：早上\r\n",
    ],
)
def test_points_are_found_however_they_are_listed(tmp_path: Path, note: str) -> None:
    (tmp_path / "brief.md").write_text(note, encoding="utf-8")
    brief = read_brief(tmp_path)
    assert (brief.headline, brief.points) == ("核桃", ("皮薄", "肉满"))


def test_the_named_note_leads_and_what_is_no_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("早上拍的", encoding="utf-8")
    (tmp_path / "说明.txt").write_text("核桃", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\0\0\0\x18ftypmp42")
    (tmp_path / "._说明.txt").write_bytes(b"\0\5\26\7")
    brief = read_brief(tmp_path)
    assert brief.headline == "核桃"
    assert brief.text == "核桃\n\n早上拍的"


def test_a_note_as_long_as_a_book_is_cut(tmp_path: Path) -> None:
    (tmp_path / "说明.txt").write_text("核桃\n" + "好" * 200_000, encoding="utf-8")
    brief = read_brief(tmp_path)
    assert brief.headline == "核桃"
    assert len(brief.text.encode()) <= 64 * 1024


def test_no_note_is_an_empty_brief(tmp_path: Path) -> None:
    assert read_brief(tmp_path).text == ""
    assert read_brief(tmp_path / "gone").headline == ""


def test_the_glossary_knows_names_places_points_and_units(tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text("商品,价格,单位,别名,产地\n会东核桃,36,3斤,纸皮核桃,四川省凉山州会东县铁柳镇\n玉米,5,斤,,\n", encoding="utf-8")
    (tmp_path / "说明.txt").write_text(NOTE, encoding="utf-8")
    catalog = read_catalog(sheet)
    known = glossary(catalog, read_brief(tmp_path), catalog.offers[0])
    assert {"会东核桃", "纸皮核桃", "四川", "凉山州", "会东县", "铁柳镇", "铁柳", "皮薄", "斤"} <= set(known)
    assert "玉米" not in known
    assert "玉米" in glossary(catalog, read_brief(tmp_path), None)


@pytest.mark.parametrize(("note", "sku"), [("古蔺猕猴桃\n果肉翠绿", ""), ("今天拍的", "GL-01")])
def test_the_storys_own_words_stay_in_the_glossary_of_a_long_sheet(tmp_path: Path, note: str, sku: str) -> None:
    sheet = tmp_path / "s.csv"
    rows = [f"SP-{number},第{number}号香菇,9,斤,贵州省遵义市" for number in range(200)]
    own = "GL-01,古蔺猕猴桃,48,5斤,四川省泸州市古蔺县双沙镇"
    sheet.write_text("\n".join(["货号,商品,价格,单位,产地", *rows, own]), encoding="utf-8")
    (tmp_path / "说明.txt").write_text(note, encoding="utf-8")
    known = glossary(read_catalog(sheet), read_brief(tmp_path), None, sku=sku)
    assert {"古蔺猕猴桃", "古蔺县", "古蔺", "双沙镇", "5斤"} <= set(known)
    assert known[0] == "古蔺猕猴桃"


def test_where_only_the_speech_names_the_product_its_words_come_first_however_long_the_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    rows = [f"SP-{number},第{number}号香菇,9,斤,贵州省遵义市" for number in range(200)]
    own = ("GL-01,古蔺猕猴桃,48,5斤,四川省泸州市古蔺县双沙镇", "GL-02,古蔺猕猴桃,88,10斤,四川省泸州市古蔺县双沙镇")
    sheet.write_text("\n".join(["货号,商品,价格,单位,产地", *rows, *own]), encoding="utf-8")
    (tmp_path / "说明.txt").write_text("今天拍的", encoding="utf-8")
    catalog, brief = read_catalog(sheet), read_brief(tmp_path)
    assert leaves_words_out(catalog, brief)
    assert not leaves_words_out(catalog, brief, sku="GL-01")
    assert "双沙镇" not in glossary(catalog, brief, None)
    known = glossary(catalog, brief, None, spoken="大家看这个古林弥猴桃\n古蔺猕猴桃熟了")
    assert known[0] == "古蔺猕猴桃"
    assert {"古蔺县", "双沙镇", "5斤", "10斤"} <= set(known)


def test_a_long_name_of_the_own_product_is_listened_for(tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text("货号,商品,价格,单位\nA,大凉山高海拔散养土鸡蛋礼盒装,48,30枚\n", encoding="utf-8")
    catalog = read_catalog(sheet)
    assert catalog.offers[0].name in glossary(catalog, read_brief(tmp_path), None, sku="A")


def test_a_note_that_is_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "settings.conf").write_text("password = 1234\n", encoding="utf-8")
    (tmp_path / "dropped").mkdir()
    (tmp_path / "dropped" / "说明.txt").symlink_to(tmp_path / "settings.conf")
    assert read_brief(tmp_path / "dropped").text == ""

"""The sheet of group leaders."""

from pathlib import Path

import pytest

from pipeline.catalog import read_leaders
from pipeline.errors import UserMistake
from pipeline.language import say


def sheet(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "团长.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_leaders_are_read_from_chinese_headings_in_any_order(tmp_path: Path, encoding: str) -> None:
    path = sheet(tmp_path, "链接,团长,提货点,店名\nhttps://s.example/1,王秀英,村口,秀英小店\n", encoding)
    (leader,) = read_leaders(path).leaders
    assert (leader.name, leader.shop, leader.pickup, leader.link) == ("王秀英", "秀英小店", "村口", "https://s.example/1")
    assert leader.file_name == "王秀英-秀英小店"


def test_english_headings_under_a_title_are_known(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Leaders of May\n\nName,Shop,Pick up,Link,Remark\nAnn,Corner,Gate 3,https://s.example/a,x\n")
    (leader,) = read_leaders(path).leaders
    assert (leader.name, leader.pickup, leader.row) == ("Ann", "Gate 3", 4)


def test_a_line_that_cannot_be_used_is_named_and_the_others_live(tmp_path: Path) -> None:
    lines = ["团长,店名,链接", ",甲店,https://s.example/1", "李梅,乙店,http://s.example/2", "张强,丙店,https://s.example/3"]
    found = read_leaders(sheet(tmp_path, "\n".join([*lines, "", "张强,丙店,https://s.example/4"])))
    assert [leader.name for leader in found.leaders] == ["张强"]
    told = [str(problem) for problem in found.problems]
    assert [line for line in (2, 3, 6) if f"line {line}:" in " ".join(told)] == [2, 3, 6]
    assert "stands in line 4 already" in told[2]


@pytest.mark.parametrize("text", ["商品,价格\n土豆,3\n", "团长,电话\n王,1\n", "团长,链接\n", "团长,链接\n王,ftp://x\n"])
def test_a_sheet_without_a_leader_to_use_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserMistake, match=r"团长\.csv"):
        read_leaders(sheet(tmp_path, text))


@pytest.mark.parametrize("content", [None, b"", b"\x00\x01\x02\xff" * 40])
def test_a_leaders_sheet_that_cannot_be_read_is_not_called_the_product_sheet(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "团长名单.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserMistake) as mistake:
        read_leaders(path)
    told = say(mistake.value.message, "zh")
    assert "团长名单.csv" in told
    assert "商品表" not in told

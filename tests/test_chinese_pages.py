"""What a reader of Chinese opens is Chinese or says that it is English, and says what the English page says."""

import re
from pathlib import Path

import pytest

from pipeline.catalog.note_settings import read_wishes
from pipeline.resources import ROOT
from pipeline.stages.release import targets

PAIRS = {
    "README.md": "README.zh-CN.md",
    "templates/README.md": "templates/README.zh-CN.md",
    "docs/flows.md": "docs/flows.zh-CN.md",
    "docs/platforms.md": "docs/platforms.zh-CN.md",
}
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+\.md)(?:#[^)]*)?\)([^\n]{0,12})")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def links(page: str) -> list[tuple[Path, str]]:
    """Every page of the project that a page links to, and the few characters behind the link."""
    found = LINK.findall(text_of(page))
    return [((ROOT / page).parent.joinpath(target).resolve(), after) for target, after in found if "://" not in target]


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table that has a column of that name."""
    tables = re.findall(r"(?:^\|.*\n)+", text_of(page), re.MULTILINE)
    table = next(table for table in tables if heading in re.split(r"\s*\|\s*", table.partition("\n")[0]))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


@pytest.mark.parametrize("english", PAIRS)
def test_either_page_leads_to_the_other(english: str) -> None:
    chinese = PAIRS[english]
    for page, other in ((english, chinese), (chinese, english)):
        assert (ROOT / other).resolve() in [target for target, _ in links(page)]


@pytest.mark.parametrize("page", [*PAIRS, *PAIRS.values()])
def test_no_link_is_dead(page: str) -> None:
    assert not [str(target) for target, _ in links(page) if not target.is_file()]


@pytest.mark.parametrize("chinese", PAIRS.values())
def test_a_link_to_an_english_page_says_so(chinese: str) -> None:
    own = {(ROOT / english).resolve() for english, page in PAIRS.items() if page == chinese}
    english = [(target, after) for target, after in links(chinese) if not target.name.endswith(".zh-CN.md") and target not in own]
    assert not [str(target) for target, after in english if not re.match(r"（[^）]*英文", after)]


@pytest.mark.parametrize(
    ("english", "heading", "title"), [("docs/flows.md", "what happens", "发生了什么"), ("docs/platforms.md", "platform", "平台")]
)
def test_the_chinese_table_has_the_rows_of_the_english_one(english: str, heading: str, title: str) -> None:
    assert len(rows(PAIRS[english], title)) == len(rows(english, heading)) > 5


@pytest.mark.parametrize(("page", "title"), [("docs/flows.zh-CN.md", "写什么"), ("README.zh-CN.md", "写什么"), ("README.md", "wish")])
def test_every_wish_that_a_page_names_is_understood(page: str, title: str) -> None:
    written = re.findall(r"`([^`：]+：[^`]+)`", " ".join(cell for row in rows(page, title) for cell in row))
    wishes = [line for line in written if not line.startswith("AI")]
    assert {wish.name for line in wishes for wish in read_wishes(line)} == {
        "style", "length", "platforms", "size", "product", "music", "quality", "subtitles",
    }  # fmt: skip
    assert all(len(read_wishes(line)) == 1 for line in wishes)


def test_every_place_that_the_table_of_platforms_names_can_be_typed() -> None:
    written = [name for row in rows("docs/platforms.zh-CN.md", "平台") for name in re.findall(r"`([^`]+)`", row[1])]
    assert len(written) > 6
    for name in written:
        assert len(targets(name)) == 1

"""What the local shelf promises, looked at as files and in a browser."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image

from pipeline.documents.release import Declarations
from pipeline.network.errors import Rejected
from pipeline.publish.platforms.shelf import FolderStorage, folder_name, shelf_entries
from pipeline.publish.platforms.shelf.pages import entry_in
from tests.fakes.accessibility import serious_findings
from tests.publish.handoff.chrome import chromium, program

Publish = Callable[..., Path]
Browser = Callable[..., bytes]


class Addresses(HTMLParser):
    """Collects every address a page points to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in ("src", "href", "poster") and value]


def snapshot(shelf: Path) -> dict[str, tuple[int, bytes]]:
    return {str(file.relative_to(shelf)): (file.stat().st_mtime_ns, file.read_bytes()) for file in shelf.rglob("*") if file.is_file()}


def test_every_address_is_relative_and_leads_to_a_file(publish: Publish) -> None:
    page = publish()
    overview = page.parent.parent / "index.html"
    for at in (page, overview):
        for address in Addresses(at).found:
            if address.startswith(("data:", "https://shop.example.com/")):
                continue
            assert (at.parent / unquote(address)).is_file(), address


def test_hostile_names_stay_text(publish: Publish) -> None:
    page = publish(story="村里 [1]'s <b>/../x")
    text = page.read_text("utf-8") + (page.parent.parent / "index.html").read_text("utf-8")
    assert page.parent.parent.name == "shelf"
    assert "<script>alert" not in text
    assert "<b>.mp4" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_page_shows_price_unit_old_price_after_sales_and_link(publish: Publish) -> None:
    text = publish().read_text("utf-8")
    assert "¥29.9</span>" in text
    assert "/10斤" in text
    assert re.search(r"<s [^>]*>¥39\.9</s>", text)
    assert "坏果包赔" in text
    assert "甲店、乙店" in text
    assert 'href="https://shop.example.com/p/1?a=1&amp;b=2"' in text


def test_a_story_without_a_product_has_no_card(publish: Publish) -> None:
    text = publish(offer=None).read_text("utf-8")
    assert 'class="buy"' not in text
    assert 'id="product"' not in text


def test_the_same_release_again_changes_the_page_alone(publish: Publish) -> None:
    shelf = publish(id="one").parent.parent
    before = snapshot(shelf)
    publish(id="one")
    after = snapshot(shelf)
    assert {name: content for name, (_, content) in after.items()} == {name: content for name, (_, content) in before.items()}
    assert {name for name in after if after[name] != before[name]} == {"potatoes/index.html"}


def test_a_changed_story_replaces_its_page_and_stands_there_once(publish: Publish, parts: Any, tmp_path: Path) -> None:
    page = publish()
    newer = tmp_path / "new.mp4"
    for number in range(3):
        newer.write_bytes(parts.video.read_bytes() + b"\0\0\0\x08free" * (number + 1))
        assert publish(video=newer, title=f"第{number}版") == page
    # The last page's stays for whoever is looking at it.
    assert len(list(page.parent.glob("video-*"))) == 2
    overview = (page.parent.parent / "index.html").read_text("utf-8")
    assert overview.count('href="potatoes/index.html"') == 1
    assert "第2版" in overview
    assert "第1版" not in overview


def test_the_old_page_is_whole_until_the_new_one_is_there(publish: Publish, tmp_path: Path) -> None:
    page = publish()
    before = snapshot(page.parent)
    gone = tmp_path / "gone.srt"
    gone.write_text("")
    with pytest.raises(Rejected, match=r"gone\.srt"):
        publish(subtitles=gone, title="neu")
    assert snapshot(page.parent) == before


def test_stories_put_there_at_once_are_all_listed(publish: Publish) -> None:
    names = [f"story-{number}" for number in range(6)]
    threads = [threading.Thread(target=publish, kwargs={"story": name, "title": name}) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shelf = publish(story="last").parent.parent
    overview = (shelf / "index.html").read_text("utf-8")
    assert all(f'href="{name}/index.html"' in overview for name in [*names, "last"])
    assert not list(shelf.rglob("*part*"))


def test_the_newest_stands_first_and_a_damaged_neighbour_is_left_out(publish: Publish) -> None:
    publish(story="old", at=datetime(2026, 1, 1, tzinfo=UTC))
    publish(story="broken", at=datetime(2026, 2, 1, tzinfo=UTC))
    shelf = publish(story="new", at=datetime(2026, 3, 1, tzinfo=UTC)).parent.parent
    (shelf / "broken" / "index.html").write_text('<script type="application/json" id="carried">{</script>')
    publish(story="newest", at=datetime(2026, 4, 1, tzinfo=UTC))
    assert [entry.story for entry in shelf_entries(FolderStorage(shelf))] == ["newest", "new", "old"]
    assert (shelf / "broken" / "index.html").is_file()


def test_nothing_of_the_sellers_machine_or_place_leaves_with_the_page(publish: Publish, parts: Any) -> None:
    home = publish().parent
    (photo,) = home.glob("photo-*.jpg")
    with Image.open(photo) as picture:
        assert not picture.getexif()
    machine = str(parts.video.parent).encode()
    assert not [file for file in home.parent.rglob("*") if file.is_file() and machine in file.read_bytes()]


def test_a_page_carries_what_it_was_drawn_from_and_the_overview_needs_no_more(publish: Publish) -> None:
    page = publish()
    (entry,) = shelf_entries(FolderStorage(page.parent.parent))
    carried = entry_in(page.read_text("utf-8"))
    assert carried is not None
    assert carried.summary == "又沙又甜 <script>alert(1)</script>"
    assert carried.tile == entry
    assert entry.product is not None
    assert entry.product.price == "¥29.9"


@pytest.mark.parametrize(
    ("story", "folder"),
    [
        ("potatoes", "potatoes"),
        ("土豆_2026-10", "土豆_2026-10"),
        ("..", None),
        ("a/b", None),
        ("CON", None),
        ("con", None),
        ("", None),
        ("好" * 300, None),
    ],
)
def test_a_folder_name_is_safe_everywhere(story: str, folder: str | None) -> None:
    name = folder_name(story)
    assert re.fullmatch(r"[\w\-]{1,60}", name)
    assert name == folder if folder else name != story


def test_names_that_differ_only_in_case_or_marks_get_folders_of_their_own() -> None:
    names = ["Potatoes", "potatoes", "POTATOES", "pot atoes", "pot/atoes", "pot-atoes"]
    assert len({folder_name(name).casefold() for name in names}) == len(names)


def test_generated_footage_is_said_on_the_page(publish: Publish) -> None:
    assert 'class="ai"' in publish(declarations=Declarations(ai_generated=True)).read_text("utf-8")
    assert 'class="ai"' not in publish().read_text("utf-8")


def test_a_missing_or_false_cover_is_named(publish: Publish, tmp_path: Path) -> None:
    false = tmp_path / "false.jpg"
    false.write_text("no picture")
    with pytest.raises(Rejected, match=r"false\.jpg"):
        publish(cover=false)


@pytest.mark.system
def test_the_video_plays_from_a_file_and_its_track_is_read(publish: Publish, browser: Browser) -> None:
    page = publish()
    probe = """<script>
const v=document.querySelector("video"),t=v.textTracks[0];t.mode="showing";v.muted=true;
const say=()=>{const d=document.body.dataset;d.size=v.videoWidth+"x"+v.videoHeight;d.error=v.error?v.error.code:"";
d.cues=[...(t.cues||[])].map(c=>c.startTime+"|"+c.text).join("~");d.wide=document.documentElement.scrollWidth-innerWidth;};
setInterval(say,50);v.preload="auto";v.load();</script></body>"""
    probed = page.with_name("probed.html")
    allowed = re.sub("script-src [^;]*;", "script-src 'unsafe-inline';", page.read_text("utf-8"))  # all else of the policy stays
    probed.write_text(allowed.replace("</body>", probe), encoding="utf-8")
    found = dict(
        re.findall(
            r'data-(size|error|cues|wide)="([^"]*)"', browser(probed, "--dump-dom", "--window-size=500,900").decode().split("<body", 1)[1]
        )
    )
    assert found["size"] == "180x320"
    assert found["error"] == ""
    assert found["cues"].startswith("0.2|大家好 &amp;amp; ")
    assert "1|十斤\n二十九块九" in found["cues"]
    assert int(found["wide"]) <= 0


@pytest.mark.system
def test_a_script_that_was_not_written_by_us_does_not_run(publish: Publish, browser: Browser) -> None:
    page = publish()
    strange = page.with_name("strange.html")
    words = "<script>document.body.dataset.strange='ran'</script><img src=x onerror=\"document.body.dataset.strange='ran'\"></body>"
    strange.write_text(page.read_text("utf-8").replace("</body>", words), encoding="utf-8")
    assert "data-strange" not in browser(strange, "--dump-dom").decode().split("<body", 1)[1].split(">", 1)[0]


@pytest.mark.system
def test_both_pages_are_drawn(publish: Publish, browser: Browser, tmp_path: Path) -> None:
    page = publish()
    for name, at, size in (("overview", page.parent.parent / "index.html", "500,900"), ("story", page, "1280,900")):
        picture = tmp_path / f"{name}.png"
        browser(at, f"--screenshot={picture}", f"--window-size={size}")
        with Image.open(BytesIO(picture.read_bytes())) as drawn:
            colours = drawn.convert("RGB").resize((160, 120)).getcolors(160 * 120)
        assert colours is not None
        assert len(colours) > 100


@pytest.mark.system
def test_after_the_offers_end_the_way_to_buy_is_gone(publish: Publish, parts: Any, browser: Browser) -> None:
    offer = parts.offer.model_copy(update={"offer_ends": datetime(2020, 1, 1, tzinfo=UTC)})
    dom = browser(publish(offer=offer), "--dump-dom").decode()
    assert 'class="product ended"' in dom


@pytest.mark.system
def test_nothing_keeps_anybody_from_using_the_shelf_and_a_reader_chooses_the_language(publish: Publish, tmp_path: Path) -> None:
    if program() is None:
        pytest.skip("Chromium is not installed, so the pages cannot be looked at")
    page = publish()
    with chromium(tmp_path / "profile") as tab:
        for at in (page.parent.parent / "index.html", page):
            for language in ("zh", "en"):
                assert serious_findings(tab, at, before=f"document.documentElement.dataset.lang = '{language}'") == []
        tab.open(page)
        assert "去购买" in tab.look("document.body.innerText")
        tab.tap("#language")
        read = tab.look("document.body.innerText")
        assert "Buy now" in read
        assert "去购买" not in read
        assert tab.said == []

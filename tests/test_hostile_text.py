"""Whatever stands in a sheet, a note or a subtitle stays text: it is no command to libass and no element of a page."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.subtitles import Cue
from pipeline.publish.platforms.shelf.entry import ShelfEntry, ShelfProduct
from pipeline.publish.platforms.shelf.pages import entry_in, overview_page, story_page
from pipeline.subtitles import to_ass
from tests import builders

PIECES = [
    *(
        "<script>alert(1)</script>",
        "</script>",
        "<!--",
        "-->",
        "]]>",
        "<img src=x onerror=a()>",
        '" onload="a()',
        "' onclick='a()",
        "javascript:a()",
    ),
    *("{\\an8}", "{\\p1}m 0 0", "\\N", "\\n", "\\h", "{", "}", "\\", "Dialogue: 0,0:00:00.00,9:00:00.00,Default,,0,0,0,,x", "[Events]"),
    *(
        "\r",
        "\n",
        "\t",
        "\x0b",
        "\x0c",
        "\x85",
        "\u2028",
        "\u2029",
        "\u202e",
        "\ufeff",
        "$(reboot)",
        "`reboot`",
        "; rm -rf /",
        "%{pts}",
        "'",
        '"',
    ),
    *("{{ 7*7 }}", "{% raw %}", "&lt;", "&#60;script&#62;", "url(//x)", "十斤29块9", "土豆", "=1+1"),
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
often = settings(max_examples=60, deadline=None, database=None, derandomize=True)


class Elements(HTMLParser):
    """Counts a page's elements and notes attributes that run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.running: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.running += [name for name, _ in attrs if name.startswith("on") or name in ("srcdoc", "style")]


def entry(text: str) -> ShelfEntry:
    product = ShelfProduct(
        sku="A", name=text, price="¥9.9", per=text, origin=text, after_sales=text, ordering=text, link="https://s.example/1"
    )
    seen = {"story": text, "title": text, "summary": text, "ai_label": text, "cues": ((0.0, 1.0, text),), "product": product}
    files = {"video": "v.mp4", "cover": "c.jpg", "cover_width": 9, "cover_height": 16}
    return ShelfEntry(release="r", folder="f", length_s=9, published_at=datetime(2026, 11, 1, tzinfo=UTC), language="zh", **files, **seen)


@often
@given(TEXTS)
def test_on_the_shelf_it_adds_no_element_and_is_read_back_as_it_was(text: str) -> None:
    plain = Elements(story_page(entry("土豆")))
    hostile = story_page(entry(text))
    assert Elements(hostile).tags == plain.tags
    assert Elements(hostile).running == plain.running
    assert entry_in(hostile) == entry(text)
    assert Elements(overview_page({"f": ("m", entry(text))})).tags == Elements(overview_page({"f": ("m", entry("土豆"))})).tags


@often
@given(TEXTS, st.booleans())
def test_in_subtitles_it_is_one_event_without_commands(text: str, accented: bool) -> None:
    cue = Cue(start_frame=0, end_frame=30, lines=(text,), clip_id="a", source_start_s=0, source_end_s=1)
    script = to_ass([cue], builders.letters(size_px=28), 320, 240, 30, accent="#ff0000" if accented else "")
    events = [line for line in re.split("[\r\n]", script) if line.startswith("Dialogue:")]
    assert len(events) == 1
    assert len([line for line in re.split("[\r\n]", script) if line.startswith("[")]) == 3
    words = events[0].split(",", 9)[9]
    assert re.sub(r"\{\\c&H[0-9A-F]{6}&\}", "", words).count("{") == 0
    assert "\\" not in re.sub(r"\{\\c&H[0-9A-F]{6}&\}", "", words)

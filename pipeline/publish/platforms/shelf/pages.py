"""The shelf's pages, drawn from their entries: complete in themselves, with relative addresses only.

Each carries what it was drawn from, as JSON: a page its entry, the overview those of all pages.
"""

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from pipeline.documents.message import M, Message
from pipeline.language import say
from pipeline.page_policy import escaping_environment, template_policy
from pipeline.publish.platforms.shelf.entry import ShelfEntry
from pipeline.settings import day_text, minute_text

LANGUAGES = ("zh", "en")
QUIET = 4
"""Modules of white round a QR code, as its standard asks."""
_CARRIED = re.compile(r'<script type="application/json" id="carried">(.*?)</script>', re.DOTALL)


def story_page(entry: ShelfEntry) -> str:
    """The page of one story."""
    return (
        _pages()
        .get_template("story.html")
        .render(
            entry=entry,
            policy=template_policy(_pages(), "story.html"),
            carried=_carried(entry.model_dump(mode="json")),
            words=_words(),
            spoken=_spoken_words(entry.language),
            language=entry.language,
            lang=_lang(entry.language),
            track=_track(entry.cues) if entry.cues else "",
            qr=qr_path(entry.product.qr) if entry.product and entry.product.qr else "",
            qr_side=len(entry.product.qr) + 2 * QUIET if entry.product else 0,
        )
    )


def overview_page(index: Mapping[str, tuple[str, ShelfEntry]]) -> str:
    """The overview of all stories, in the order given; it opens in the language of the first.

    index: a page's mark and its entry, by folder.
    """
    entries = [entry for _, entry in index.values()]
    language = entries[0].language if entries else "zh"
    carried = {folder: [mark, entry.model_dump(mode="json")] for folder, (mark, entry) in index.items()}
    words, spoken = _words(len(entries)), _spoken_words(language)
    policy, page = template_policy(_pages(), "overview.html"), _pages().get_template("overview.html")
    return page.render(
        entries=entries, policy=policy, carried=_carried(carried), words=words, spoken=spoken, language=language, lang=_lang(language)
    )


def entry_in(page: str) -> ShelfEntry | None:
    """What a story's page was drawn from; None when it carries nothing. Raises ValueError when that cannot be read."""
    match = _CARRIED.search(page)
    return ShelfEntry.from_json(match[1]) if match else None


def index_in(page: str) -> dict[str, tuple[str, ShelfEntry]] | None:
    """What an overview was drawn from, as `overview_page` takes it; None when it is none of ours."""
    match = _CARRIED.search(page)
    try:
        kept = json.loads(match[1]) if match else None
        return None if kept is None else {name: (str(mark), ShelfEntry.model_validate(entry)) for name, (mark, entry) in kept.items()}
    except (ValueError, TypeError, AttributeError):
        return None


def _carried(data: object) -> Markup:
    """As JSON in a script element, which only `</` can end."""
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))


@cache
def _pages() -> Environment:
    pages = escaping_environment(PackageLoader("pipeline.publish.platforms.shelf", "templates"))
    # quote() also escapes what autoescape leaves as it is: a colon at the start would make another scheme of a file name.
    pages.filters.update(address=lambda name: quote(name, safe=""), clock=_clock, day=day_text, minute=minute_text)
    return pages


def _lang(language: str) -> str:
    return "zh-CN" if language == "zh" else language


def _words(count: int = 0) -> dict[str, dict[str, str]]:
    """The pages' own words, each in every language: who reads switches between them."""
    return {name: {language: say(message, language) for language in LANGUAGES} for name, message in _messages(count).items()}


def _spoken_words(language: str) -> dict[str, str]:
    """The same in one language, for what can have only one: a title, what a reader of screens says."""
    return {name: say(message, language) for name, message in _messages(0).items()}


def _messages(count: int) -> dict[str, Message]:
    return {
        "shelf": M("Village shelf"),
        "lead": M("Short videos from the people who grow it"),
        "count": M("Videos: {count}", count=count),
        "all": M("All videos"),
        "buy": M("Buy now"),
        "scan": M("Or scan with another phone"),
        "was": M("Price before"),
        "origin": M("Place of origin"),
        "after_sales": M("After-sales"),
        "pickup": M("Order and pick-up"),
        "until": M("Offer until"),
        "ended": M("This offer has ended."),
        "spoken": M("What is said in the video"),
        "subtitles": M("Subtitles"),
        "save": M("Save the video"),
        "no_player": M("Your browser does not play this video. Save it and open it with another program."),
        "empty": M("No video has been put here yet."),
    }


def _clock(seconds: float) -> str:
    """Seconds as a player shows them: 1:05."""
    whole = math.floor(seconds + 0.5)
    return f"{whole // 60}:{whole % 60:02d}"


def _track(cues: Sequence[tuple[float, float, str]]) -> str:
    """The subtitles as a WebVTT track inside the page: browsers refuse track files beside a page opened from a disk."""
    blocks = ["WEBVTT"]
    for start, end, text in cues:
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n\n", "\n")
        blocks.append(f"{_stamp(start)} --> {_stamp(end)}\n{safe}")
    return "data:text/vtt;base64," + base64.b64encode("\n\n".join(blocks).encode()).decode()


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    return f"{thousandths // 3_600_000:02d}:{thousandths // 60_000 % 60:02d}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"


def qr_path(rows: Sequence[str]) -> str:
    """The dark modules as one SVG path, a bar for each run of them."""
    bars = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = len(row) - len(row[x:].lstrip("1")) - x
            if run > 0:
                bars.append(f"M{x + QUIET},{y + QUIET}h{run}v1h-{run}z")
            x += max(run, 1)
    return "".join(bars)

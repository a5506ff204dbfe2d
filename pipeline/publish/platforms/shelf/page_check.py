"""Check of a page as a visitor gets it: its video, its words, and the link of its button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.publish.platforms.shelf.page_bundle import video_name


@dataclass
class _PageParser(HTMLParser):
    """Parses a page. video: the player's file. link: the button's address, None without one. title, summary: as a browser shows them."""

    video: str = ""
    link: str | None = None
    title: str = ""
    summary: str = ""
    _into: Literal["", "title", "summary"] = field(default="", repr=False)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        match tag, attributes.get("class"):
            case "video", _:
                self.video = attributes.get("src") or ""
            case "h1", _:
                self._into = "title"
            case "p", "summary":
                self._into = "summary"
            case "a", "buy":
                self.link = attributes.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h1", "p"):
            self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "title":
            self.title += data
        elif self._into == "summary":
            self.summary += data


def page_difference(release: Release, page: str) -> Message | None:
    """Return what differs between the page and the release; None when its video and words are the release's."""
    shown = _parse(page)
    if shown.video != video_name(release):
        return M("the page shows another video")
    if (shown.title, shown.summary) != (release.captions.title or release.story, release.captions.text):
        return M("the page has other words")
    return None


def cart_state(release: Release, page: str) -> Literal["there", "missing", "unknown"]:
    """Return whether the button has exactly the release's link; unknown for a release without one."""
    if release.cart.kind != "url":
        return "unknown"
    return "there" if _parse(page).link == release.cart.value else "missing"


def _parse(page: str) -> _PageParser:
    shown = _PageParser()
    shown.feed(page)
    shown.close()
    return shown

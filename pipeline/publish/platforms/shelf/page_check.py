"""A page read back as a visitor gets it: which video plays, which words stand there, where its button leads."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.publish.platforms.shelf.page_bundle import video_name


@dataclass
class _Shown(HTMLParser):
    """video: the player's file. link: the button's address, None without one. title, summary: as a browser has them."""

    video: str = ""
    link: str | None = None
    title: str = ""
    summary: str = ""
    _into: Literal["", "title", "summary"] = field(default="", repr=False)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        match tag, given.get("class"):
            case "video", _:
                self.video = given.get("src") or ""
            case "h1", _:
                self._into = "title"
            case "p", "summary":
                self._into = "summary"
            case "a", "buy":
                self.link = given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h1", "p"):
            self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "title":
            self.title += data
        elif self._into == "summary":
            self.summary += data


def other_than(release: Release, page: str) -> Message | None:
    """What of the page is not the release's; None when its video and every word are."""
    shown = _shown(page)
    if shown.video != video_name(release):
        return M("the page shows another video")
    if (shown.title, shown.summary) != (release.captions.title or release.story, release.captions.text):
        return M("the page has other words")
    return None


def cart_on(release: Release, page: str) -> Literal["there", "missing", "unknown"]:
    """Whether the button leads exactly where the release says; unknown when it says nothing."""
    if release.cart.kind != "url":
        return "unknown"
    return "there" if _shown(page).link == release.cart.value else "missing"


def _shown(page: str) -> _Shown:
    shown = _Shown()
    shown.feed(page)
    shown.close()
    return shown
